"""Numbers shown to people come from tools, not from a model's imagination. This is the check.

The ledger of a turn knows every number that a tool returned, that stood in the arguments, or that the person wrote.
A number in the answer that is none of these, exactly or rounded the way it is written, is marked. Being in the
ledger proves that a number exists, not that the sentence around it is right.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from app.agent.mentions import Mention, MentionKind, mentions, numbers_inside
from app.domain.money import Money

UNCONFIRMED = " (unconfirmed)"
_ROUNDERS = ("about", "around", "roughly", "nearly", "almost", "approximately", "approx.", "over", "under", "~", "some")
_MOST_LEAVES = 200_000  # of one result; more than any table a tool returns


class Ledger:
    """What is known to be true in one turn. `timezone` is where the person reads dates and times."""

    def __init__(self, today: date, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._numbers: list[float] = [0.0]
        self._seen: set[float] = {0.0}
        self._tokens: set[str] = set()
        self._phones: set[str] = set()
        self._dates: set[tuple[int, int, int]] = set()
        self._years: set[int] = set()
        self._times: set[tuple[int, int]] = set()
        self._later: list[Callable[[], None]] = []
        self.add_value(today)

    def add_words(self, text: str) -> None:
        """Every number of a text: the person's words, a tool's own sentence, an argument."""
        for mention in mentions(text):
            self._add_mention(mention)
            if mention.kind not in {MentionKind.NUMBER, MentionKind.TIME}:
                for number in numbers_inside(text[mention.start : mention.end], mention.start):
                    self._add_number(number.value)
            if mention.kind is not MentionKind.DATE:
                self._tokens.add(text[mention.start : mention.end].strip("() ").upper())

    def add_later(self, value: object) -> None:
        """A result or table of any size. It is only looked through when a number is not known otherwise."""
        self._later.append(lambda: self.add_value(value))

    def add_value(self, value: object) -> None:
        """Every number inside a value: money, dates, texts, nested models and lists, and how long the lists are."""
        waiting: list[object] = [value]
        for _ in range(_MOST_LEAVES):
            if not waiting:
                return
            self._add_leaf(waiting.pop(), waiting)

    def confirms(self, mention: Mention, text: str) -> bool:
        """True when the number is known. `text` is the text it stands in."""
        while True:
            if self._knows(mention, text):
                return True
            if not self._later:
                return False
            self._later.pop(0)()

    def _add_leaf(self, value: object, waiting: list[object]) -> None:
        match value:
            case None | bool():
                return
            case str() if isinstance(value, Enum):
                return
            case str():
                self.add_words(value)
            case int() | float() | Decimal():
                self._add_number(float(value))
            case Money():
                self._add_number(float(value.dollars))
            case datetime():
                self._add_moment(value)
            case date():
                self._add_date(value)
            case time():
                self._times.add((value.hour, value.minute))
            case _:
                waiting.extend(_parts_of(value))
                if isinstance(value, list | tuple | set | frozenset | Mapping):
                    self._add_number(float(len(value)))

    def _add_moment(self, moment: datetime) -> None:
        local = moment.astimezone(self._zone) if moment.tzinfo else moment
        for seen in (moment, local):
            self._add_date(seen.date())
            self._times.add((seen.hour, seen.minute))

    def _add_date(self, day: date) -> None:
        self._dates.add((day.year, day.month, day.day))
        self._years.add(day.year)

    def _add_number(self, value: float) -> None:
        size = abs(value)
        if size not in self._seen and isfinite(size):
            self._seen.add(size)
            insort(self._numbers, size)

    def _add_mention(self, mention: Mention) -> None:
        match mention.kind:
            case MentionKind.NUMBER:
                self._add_number(mention.value)
                if mention.percent:
                    self._add_number(mention.value / 100)
            case MentionKind.DATE | MentionKind.MONTH:
                self._dates.add(mention.parts)
                if mention.parts[0]:
                    self._years.add(mention.parts[0])
            case MentionKind.TIME:
                self._times.add(mention.parts[:2])
            case MentionKind.PHONE:
                self._phones.add(mention.token)
            case MentionKind.IDENTIFIER | MentionKind.QUARTER:
                self._tokens.add(mention.token)

    def _knows(self, mention: Mention, text: str) -> bool:
        written = text[mention.start : mention.end]
        match mention.kind:
            case MentionKind.NUMBER:
                known = self._knows_number(mention, text)
            case MentionKind.DATE:
                known = any(_same_day(mention.parts, day) for day in self._dates)
                known = known or ("/" in written and self._knows_each_inside(mention, text))
            case MentionKind.MONTH:
                known = any(day[:2] == mention.parts[:2] for day in self._dates)
            case MentionKind.QUARTER:
                known = written.upper() in self._tokens or any(_in_quarter(mention.parts, day) for day in self._dates)
            case MentionKind.TIME:
                known = mention.parts[:2] in self._times
            case MentionKind.PHONE:
                known = mention.token in self._phones or any(token.endswith(mention.token) for token in self._tokens)
            case MentionKind.IDENTIFIER:
                known = mention.token in self._tokens or self._knows_each_inside(mention, text)
        return known

    def _knows_each_inside(self, mention: Mention, text: str) -> bool:
        """For "2BR" or "10-12": no such identifier is known, but its numbers may be."""
        inside = numbers_inside(text[mention.start : mention.end], mention.start)
        return all(self._knows_number(number, text) for number in inside)

    def _knows_number(self, mention: Mention, text: str) -> bool:
        if mention.token and mention.token in self._tokens:
            return True
        if mention.step == 1.0 and mention.value in self._years:
            return True
        before = text[max(0, mention.start - 16) : mention.start].lower().rstrip(" $")
        step = _round_step(mention) if before.endswith(_ROUNDERS) else mention.step
        return self._has_near(mention.value, step) or (
            mention.percent and self._has_near(mention.value / 100, step / 100)
        )

    def _has_near(self, value: float, step: float) -> bool:
        """True when a known number, rounded to `step`, gives `value`."""
        slack = step / 2 * (1 + 1e-9) + 1e-9
        place = bisect_left(self._numbers, value - slack)
        return place < len(self._numbers) and self._numbers[place] <= value + slack


@dataclass(frozen=True)
class Checked:
    """A text with its unknown numbers marked, and those numbers as they were written."""

    text: str
    unconfirmed: tuple[str, ...] = ()


def check(text: str, ledger: Ledger) -> Checked:
    """Marks every number of `text` that the ledger does not confirm."""
    unknown = [mention for mention in mentions(text) if not ledger.confirms(mention, text)]
    marked = text
    for mention in reversed(unknown):
        marked = marked[: mention.end] + UNCONFIRMED + marked[mention.end :]
    return Checked(marked, tuple(text[mention.start : mention.end].strip() for mention in unknown))


def note_for(count: int) -> str:
    """The small print under an answer with marked numbers."""
    if count == 1:
        return "One figure could not be traced to a source and is marked as unconfirmed."
    return f"{count} figures could not be traced to a source and are marked as unconfirmed."


def _same_day(wanted: tuple[int, int, int], known: tuple[int, int, int]) -> bool:
    return wanted[1:] == known[1:] and (wanted[0] == known[0] or 0 in {wanted[0], known[0]}) and known[2] != 0


def _in_quarter(wanted: tuple[int, int, int], day: tuple[int, int, int]) -> bool:
    return (day[1] + 2) // 3 == wanted[1] and wanted[0] in {0, day[0]}


def _round_step(mention: Mention) -> float:
    """ "about 2,400" was rounded to hundreds: the weight of the last digit that is not zero, at most a tenth of it."""
    step = mention.step
    while mention.value and mention.value % (step * 10) == 0 and step * 10 <= mention.value / 10:
        step *= 10
    return step


def _parts_of(value: object) -> Iterable[Any]:
    if isinstance(value, BaseModel):
        return _with_cents((name, getattr(value, name)) for name in type(value).model_fields)
    if is_dataclass(value) and not isinstance(value, type):
        return _with_cents((part.name, getattr(value, part.name)) for part in fields(value))
    if isinstance(value, Mapping):
        return [*_with_cents((str(name), part) for name, part in value.items()), *map(str, value)]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    return ()


def _with_cents(named: Iterable[tuple[str, Any]]) -> list[Any]:
    """Amounts kept as whole cents are known in dollars too."""
    parts: list[Any] = []
    for name, part in named:
        parts.append(part)
        if name.endswith("_cents") and isinstance(part, int):
            parts.append(part / 100)
    return parts
