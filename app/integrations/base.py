"""The seam every property and business system is connected through.

A connector declares itself with a `ConnectorSpec` (key, settings, resources, what it can write) and, once opened with
its settings, reads pages of a resource as canonical rows. It knows its vendor and nothing of who asks. Paging state,
upserts, tombstones and schedules belong to app/portfolio/sync; transport, retries and metering to app/http.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

from app.db.engine import Database
from app.db.models.base import Sourced
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.integrations.writing import RecordSystem

Row = dict[str, Any]
"""Canonical values by column name of a read-model table, without `workspace_id`, `as_of` and `deleted_at`."""


@dataclass(frozen=True)
class Setting:
    """One value that the operator gives, by the name of its environment variable."""

    variable: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Resource:
    """Something that can be listed: `models` are the tables its pages fill.

    per_property: read once for each property, else once for the whole account. incremental: can be read from a
    moment on (`Reading.since`), then `overlap` is taken off that moment. reconciled: rows that a full reading did
    not bring get a tombstone, except those with a `bounded_by` column (of those that a table has) before
    `Reading.horizon`. counted: its pages are counted, so that a record which moves to an earlier page while they are
    read does not come; what did not come is read once more before it gets a tombstone. fresh_within: how old the
    resource may become before operators are told that it is late.
    """

    key: str
    label: str
    models: tuple[type[Sourced], ...]
    per_property: bool = True
    incremental: bool = False
    overlap: timedelta = timedelta(days=1)
    reconciled: bool = True
    counted: bool = False
    bounded_by: tuple[str, ...] = ()
    fresh_within: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class Reading:
    """One page to read. `property_id` is the source's own id (empty for account-wide resources), `since` is None for
    a full reading, `cursor` is empty for the first page. `unit_ids` leads from a unit's number (and from
    `building|number`) at the property to its read-model id."""

    resource: str
    horizon: date
    property_id: str = ""
    since: datetime | None = None
    cursor: str = ""
    unit_ids: Mapping[str, str] = field(default_factory=dict[str, str])


SAMPLED = 20
"""Records of a page whose shape is looked at."""


@dataclass(frozen=True)
class Problem:
    """Something in the source's data that was not understood, and was neither guessed nor hidden. `kind` groups
    equal ones ("unknown work order status: Waiting"), `record` names the first example, `count` how many there were."""

    kind: str
    record: str
    count: int = 1


@dataclass(frozen=True)
class Batch:
    """Rows of one table; all of them name the same columns."""

    model: type[Sourced]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Page:
    """What one reading brought. Batches are stored in their order. `cursor` is empty on the last page. `gone` are
    read-model ids that the source says were deleted, by table. `sample` holds up to SAMPLED of its raw records by
    their id, from which the sync learns what they usually look like. `owed` is what the source itself states for each
    household's account, in cents by the account's id: a full reading of ledgers is held against the sum."""

    batches: tuple[Batch, ...]
    cursor: str = ""
    problems: tuple[Problem, ...] = ()
    gone: tuple[tuple[type[Sourced], str], ...] = ()
    sample: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    owed: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Reachability:
    """Whether the system answers with the given settings; `sentence` is for people."""

    state: Literal["ok", "unreachable", "refused"]
    sentence: str


class Connector(Protocol):
    """An opened connection to one system."""

    @property
    def spec(self) -> ConnectorSpec: ...

    async def read(self, reading: Reading) -> Page:
        """One page of a resource. Raises SophiaErrors."""
        ...

    async def check(self) -> Reachability:
        """Asks the system for the cheapest thing it has; never raises for expected failures."""
        ...

    def writer(self, db: Database) -> RecordSystem | None:
        """The system as a taker of writes, None when it is read-only."""
        ...


@dataclass(frozen=True)
class Given:
    """What a connector is opened with: its settings by variable (defaults filled in) and the ways out."""

    settings: Mapping[str, str]
    outbound: Outbound
    clock: Clock


@dataclass(frozen=True)
class ConnectorSpec:
    """A connector as data. `key` is the `<source>` of its read-model ids, `label` its name for people. `resources`
    stand in the order in which they are synced: what people ask about first comes first."""

    key: str
    label: str
    settings: tuple[Setting, ...]
    resources: tuple[Resource, ...]
    opener: Callable[[Given], Connector]

    def missing(self, settings: Mapping[str, str]) -> list[str]:
        """Required variables without a value; nothing is missing from a connector that is set up."""
        return [s.variable for s in self.settings if s.required and not (settings.get(s.variable) or s.default)]

    def open(self, settings: Mapping[str, str], outbound: Outbound, clock: Clock) -> Connector:
        """Raises Fixable naming the variables that are missing."""
        if missing := self.missing(settings):
            raise Fixable(
                f"{self.label} isn't set up: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
                next_step="An administrator can set it and check with `sophia doctor`.",
                code="connector_not_set_up",
            )
        filled = {s.variable: settings.get(s.variable) or s.default for s in self.settings}
        return self.opener(Given(filled, outbound, clock))


class Problems:
    """Gathers problems; equal kinds are counted, and keep their first example."""

    def __init__(self) -> None:
        self._by_kind: dict[str, Problem] = {}

    def add(self, kind: str, record: str, count: int = 1) -> None:
        kind = kind[:160]
        known = self._by_kind.get(kind)
        self._by_kind[kind] = replace(known, count=known.count + count) if known else Problem(kind, record[:160], count)

    def all(self) -> tuple[Problem, ...]:
        """One problem for each kind, the most frequent first."""
        return tuple(sorted(self._by_kind.values(), key=lambda problem: -problem.count))
