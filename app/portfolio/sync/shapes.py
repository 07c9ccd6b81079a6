"""Notices when a source's records change their shape: a field that is new, that is gone, or that holds another kind of
value than before. What is usual is learned from the records themselves; only names and kinds are kept, never values.

Vendors add fields without a word, and now and then drop one that a mapping rests on: the first example of either is
shown to operators before somebody asks why a column is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.sync import SyncShape
from app.integrations.base import Problems

LEARNING: Final = timedelta(days=1)  # rare fields are met late, so nothing is reported in the first day
ENOUGH: Final = 50  # so many records must lack a field that all had before it counts as gone
_DEEPEST: Final = 5
_MOST_FIELDS: Final = 400


@dataclass
class Field:
    """What is known of a field. `kinds`: text, number, yes/no; `always`: no record lacked it so far."""

    kinds: set[str] = field(default_factory=set[str])
    always: bool = True


@dataclass
class Shape:
    """The fields of one resource's records by path (`address.city`; lists add nothing to a path). `seen` counts the
    records of this run, `met` how many of them had a field."""

    fields: dict[str, Field] = field(default_factory=dict[str, Field])
    learned_at: datetime | None = None
    seen: int = 0
    met: dict[str, int] = field(default_factory=dict[str, int])

    def learn(self, records: Mapping[str, Mapping[str, Any]], resource: str, problems: Problems, now: datetime) -> None:
        """Takes in records by id. Differences from what is known are problems, each with its first example."""
        self.learned_at = self.learned_at or now
        told = problems if now - self.learned_at >= LEARNING else Problems()
        for record_id, record in records.items():
            first = not self.fields
            kinds: dict[str, set[str]] = {}
            for path, kind in _fields(record):
                kinds.setdefault(path, set()).add(kind)
            for path, found in kinds.items():
                self.met[path] = self.met.get(path, 0) + 1
                self._take(path, found, always=first, told=told, example=(resource, record_id))
            self.seen += 1

    def _take(self, path: str, found: set[str], *, always: bool, told: Problems, example: tuple[str, str]) -> None:
        resource, record_id = example
        known = self.fields.get(path)
        if known is None:
            if len(self.fields) < _MOST_FIELDS:
                self.fields[path] = Field(found, always)
                told.add(f"new field in {resource}: {path}", record_id)
        elif other := found - known.kinds:
            before = " or ".join(sorted(known.kinds))
            told.add(f"{resource}: {path} holds {' and '.join(sorted(other))} now, before it held {before}", record_id)
            known.kinds |= other

    def settle(self, resource: str, problems: Problems, now: datetime) -> None:
        """After a whole reading: fields that every record had before and none has now are gone; those that some
        lacked are optional from now on."""
        told = self.learned_at is not None and now - self.learned_at >= LEARNING
        for path, known in list(self.fields.items()):
            if known.always and self.met.get(path, 0) < self.seen:
                if path not in self.met and self.seen >= ENOUGH and told:
                    problems.add(f"field gone from {resource}: {path}", f"none of {self.seen} records")
                    del self.fields[path]
                else:
                    known.always = False
        self.seen, self.met = 0, {}


class Shapes:
    """The shapes of one source's resources, loaded when they are first met and kept in `sync_shapes`."""

    def __init__(self, workspace_id: str, source: str) -> None:
        self._workspace_id, self._source = workspace_id, source
        self._known: dict[str, Shape] = {}

    async def of(self, session: AsyncSession, resource: str) -> Shape:
        if resource not in self._known:
            row = await session.get(SyncShape, (self._workspace_id, f"{self._source}:{resource}"))
            self._known[resource] = _loaded(row) if row is not None else Shape()
        return self._known[resource]

    async def keep(self, session: AsyncSession, resource: str, now: datetime) -> None:
        shape = self._known.get(resource)
        if shape is not None and shape.fields:
            fields = {path: [sorted(one.kinds), one.always] for path, one in sorted(shape.fields.items())}
            await session.merge(
                SyncShape(
                    workspace_id=self._workspace_id,
                    id=f"{self._source}:{resource}",
                    fields=orjson.dumps(fields).decode(),
                    learned_at=shape.learned_at or now,
                )
            )


def _loaded(row: SyncShape) -> Shape:
    fields = {path: Field(set(kinds), always) for path, (kinds, always) in orjson.loads(row.fields).items()}
    return Shape(fields, row.learned_at)


def _fields(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Paths and kinds of what a record holds. Nothing ("", null, an empty list) has no kind; keys that are numbers are
    ids and count as one."""
    match value:
        case Mapping() if depth < _DEEPEST:
            for key, inner in value.items():
                name = "*" if str(key).isdecimal() else str(key)[:60]
                yield from _fields(inner, f"{path}.{name}" if path else name, depth + 1)
        case list() if depth < _DEEPEST:
            for inner in value[:20]:
                yield from _fields(inner, path, depth + 1)
        case bool():
            yield path, "yes/no"
        case int() | float():
            yield path, "a number"
        case str() if value:
            yield path, "text"
        case _:
            return
