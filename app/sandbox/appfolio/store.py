"""What the stand-in holds: some communities of the demo portfolio of a fixed day, and what was written to them since.

The day is remembered in the data folder, so that a restart tomorrow shows the same households; writes survive too.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

import orjson

from app.domain.clock import Clock
from app.sandbox.appfolio.homes import Home
from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.portfolio.portfolio import Community, Portfolio
from app.sandbox.portfolio.records import WorkOrder
from app.sandbox.portfolio.register import GuestCard, Vendor

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS work_orders (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL
);
"""
_FIRST_NEW = 40_001  # numbers of work orders that are made here
_KEPT = timedelta(hours=24)  # how long an idempotency key is known


@dataclass(frozen=True)
class StoredOrder:
    """A work order as AppFolio knows it. `before` is how it read until its last change: lists still show that (nothing,
    when it is new) until `shows_at`."""

    order: WorkOrder
    updated_at: datetime
    notes: tuple[str, ...] = ()
    shows_at: datetime | None = None
    before: WorkOrder | None = None


class AppFolioStore:
    """The communities and their changes. `data` is a folder; `seed` and `today` count only the first time the folder
    is used. `property_ids` are the communities that are managed here. A written row shows in lists after
    `visible_after`."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        *,
        seed: int,
        today: date,
        property_ids: Sequence[int],
        community: Callable[[int], Community] | None = None,
        visible_after: timedelta = timedelta(0),
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.clock, self.visible_after = clock, visible_after
        self._lock = threading.Lock()
        self._db = sqlite3.connect(data / "appfolio.sqlite", check_same_thread=False, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=WAL; {_SCHEMA}")
        self.today = date.fromisoformat(self._about("today", today.isoformat()))
        self.property_ids = tuple(property_ids)
        self._portfolio = portfolio = Portfolio(int(self._about("seed", str(seed))), self.today)
        self._community = community or portfolio.community
        self._homes: dict[int, Home] = {}
        self._orders: dict[str, StoredOrder] = {}
        self._cards: dict[int, tuple[GuestCard, ...]] = {}
        self._opened = False

    def _about(self, name: str, value: str) -> str:
        self._db.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))
        return str(self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()[0])

    def close(self) -> None:
        self._db.close()

    @property
    def began_at(self) -> datetime:
        """When what was never changed was last updated."""
        return datetime.combine(self.today, time(), UTC) - timedelta(days=30)

    @property
    def homes(self) -> tuple[Home, ...]:
        """All communities, made when they are first asked for."""
        with self._lock:
            self._open()
            return tuple(self._homes.values())

    def _open(self) -> None:
        if self._opened:
            return
        for property_id in self.property_ids:
            self._homes[property_id] = Home(self._community(property_id), self.today, self.began_at)
            for order in self._homes[property_id].community.work_orders:
                self._orders[uuid_of("work_order", order.id)] = StoredOrder(order, order.updated_at)
        for (body,) in self._db.execute("SELECT body FROM work_orders ORDER BY id").fetchall():
            stored = _thawed(orjson.loads(body))
            self._orders[uuid_of("work_order", stored.order.id)] = stored
        self._opened = True

    @property
    def orders(self) -> dict[str, StoredOrder]:
        """All work orders by UUID, as they are (not as lists show them)."""
        with self._lock:
            self._open()
            return dict(self._orders)

    def shown(self) -> dict[str, tuple[WorkOrder, datetime]]:
        """The work orders as lists show them now, with when they were last updated."""
        now = self.clock.now()
        found: dict[str, tuple[WorkOrder, datetime]] = {}
        for key, stored in self.orders.items():
            if stored.shows_at is None or stored.shows_at <= now:
                found[key] = (stored.order, stored.updated_at)
            elif stored.before is not None:
                found[key] = (stored.before, stored.before.updated_at)
        return found

    def save(self, order: WorkOrder, *, note: str = "") -> None:
        """Keeps a new or changed work order; it is on disk when this returns."""
        now, key = self.clock.now(), uuid_of("work_order", order.id)
        with self._lock:
            self._open()
            known = self._orders.get(key)
            notes = (*(known.notes if known else ()), *((note,) if note else ()))
            stored = StoredOrder(
                replace(order, updated_at=now), now, notes, now + self.visible_after, known.order if known else None
            )
            body = orjson.dumps(stored).decode()
            self._db.execute("INSERT OR REPLACE INTO work_orders VALUES (?, ?)", (order.id, body))
            self._orders[key] = stored

    def next_number(self) -> int:
        numbers = (stored.order.id for stored in self.orders.values())
        return max((n for n in numbers if _FIRST_NEW <= n < 60_000), default=_FIRST_NEW - 1) + 1

    def answered(self, key: str) -> tuple[str, bytes] | None:
        """The fingerprint and answer that an idempotency key had within the last day."""
        oldest = (self.clock.now() - _KEPT).isoformat()
        with self._lock:
            found = self._db.execute(
                "SELECT fingerprint, body FROM answers WHERE key = ? AND at > ?", (key, oldest)
            ).fetchone()
        return (str(found[0]), str(found[1]).encode()) if found else None

    def remember(self, key: str, fingerprint: str, body: bytes) -> None:
        row = (key, fingerprint, body.decode(), self.clock.now().isoformat())
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)

    def technicians(self) -> dict[str, str]:
        """Maintenance technicians by name, with their UUIDs."""
        names = {stored.order.assignee for stored in self.orders.values()} - {""} - set(self.vendors())
        return {name: uuid_of("user", name) for name in sorted(names)}

    @cached_property
    def directory(self) -> tuple[Vendor, ...]:
        """The vendors that may be sent to one of the communities at least."""
        here = set(self.property_ids)
        return tuple(one for one in self._portfolio.vendors if not one.property_ids or here & set(one.property_ids))

    def vendors(self) -> dict[str, str]:
        """Their UUIDs by name."""
        return {one.name: uuid_of("vendor", one.name) for one in self.directory}

    def cards(self, home: Home) -> tuple[GuestCard, ...]:
        """Who asked about a community, by the day they did."""
        number = home.community.property.id
        with self._lock:
            if number not in self._cards:
                self._cards[number] = self._portfolio.guest_cards_of(home.community)
        return self._cards[number]


def _thawed(body: dict[str, object]) -> StoredOrder:
    """A stored work order from its JSON."""
    shows, notes = body["shows_at"], body["notes"]
    assert isinstance(notes, list)
    return StoredOrder(
        _order(body["order"]),
        datetime.fromisoformat(str(body["updated_at"])),
        tuple(str(note) for note in notes),
        datetime.fromisoformat(str(shows)) if shows else None,
        _order(body["before"]) if body["before"] else None,
    )


def _order(raw: object) -> WorkOrder:
    assert isinstance(raw, dict)
    made = dict(raw)
    for name in ("created_at", "completed_at", "updated_at"):
        made[name] = datetime.fromisoformat(str(made[name])) if made[name] else None
    made["scheduled_on"] = date.fromisoformat(str(made["scheduled_on"])) if made["scheduled_on"] else None
    return WorkOrder(**made)
