"""What Sophia answers: text, tables, charts, choices, approval cards, and where every figure came from.

An Answer says what the answer is; how it looks on a surface is for app/channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from app.domain.money import Money

Cell = str | int | float | Decimal | bool | date | datetime | Money | None


ASKER_ALONE = "asker"
"""Stands among `Answer.readers_need` for a right that nobody but the asking person holds in the place of the answer."""


class ColumnKind(StrEnum):
    """How a column's values are shown and aligned."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"  # values are fractions: 0.947 is shown as 94.7%
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True)
class Table:
    """Rows hold raw values (Money, date, Decimal …), in the order of `columns`. `total_rows` may exceed the rows
    carried here when a tool cut a long result; the full result is in the CSV."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_rows: int | None = None

    @property
    def row_count(self) -> int:
        return self.total_rows if self.total_rows is not None else len(self.rows)


@dataclass(frozen=True)
class Series:
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """One picture. `categories` label the x axis (or the slices of a pie, which has exactly one series)."""

    title: str
    kind: Literal["bar", "line", "area", "pie"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Literal["", "$", "%"] = ""


@dataclass(frozen=True)
class Source:
    """Where rows came from: the system, the record, a link to it when there is one, and how fresh it is. `number` is
    what a citation in the text ([1]) calls it; 0 for a source that is not cited by number."""

    system: str  # for people: "Entrata", "Sophia's register"
    record: str  # what was read: "12 units at Maple Grove", "WO-1042"
    as_of: datetime
    link: str = ""
    number: int = 0


def merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each source once, with the oldest of its as-of times: the answer is only as fresh as its stalest part."""
    kept: dict[tuple[str, str, str], Source] = {}
    for source in sources:
        key = (source.system, source.record, source.link)
        if key not in kept or source.as_of < kept[key].as_of:
            kept[key] = source
    return tuple(kept.values())


@dataclass(frozen=True)
class Choice:
    """One button a person can choose. `reply` is what they are taken to have said when they click it."""

    label: str
    reply: str


@dataclass(frozen=True)
class FieldChange:
    """One line of a before/after list on an approval card. `before` is empty for something new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ApprovalCard:
    """A write or an outgoing message that waits for a person."""

    approval_id: str
    tool: str
    title: str  # "Open a work order"
    changes: tuple[FieldChange, ...]
    recipients: tuple[str, ...]  # who outside the company would get it
    consequence: str  # one sentence: what happens on approval
    approvers: str  # for people: "you", "a property manager"
    expires_at: datetime
    editable: tuple[str, ...] = ()  # argument names the person may edit before approving


@dataclass(frozen=True)
class EditableField:
    """An argument that may be changed before the action is approved. `options` are the only values there are."""

    name: str
    value: object
    required: bool = False
    options: tuple[str, ...] = ()


class AnswerKind(StrEnum):
    """What sort of reaction it is."""

    ANSWER = "answer"
    QUESTION = "question"  # she asks back
    DECLINED = "declined"  # she can't, and says what she can
    APPROVAL = "approval"  # something waits for approval
    FAILED = "failed"  # a plain reason and the next step


@dataclass(frozen=True)
class Answer:
    """A whole reaction to one turn. `text` is Markdown without links or images that a model made up.

    `readers_need` are the rights (values of `Scope`, or ASKER_ALONE) that everybody who reads it must hold, because it
    tells of persons or of documents that are not for all; empty for an answer that may stand in any channel.
    """

    kind: AnswerKind
    text: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    choices: tuple[Choice, ...] = ()
    approvals: tuple[ApprovalCard, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()  # small print: "answered without a model", "one figure removed"
    follow_ups: tuple[str, ...] = ()  # questions worth asking next
    definitions: tuple[str, ...] = ()  # keys of the definitions that its figures rest on
    trace_id: str = ""
    readers_need: tuple[str, ...] = ()
    calls: Sequence[tuple[str, dict[str, object]]] = field(default_factory=tuple)  # tools called, for memory
