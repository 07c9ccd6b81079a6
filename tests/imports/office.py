"""An office that imports files: a database, a desk to import at, and sheets written as people's programs write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Sourced
from app.domain.clock import FixedClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.imports.load import Desk, import_file
from app.imports.reading import Wishes
from app.imports.report import Report
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from tests.knowledge.reading.files import workbook

WS = WorkspaceId("ws")
NOW = datetime(2026, 11, 30, 18, tzinfo=UTC)
ADMIN = Principal(WS, UserId("U1"), "Sarah Jennings", frozenset({Role.ADMIN}))

UNITS = [
    ["Property", "Unit", "Floor Plan", "Beds", "Baths", "Sq Ft", "Market Rent", "Status"],
    ["Maple Grove", "101", "A1", 1, 1, 700, 1500, "Occupied"],
    ["Maple Grove", "102", "A1", 1, 1, 700, 1500, "Vacant"],
    ["Maple Grove", "103", "B2", 2, 2, 1000, 1800, "Notice"],
    ["Maple Grove", "104", "B2", 2, 2, 1000, 1800, "Model"],
]
ROLL = [
    ["Maple Grove Rent Roll"],
    ["As of: 10/31/2026"],
    [],
    ["Unit", "Type", "Sq Ft", "Baths", "Market Rent", "Resident", "Rent", "Lease From", "Lease To", "Deposit"],
    ["101", "1x1", 700, "", 1500, "Gonzalez, Maria", "1,450.00", "3/1/2026", "2/28/2027", 500],
    ["102", "1x1", 700, "", 1500, "VACANT", "", "", "", ""],
    ["103", "2x2", 1000, "", 1800, "Omar Haddad", 1700, "2026-01-01", "2026-12-31", 0],
    ["Total", "", "", "", 4800, "", 3150, "", "", ""],
]
LEDGER = [
    ["Unit", "Resident", "Date", "Charge Code", "Description", "Charge", "Payment"],
    ["101", "Maria Gonzalez", "10/1/2026", "Rent", "Rent October", "1,450.00", ""],
    ["101", "Maria Gonzalez", "10/5/2026", "Payment", "Check 12", "", "1,000.00"],
    ["103", "Omar Haddad", "10/1/2026", "Rent", "Rent October", 1700, ""],
    ["103", "Omar Haddad", "10/6/2026", "Late Fee", "Late fee", 75, ""],
]


def csv_file(path: Path, rows: Sequence[Sequence[Any]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return path


def xlsx_file(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    path.write_bytes(workbook({name.replace("_", " "): rows for name, rows in sheets.items()}))
    return path


@dataclass(frozen=True)
class Office:
    db: Database
    folder: Path
    now: datetime = NOW

    @property
    def desk(self) -> Desk:
        audit = AuditLog(self.db, KeyRing(b"k" * 40).signer("audit"), FixedClock(self.now), lambda value: value)
        return Desk(self.db, WS, FixedClock(self.now), "America/Chicago", audit, "console")

    async def take(self, rows: Sequence[Sequence[Any]] | Path, **wishes: Any) -> Report:
        """Imports rows, written as a CSV file called data.csv, or a file. As of October 31 unless it says otherwise."""
        path = rows if isinstance(rows, Path) else csv_file(self.folder / "data.csv", rows)
        wishes = {"as_of": date(2026, 10, 31)} | wishes
        rejects = wishes.pop("rejects", None)
        return await import_file(self.desk, path, Wishes(**wishes), rejects=rejects)

    async def maple(self) -> None:
        """Maple Grove with its rent roll of October 31."""
        report = await self.take(ROLL, property="Maple Grove", create_properties=True)
        assert report.refused == 0, report.refusals

    async def rows(self, model: type[Sourced], *names: str) -> list[tuple[Any, ...]]:
        """Living rows of a table, by id."""
        async with self.db.reading() as session:
            found = await session.scalars(
                select(model).where(model.workspace_id == WS, model.deleted_at.is_(None)).order_by(model.id)
            )
            return [tuple(getattr(row, name) for name in names) for row in found]

    async def everything(self, *models: type[Sourced]) -> list[Any]:
        """Every column of every row of these tables."""
        found: list[Any] = []
        for model in models:
            names = sorted(column.name for column in model.__table__.columns)
            found += [(model.__tablename__, row) for row in await self.rows(model, *names)]
        return found


def reasons(report: Report) -> dict[int, str]:
    """Refusals by row number."""
    return {one.number: one.reason for one in report.refusals}
