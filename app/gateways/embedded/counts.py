"""Counted things of the trade: bedrooms, bathrooms, miles, days late, installments. Money is in `numbers`."""

import re
from dataclasses import dataclass
from typing import Literal

from app.gateways.embedded.numbers import NUMBER_WORDS
from app.gateways.embedded.text import Span

CountKind = Literal["bedrooms", "bathrooms", "miles", "days", "installments"]

_SMALL = r"(?:\d{1,2}(?:\.\d)?|" + "|".join(w for w, v in NUMBER_WORDS.items() if v <= 20) + r")"
_N = rf"(?P<n>{_SMALL})"
_DAYS = r"(?P<n>\d{1,3}|" + "|".join(NUMBER_WORDS) + r"|an?|couple(?: of)?)"
_MORE = (
    r"(?:over|more than|at least|past|greater than|exceeding|older than|beyond|>=?|above|a minimum of|minimum|min)\s*"
)
_LATE = r"(?: ?(?:past[ -]?due|late|overdue|behind|delinquent|in arrears|or more|plus|old|and (?:over|up|older)))"


@dataclass(frozen=True, slots=True)
class Count:
    """A counted thing: bedrooms (studio 0), bathrooms, miles, days past due, installments."""

    span: Span
    kind: CountKind
    value: float


_PATTERNS: tuple[tuple[CountKind, str], ...] = (
    ("bedrooms", r"(?P<studio>studios?|efficienc(?:y|ies)|bachelor units?|bachelors)(?: (?:apartments?|"
                 r"apts?|units?))?\b"),
    ("bedrooms", rf"{_N}(?P<pair>\s?x\s?(?P<baths>\d))\b"),
    ("bedrooms", rf"{_N}[ -]?(?:bed ?rooms?|bedrm?s?|beds?|brs?|bdrms?|bdrs?|bds?|b/r|bedder)\b"),
    ("bathrooms", rf"{_N}(?P<half> (?:and a half|1/2))?[ -]?(?:bath ?rooms?|baths?|bas?)\b"),
    ("miles", r"(?:within )?(?P<halfmile>half an?|a half|half) mile\b(?: radius)?"),
    ("miles", rf"(?:within (?:an? )?)?{_N}(?P<half> and a half)?[ -]?(?:miles?|mi)\b(?: radius)?"),
    ("miles", r"(?:within )?(?P<one>an?|the) mile(?P<half> and a half)?\b(?: radius)?"),
    ("days", rf"(?:{_MORE})?{_DAYS}(?: ?\+)?[ -]?(?P<unit>days?|weeks?|months?)(?: ?\+)?{_LATE}"),
    ("days", rf"{_MORE}{_DAYS}[ -]?(?P<unit>days?|weeks?|months?)\b(?:{_LATE})?"),
    ("days", r"(?P<n>\d{1,3}) ?\+ ?(?P<unit>days?|weeks?|months?)?(?=\W|$)(?:" + _LATE + r")?"),
    ("installments", rf"{_N}[ -]?(?:equal |monthly |even |separate )*(?:installments?|instalments?|"
                     rf"payments?|parts|chunks|checks)\b"),
    ("installments", rf"(?:over |in |across )?{_N}[ -]?(?:months?|mos?)\b(?:(?: of)? (?:re)?payments?)?"),
    ("installments", rf"in(?:to)? {_N}\b(?! ?(?:days?|weeks?|hours?|min|years?))"),
)  # fmt: skip
_RULES: tuple[tuple[CountKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?<![\w$.,])(?<!\d/){pattern}")) for kind, pattern in _PATTERNS
)


def number(text: str) -> float:
    """The value of digits or a number word; "a" and "an" are 1, "couple" 2."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    return 2.0 if text.startswith("couple") else float(NUMBER_WORDS.get(text, 1))


def find_counts(message: str) -> list[Count]:
    """Every counted thing; a span can carry several readings ("6 month": installments, or a period)."""
    low = message.lower()
    found: list[Count] = []
    for kind, pattern in _RULES:
        for m in pattern.finditer(low):
            span = Span(m.start(), m.end())
            if any(span.overlaps(f.span) and not _may_share(kind, f.kind) for f in found):
                continue
            found.extend(_read(kind, m, span))
    return sorted(found, key=lambda f: f.span.start)


def _may_share(kind: CountKind, other: CountKind) -> bool:
    """ "over 3 months" is days late for one tool and installments for another."""
    return {kind, other} == {"days", "installments"}


def _read(kind: CountKind, m: re.Match[str], span: Span) -> list[Count]:
    groups = m.groupdict()
    if groups.get("studio"):
        return [Count(span, kind, 0)]
    if groups.get("baths"):
        return [Count(span, "bedrooms", number(m["n"])), Count(span, "bathrooms", number(groups["baths"] or ""))]
    if groups.get("halfmile"):
        return [Count(span, kind, 0.5)]
    value = 1.0 if groups.get("one") else number(groups["n"] or "1")
    if groups.get("half"):
        value += 0.5
    if kind == "days":
        unit = groups.get("unit") or "day"
        value *= 30 if unit.startswith("month") else 7 if unit.startswith("week") else 1
    return [Count(span, kind, value)]
