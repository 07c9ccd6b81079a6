"""What the stand-in holds: the demo portfolio of a fixed day, and every work order that was written to it since.

The day is remembered in the data folder, so that a restart tomorrow shows the same households; writes survive too.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import orjson

from app.domain.clock import Clock
from app.sandbox.entrata.wire import Refused
from app.sandbox.portfolio.portfolio import Community, CommunityRegister, Portfolio
from app.sandbox.portfolio.records import Lease, LedgerEntry, Property, Resident, Unit, WorkOrder
from app.sandbox.portfolio.register import Vendor

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS work_orders (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
_FORMER_NUMBERS = 90_000  # work orders of the former system have higher numbers


@dataclass(frozen=True)
class StoredOrder:
    """A work order with what only Entrata knows of it. `phone` is whom to call; `touched_at` moves with every change
    but one of the assignee alone, as Entrata's "last updated" filter does."""

    order: WorkOrder
    problem: str
    phone: str = ""
    touched_at: datetime | None = None
    deleted: bool = False

    @property
    def last_touched(self) -> datetime:
        return self.touched_at or self.order.updated_at


@dataclass
class Home:
    """One community, indexed the way Entrata is asked for it."""

    community: Community
    orders: dict[int, StoredOrder] = field(default_factory=dict[int, StoredOrder])

    @cached_property
    def units_by_number(self) -> dict[str, Unit]:
        return {unit.number: unit for unit in self.community.units}

    @cached_property
    def units_by_id(self) -> dict[int, Unit]:
        return {unit.id: unit for unit in self.community.units}

    @cached_property
    def residents(self) -> dict[int, Resident]:
        return {resident.id: resident for resident in self.community.residents}

    @cached_property
    def stays(self) -> dict[int, list[Lease]]:
        """The terms of each household, oldest first: what Entrata calls a lease."""
        stays: dict[int, list[Lease]] = defaultdict(list)
        for term in sorted(self.community.leases, key=lambda one: (one.tenancy_id, one.start_on)):
            stays[term.tenancy_id].append(term)
        return dict(sorted(stays.items()))

    @cached_property
    def stay_of_term(self) -> dict[int, int]:
        return {term.id: stay for stay, terms in self.stays.items() for term in terms}

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """All entries by day."""
        return sorted(self.community.ledger, key=lambda entry: (entry.posted_on, entry.id))

    @cached_property
    def balances(self) -> dict[int, int]:
        """What each stay owes, in cents."""
        sums: dict[int, int] = defaultdict(int)
        for entry in self.ledger:
            sums[self.stay_of_term[entry.lease_id]] += entry.amount_cents
        return sums

    def change(self, community: Community) -> None:
        """Puts another state of the community in place, as if things had happened there."""
        self.community = community
        for name in ("units_by_number", "units_by_id", "residents", "stays", "stay_of_term", "ledger", "balances"):
            self.__dict__.pop(name, None)


class EntrataStore:
    """The portfolio and its changes. `data` is a folder; `seed` and `today` count only the first time the folder is
    used. `community` gives other communities for the portfolio's ids; those `elsewhere` are not managed here."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        *,
        seed: int,
        today: date,
        size: int | None = None,
        community: Callable[[int], Community] | None = None,
        elsewhere: frozenset[int] = frozenset(),
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.clock = clock
        self._lock = threading.Lock()
        self._db = sqlite3.connect(data / "entrata.sqlite", check_same_thread=False, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=WAL; {_SCHEMA}")
        day = date.fromisoformat(self._about("today", today.isoformat()))
        made_from = int(self._about("seed", str(seed)))
        self.portfolio = Portfolio(made_from, day, **({} if size is None else {"size": size}))
        self._community = community or self.portfolio.community
        self._elsewhere = elsewhere
        self._homes: dict[int, Home] = {}
        self._offices: dict[int, CommunityRegister] = {}

    def _about(self, name: str, value: str) -> str:
        self._db.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))
        return str(self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()[0])

    def close(self) -> None:
        self._db.close()

    @property
    def properties(self) -> tuple[Property, ...]:
        return tuple(prop for prop in self.portfolio.properties if prop.id not in self._elsewhere)

    def home(self, property_id: int) -> Home:
        """The community of that id. Raises Refused for an unknown one."""
        with self._lock:
            found = self._homes.get(property_id)
            if found is None:
                found = self._homes[property_id] = self._open(property_id)
            return found

    def _open(self, property_id: int) -> Home:
        try:
            if property_id in self._elsewhere:
                raise IndexError(property_id)
            community = self._community(property_id)
        except IndexError:
            raise Refused(301, "Property is not valid or is disabled.") from None
        home = Home(community)
        home.orders = {order.id: StoredOrder(order, _problem_of(order)) for order in community.work_orders}
        for (body,) in self._db.execute("SELECT body FROM work_orders ORDER BY id").fetchall():
            stored = _thawed(orjson.loads(body))
            if stored.order.property_id == property_id:
                home.orders[stored.order.id] = stored
        return home

    def save(self, stored: StoredOrder) -> None:
        """Keeps a new or changed work order; it is on disk when this returns."""
        home = self.home(stored.order.property_id)
        with self._lock:
            body = orjson.dumps(stored).decode()
            self._db.execute("INSERT OR REPLACE INTO work_orders VALUES (?, ?)", (stored.order.id, body))
            home.orders[stored.order.id] = stored

    def next_number(self) -> int:
        """The number of the next work order: one above the newest of all communities."""
        numbers = (number for prop in self.properties for number in self.home(prop.id).orders)
        return max((number for number in numbers if number < _FORMER_NUMBERS), default=1000) + 1

    def employees(self) -> dict[str, int]:
        """Technicians by name, with the ids that the pick lists give them."""
        vendors = self.vendors()
        names = {
            stored.order.assignee
            for prop in self.properties
            for stored in self.home(prop.id).orders.values()
            if stored.order.assignee and stored.order.assignee not in vendors
        }
        return {name: 501 + place for place, name in enumerate(sorted(names))}

    @cached_property
    def directory(self) -> tuple[Vendor, ...]:
        """The vendors that may be sent to one of the communities at least."""
        here = {prop.id for prop in self.properties}
        return tuple(one for one in self.portfolio.vendors if not one.property_ids or here & set(one.property_ids))

    def vendors(self) -> dict[str, int]:
        """Companies that work orders can be given to, with their ids."""
        return {one.name: one.id for one in self.directory}

    def office(self, property_id: int) -> CommunityRegister:
        """The prospects, invoices and books of a community."""
        home = self.home(property_id)
        with self._lock:
            if property_id not in self._offices:
                self._offices[property_id] = self.portfolio.register_of(home.community)
            return self._offices[property_id]


_USUAL = {
    "plumbing": "Leak",
    "electrical": "Outlet Not Working",
    "hvac": "AC Not Cooling",
    "appliance": "Appliance Not Working",
    "pest": "Pests",
    "general": "Other",
}


def _problem_of(order: WorkOrder) -> str:
    return _USUAL[order.category]


def _thawed(body: dict[str, object]) -> StoredOrder:
    """A stored work order from its JSON."""
    raw: dict[str, object] = dict(body["order"])  # type: ignore[call-overload]
    for name in ("created_at", "completed_at", "updated_at"):
        raw[name] = datetime.fromisoformat(str(raw[name])) if raw[name] else None
    raw["scheduled_on"] = date.fromisoformat(str(raw["scheduled_on"])) if raw["scheduled_on"] else None
    touched = body["touched_at"]
    return replace(
        StoredOrder(WorkOrder(**raw), str(body["problem"]), str(body["phone"]), deleted=bool(body["deleted"])),  # type: ignore[arg-type]
        touched_at=datetime.fromisoformat(str(touched)) if touched else None,
    )
