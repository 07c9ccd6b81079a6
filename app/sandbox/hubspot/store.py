"""What the stand-in holds: the business side of the demo portfolio of a fixed day, and every change since.

Writes survive a restart; the day is remembered in the data folder. A search sees a change only when it is older than
`search_lag`; everything else sees it at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from app.domain.clock import Clock
from app.sandbox.hubspot.properties import created_name, modified_name
from app.sandbox.hubspot.seed import Seed, Seeded
from app.sandbox.hubspot.wire import TYPES, Refused, iso, not_found

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (type TEXT, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (type, id));
CREATE TABLE IF NOT EXISTS links (a TEXT, a_id INTEGER, b TEXT, b_id INTEGER, is_primary INTEGER,
                                  PRIMARY KEY (a, a_id, b, b_id));
"""
_FIRST_NEW_ID = 51_000_000_001


@dataclass
class Thing:
    """One record as it is now, and as a search still sees it (`None`: not at all)."""

    kind: str
    id: int
    properties: dict[str, str]
    created: datetime
    updated: datetime
    archived: datetime | None = None
    searched: dict[str, Any] | None = None

    def value(self, name: str) -> str | None:
        """A property's value; HubSpot keeps no empty ones."""
        if name == "hs_object_id":
            return str(self.id)
        if name == created_name(self.kind):
            return iso(self.created)
        if name == modified_name(self.kind):
            return iso(self.updated)
        return self.properties.get(name) or None

    def frozen(self) -> dict[str, Any]:
        return {"properties": dict(self.properties), "updated": self.updated, "archived": self.archived}

    def as_searched(self, now: datetime, lag: timedelta) -> Thing | None:
        """What a search sees of it."""
        if now - self.updated >= lag:
            return self
        if self.searched is None:
            return None
        return Thing(self.kind, self.id, created=self.created, **self.searched)


@dataclass
class HubSpotStore:
    """`data` is a folder; `seed` fills it the first time. `tell(thing, what, names)` hears of every change: `what` is
    creation, propertyChange or deletion, `names` the changed properties."""

    data: Path
    clock: Clock
    seed: Callable[[date], Seeded]
    today: date
    search_lag: timedelta = timedelta(seconds=3)
    tell: Callable[[Thing, str, tuple[str, ...]], None] = lambda thing, what, names: None
    objects: dict[str, dict[int, Thing]] = field(default_factory=dict[str, dict[int, Thing]])
    links: dict[tuple[str, int, str], dict[int, bool]] = field(
        default_factory=dict[tuple[str, int, str], dict[int, bool]]
    )

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.data / "hubspot.sqlite", check_same_thread=False, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=WAL; {_SCHEMA}")
        self._db.execute("INSERT OR IGNORE INTO about VALUES ('today', ?)", (self.today.isoformat(),))
        day = date.fromisoformat(self._db.execute("SELECT value FROM about WHERE name = 'today'").fetchone()[0])
        seeded = self.seed(day)
        self.owners, self.pipelines = seeded.owners, seeded.pipelines
        self.objects = {kind: {} for kind in TYPES}
        for one in seeded.records:
            self.objects[one.kind][one.id] = _grown(one)
        for one in seeded.records:
            for other, other_id in one.linked:
                self._link(one.kind, one.id, other, other_id, primary=other == "companies")
        self._recall()
        self._next = max([_FIRST_NEW_ID - 1, *(i for things in self.objects.values() for i in things)]) + 1

    def _recall(self) -> None:
        """The changes of earlier runs."""
        for kind, number, body in self._db.execute("SELECT type, id, body FROM objects").fetchall():
            raw = orjson.loads(body)
            archived = datetime.fromisoformat(raw["archived"]) if raw["archived"] else None
            created, updated = datetime.fromisoformat(raw["created"]), datetime.fromisoformat(raw["updated"])
            self.objects[kind][number] = Thing(kind, number, raw["properties"], created, updated, archived)
        for a, a_id, b, b_id, primary in self._db.execute("SELECT * FROM links").fetchall():
            self._link(a, a_id, b, b_id, primary=bool(primary))

    def close(self) -> None:
        self._db.close()

    def living(self, kind: str, *, archived: bool = False) -> list[Thing]:
        """The records of a type by id."""
        return [one for _, one in sorted(self.objects[kind].items()) if (one.archived is not None) == archived]

    def get(self, kind: str, number: str, *, archived: bool = False) -> Thing:
        found = self.objects[kind].get(int(number)) if number.isdecimal() else None
        if found is None or (found.archived is not None) != archived:
            raise not_found()
        return found

    def by_email(self, email: str) -> Thing | None:
        """The living contact with that address, whatever its case."""
        wanted = email.strip().lower()
        return next((one for one in self.living("contacts") if one.properties.get("email", "").lower() == wanted), None)

    def create(self, kind: str, properties: dict[str, str]) -> Thing:
        now = self.clock.now()
        self._unique(kind, properties, None)
        made = Thing(kind, self._next, {name: value for name, value in properties.items() if value}, now, now)
        self._next += 1
        self.objects[kind][made.id] = made
        self._keep(made)
        self.tell(made, "creation", ())
        return made

    def change(self, thing: Thing, properties: dict[str, str]) -> Thing:
        self._unique(thing.kind, properties, thing)
        changed = tuple(name for name, value in properties.items() if (thing.properties.get(name) or "") != value)
        if changed:
            self._touch(thing)
            thing.properties = {name: value for name, value in (thing.properties | properties).items() if value}
            self._keep(thing)
            self.tell(thing, "propertyChange", changed)
        return thing

    def archive(self, thing: Thing) -> None:
        self._touch(thing)
        thing.archived = thing.updated
        self._keep(thing)
        self.tell(thing, "deletion", ())

    def restore(self, thing: Thing) -> None:
        """As somebody may do by hand in HubSpot."""
        self._touch(thing)
        thing.archived = None
        self._keep(thing)
        self.tell(thing, "restore", ())

    def associate(self, a: Thing, b: Thing) -> None:
        if b.id in self.links.get((a.kind, a.id, b.kind), {}):
            return
        self._link(a.kind, a.id, b.kind, b.id, primary=False)
        self._db.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, 0)", (a.kind, a.id, b.kind, b.id))

    def linked(self, kind: str, number: int, other: str) -> dict[int, bool]:
        """The living records of another type that hang on one, with whether each is the primary one."""
        found = self.links.get((kind, number, other), {})
        return {i: first for i, first in sorted(found.items()) if self.objects[other][i].archived is None}

    def _link(self, a: str, a_id: int, b: str, b_id: int, *, primary: bool) -> None:
        self.links.setdefault((a, a_id, b), {})[b_id] = primary
        self.links.setdefault((b, b_id, a), {})[a_id] = primary

    def _touch(self, thing: Thing) -> None:
        now = self.clock.now()
        if now - thing.updated >= self.search_lag:
            thing.searched = thing.frozen()
        thing.updated = max(now, thing.updated + timedelta(milliseconds=1))

    def _unique(self, kind: str, properties: dict[str, str], thing: Thing | None) -> None:
        email = properties.get("email", "")
        taken = self.by_email(email) if kind == "contacts" and email else None
        if taken is not None and taken is not thing:
            raise Refused(409, "CONFLICT", f"Contact already exists. Existing ID: {taken.id}")

    def _keep(self, thing: Thing) -> None:
        body = {
            "properties": thing.properties,
            "created": thing.created.isoformat(),
            "updated": thing.updated.isoformat(),
            "archived": thing.archived.isoformat() if thing.archived else None,
        }
        row = (thing.kind, thing.id, orjson.dumps(body).decode())
        self._db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", row)


def _grown(seed: Seed) -> Thing:
    properties = {name: value for name, value in seed.properties.items() if value}
    return Thing(seed.kind, seed.id, properties, seed.created, max(seed.created, seed.updated))


def shown(thing: Thing, names: Iterable[str]) -> dict[str, Any]:
    """A record as HubSpot writes it, with these properties; absent ones are null."""
    always = ("hs_object_id", created_name(thing.kind), modified_name(thing.kind))
    made: dict[str, Any] = {
        "id": str(thing.id),
        "properties": {name: thing.value(name) for name in sorted({*names, *always})},
        "createdAt": iso(thing.created),
        "updatedAt": iso(thing.updated),
        "archived": thing.archived is not None,
    }
    if thing.archived is not None:
        made["archivedAt"] = iso(thing.archived)
    return made
