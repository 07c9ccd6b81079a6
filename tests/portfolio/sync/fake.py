"""A source without a wire: rows in memory, served in small pages, that can be told to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.db.engine import Database
from app.db.models.leasing import LedgerEntry
from app.db.models.property import Property, Unit
from app.integrations.base import (
    Batch,
    ConnectorSpec,
    Page,
    Problem,
    Reachability,
    Reading,
    Resource,
    Row,
)
from app.integrations.writing import RecordSystem

PROPERTIES = Resource("properties", "properties", (Property,), per_property=False)
UNITS = Resource("units", "units", (Unit,))
LEDGER = Resource("ledger", "ledgers", (LedgerEntry,), incremental=True, overlap=timedelta(days=1))


def a_property(number: str) -> Row:
    return {"id": f"fake:{number}", "name": f"House {number}", "timezone": "America/Chicago"}


def a_unit(number: str, home: str) -> Row:
    return {
        "id": f"fake:{number}",
        "property_id": f"fake:{home}",
        "number": number,
        "bedrooms": 1,
        "bathrooms": 1.0,
        "square_feet": 700,
        "market_rent_cents": 100_000,
        "status": "vacant",
        "pet_friendly": False,
    }


def an_entry(
    number: str, home: str, lease: str, cents: int, *, kind: str = "charge", on: date = date(2026, 3, 1)
) -> Row:
    return {
        "id": f"fake:{number}",
        "property_id": f"fake:{home}",
        "lease_id": f"fake:{lease}",
        "kind": kind,
        "code": "rent" if kind == "charge" else "payment",
        "amount_cents": cents,
        "posted_on": on,
        "due_on": on if kind == "charge" else None,
    }


@dataclass
class FakeSource:
    """`changed` says when a ledger row last changed, for incremental readings."""

    properties: list[Row] = field(default_factory=list[Row])
    units: list[Row] = field(default_factory=list[Row])
    ledger: list[Row] = field(default_factory=list[Row])
    changed: dict[str, datetime] = field(default_factory=dict[str, datetime])
    problems: tuple[Problem, ...] = ()
    readings: list[Reading] = field(default_factory=list[Reading])
    before: Callable[[Reading], None] = lambda reading: None  # may raise
    page_size: int = 2
    loops: bool = False
    cursor_length: int = 0

    @property
    def spec(self) -> ConnectorSpec:
        return ConnectorSpec("fake", "Fake", (), (PROPERTIES, UNITS, LEDGER), lambda given: self)

    async def read(self, reading: Reading) -> Page:
        self.readings.append(reading)
        self.before(reading)
        model, rows = {
            "properties": (Property, self.properties),
            "units": (Unit, self.units),
            "ledger": (LedgerEntry, self.ledger),
        }[reading.resource]
        if reading.property_id:
            rows = [row for row in rows if row["property_id"] == f"fake:{reading.property_id}"]
        if reading.since is not None:
            rows = [row for row in rows if self.changed.get(row["id"], reading.since) > reading.since]
        start = int(reading.cursor or 0)
        end = start + self.page_size
        cursor = str(end).zfill(self.cursor_length) if end < len(rows) else ""
        if self.loops and reading.resource == "ledger":
            cursor = "1"
        return Page((Batch(model, rows[start:end]),), cursor, self.problems)

    async def check(self) -> Reachability:
        return Reachability("ok", "Fake answers.")

    def writer(self, db: Database) -> RecordSystem | None:
        return None
