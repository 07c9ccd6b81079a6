"""Finds the numbers in a text: amounts, percentages, dates, times, phone numbers, identifiers, spelled-out numbers.

Reads American English. Says what a number is and how exactly it was written, not whether it is true: that is for
app/agent/figures.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MentionKind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    MONTH = "month"  # a month of a year
    QUARTER = "quarter"
    TIME = "time"
    PHONE = "phone"
    IDENTIFIER = "identifier"  # letters and digits: WO-1042, 12B


@dataclass(frozen=True)
class Mention:
    """One number in a text, at `start:end`.

    NUMBER: `value` is its size without sign; `step` is the weight of its last written digit ("$1.4k": 1400, 100).
    DATE: `day` is (year or 0, month, day). MONTH: (year, month, 0). QUARTER: (year or 0, quarter, 0). TIME: (hour,
    minute, 0). PHONE, IDENTIFIER: `token` in upper case; a NUMBER's is how it was written.
    """

    kind: MentionKind
    start: int
    end: int
    value: float = 0.0
    step: float = 1.0
    percent: bool = False
    parts: tuple[int, int, int] = (0, 0, 0)
    token: str = ""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"  # noqa: E501
_SMALL: dict[str, int] = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS: dict[str, int] = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_BIG = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_NUMBER_WORD = "|".join([*_SMALL, *_TENS, *_BIG])
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "mil": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
}  # fmt: skip

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<{0}_year>\d{{4}})\b(?!-\d))?"
_PATTERN = re.compile(
    rf"""
    (?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}(?!\d))
  | (?P<phone>(?<![\w-])\+?(?:1[ .-]?)?(?:\(\d{{3}}\)\s?|\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}(?!\d)|\+\d{{10,13}}(?!\d))
  | (?P<range>\b(?P<range_month>{_MONTH})\s+(?P<range_first>\d{{1,2}})\s?[–-]\s?(?P<range_last>\d{{1,2}})(?!\d)
      {_YEAR.format("range")})
  | (?P<named>\b(?P<named_month>{_MONTH})\s+(?P<named_day>{_DAY})(?![\d:]){_YEAR.format("named")})
  | (?P<turned>\b(?P<turned_day>{_DAY})\s+(?:of\s+)?(?P<turned_month>{_MONTH}){_YEAR.format("turned")})
  | (?P<month>\b(?P<month_name>{_MONTH})(?:\s+of)?\s+(?P<month_year>\d{{4}})\b)
  | (?P<slash>(?<![\w/])\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d{{2}}))?(?![\w/]))
  | (?P<quarter>\bq[1-4]\b(?:\s+(?:of\s+)?\d{{4}}\b)?)
  | (?P<time>(?<![\d:])\d{{1,2}}(?::\d{{2}})?\s?(?:[ap]m\b|[ap]\.m\.)|(?<![\d:])\d{{1,2}}:\d{{2}}(?![\d:]))
  | (?P<number>(?<![\w.])(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<fraction>\.\d+)?
      (?:st\b|nd\b|rd\b|th\b|x\b|\s?(?P<percent>%|percent\b|pct\b)
        |\s?(?P<scale>mm|mil|million|thousand|billion|bn|k|m|b)\b(?![-/]))?
      (?![\w]|-[a-z]*\d))
  | (?P<identifier>(?<![\w])(?:[a-z][a-z-]{{0,40}}[#]?\d[\w-]*|\d[\w-]{{0,40}}[a-z][\w-]*|\d+(?:-\d+)+)(?<!-))
  | (?P<words>\b(?:{_NUMBER_WORD})(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORD}))*\b
      (?P<words_percent>\s+percent\b)?(?P<words_money>\s+dollars\b)?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LIST_MARKER = re.compile(r"(?m)^[ \t]*(?:[*>-]\s+)?\d{1,2}[.)](?=\s)")


def mentions(text: str) -> Iterator[Mention]:
    """The numbers of a text, from left to right. Numbering of list items is left out."""
    markers = {match.start() + len(match[0]) - len(match[0].lstrip()) for match in _LIST_MARKER.finditer(text)}
    for match in _PATTERN.finditer(text):
        if match.start() not in markers:
            yield from _read(match)


def numbers_inside(token: str, start: int) -> Iterator[Mention]:
    """The plain numbers inside an identifier or an odd date, for a second look: "2BR" holds a 2."""
    for match in re.finditer(r"\d+(?:\.\d+)?", token):
        fraction = match[0].partition(".")[2]
        yield Mention(
            MentionKind.NUMBER,
            start + match.start(),
            start + match.end(),
            value=float(match[0]),
            step=10.0 ** -len(fraction),
        )


def _read(match: re.Match[str]) -> Iterator[Mention]:
    start, end = match.span()
    kind = next(name for name in _READERS if match[name] is not None)
    yield from _READERS[kind](match, start, end)


def _date(written: tuple[str | None, int, str], start: int, end: int, text: str) -> Iterator[Mention]:
    """A date from (year, month, day) as written, or the plain numbers of `text` when there is no such day."""
    year = int(written[0] or 0)
    if 0 < year < 100:
        year += 2000
    month, day = written[1], int(re.sub(r"\D", "", written[2]))
    try:
        date(year or 2000, month, day)  # 2000 is a leap year
    except ValueError:
        yield from numbers_inside(text, start)
        return
    yield Mention(MentionKind.DATE, start, end, parts=(year, month, day))


def _month_number(name: str) -> int:
    return _MONTHS[name.lower().rstrip(".")]


def _iso(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    year, month, day = match["iso"].split("-")
    yield from _date((year, int(month), day), start, end, match[0])


def _phone(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    yield Mention(MentionKind.PHONE, start, end, token=re.sub(r"\D", "", match[0])[-10:])


def _range(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    month, year = _month_number(match["range_month"]), match["range_year"]
    split = match.end("range_first")
    yield from _date((year, month, match["range_first"]), start, split, match[0])
    yield from _date((year, month, match["range_last"]), split, end, match[0])


def _named(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    written = (match["named_year"], _month_number(match["named_month"]), match["named_day"])
    yield from _date(written, start, end, match[0])


def _turned(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    month = _month_number(match["turned_month"])
    yield from _date((match["turned_year"], month, match["turned_day"]), start, end, match[0])


def _month(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    parts = (int(match["month_year"]), _month_number(match["month_name"]), 0)
    yield Mention(MentionKind.MONTH, start, end, parts=parts)


def _slash(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    month, day, *year = match["slash"].split("/")
    yield from _date((year[0] if year else None, int(month), day), start, end, match[0])


def _quarter(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    digits = re.findall(r"\d+", match[0])
    year = int(digits[1]) if len(digits) > 1 else 0
    yield Mention(MentionKind.QUARTER, start, end, parts=(year, int(digits[0]), 0))


def _time(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    hour, *minute = (int(number) for number in re.findall(r"\d+", match[0]))
    lower = match[0].lower()
    if "p" in lower and hour < 12:
        hour += 12
    elif "a" in lower and hour == 12:
        hour = 0
    yield Mention(MentionKind.TIME, start, end, parts=(hour, minute[0] if minute else 0, 0))


def _number(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    fraction = match["fraction"] or ""
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    yield Mention(
        MentionKind.NUMBER,
        start,
        end,
        value=float(match["digits"].replace(",", "") + fraction) * scale,
        step=10.0 ** -max(0, len(fraction) - 1) * scale,
        percent=match["percent"] is not None,
        token=match[0].upper(),  # "12B" may be twelve billion or a unit
    )


def _identifier(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    yield Mention(MentionKind.IDENTIFIER, start, end, token=match[0].upper())


def _words(match: re.Match[str], start: int, end: int) -> Iterator[Mention]:
    """Spelled-out numbers. A lone word up to twelve is prose ("one of them"), unless it counts percent or dollars."""
    percent, money = match["words_percent"], match["words_money"]
    total = run = 0
    words = [word for word in re.split(r"[\s-]+", match[0].lower()) if word in _SMALL or word in _TENS or word in _BIG]
    for word in words:
        if word in _BIG and _BIG[word] >= 1000:
            total += max(run, 1) * _BIG[word]
            run = 0
        elif word in _BIG:
            run = max(run, 1) * _BIG[word]
        else:
            run += _SMALL.get(word, 0) + _TENS.get(word, 0)
    value = total + run
    if len(words) == 1 and not percent and not money and (value <= 12 or words[0] in _BIG):
        return
    yield Mention(MentionKind.NUMBER, start, end, value=float(value), percent=percent is not None)


_READERS = {
    "iso": _iso,
    "phone": _phone,
    "range": _range,
    "named": _named,
    "turned": _turned,
    "month": _month,
    "slash": _slash,
    "quarter": _quarter,
    "time": _time,
    "number": _number,
    "identifier": _identifier,
    "words": _words,
}
