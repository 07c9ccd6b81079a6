"""Amounts as people write them ("1.4k", "twelve hundred", "$1,500", "half a million"), with what bounds them.

Knows numbers, money and comparison words ("under", "at least", "between"). Unit and work-order numbers are in
`ids`; which argument a number fills is decided in `filling`.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from app.gateways.embedded.text import Span

NUMBER_WORDS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}

_UNITS = "|".join(sorted((w for w in NUMBER_WORDS), key=len, reverse=True))
_SPELLED = (
    rf"(?:(?:an?|half an?|{_UNITS})(?:[ -](?:and )?(?:{_UNITS}))?"
    rf"(?:[ -](?:hundred|thousand|grand|million|mil|k))+(?:[ -](?:and )?(?:{_UNITS})(?:[ -](?:{_UNITS}))?(?: "
    rf"hundred)?)*"
    rf"|(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|ten|eleven|twelve|twenty(?:[ -]\w+)?)[ -]"
    rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|"
    rf"eight|nine))?)"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_AMOUNT = re.compile(
    rf"(?<![\w#/.:,])(?<!(?<![\dk])-)(?P<sign>(?:us)?\$ ?)?"
    rf"(?:(?P<digits>{_DIGITS}) ?(?P<scale>k\b|m\b|mm\b|mil\b|grand\b|million\b|thousand\b|hundred\b|"
    rf"bn\b)?|(?P<spelled>{_SPELLED})\b)(?P<money> ?(?:dollars|bucks|usd)\b|/ ?mo(?:nth)?\b| ?(?:a|per) "
    rf"month\b| ?monthly\b)?"
    r"(?P<plus> ?\+| (?:or|and) (?:more|over|above|up|higher|greater)\b)?"
    r"(?P<minus> (?:or|and) (?:less|under|below|lower|cheaper)\b| (?:max\b|tops\b|maximum\b|at most\b))?"
    r"(?![\w%/]|:\d)(?(sign)|(?!-\d))"
)
_SCALE = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mm": 1e6, "mil": 1e6, "million": 1e6, "hundred": 1e2,
          "bn": 1e9}  # fmt: skip

_MAX = (
    r"under|below|less than|lower than|no more than|not more than|not over|at most|up to|max(?:imum)?(?: of)?|"
    r"cheaper than|within|"
    r"beneath|not above|capped at|budget(?: is| of|:)?|<=?|or less|can'?t (?:do|go) (?:over|above|more than)|"
    r"won'?t (?:pay|go) (?:over|above|more than)|smaller than|tops|spend(?:ing)? up to|no higher than"
)
_MIN = (
    r"over|above|more than|at least|greater than|higher than|min(?:imum)?(?: of)?|bigger than|larger than|"
    r"exceed(?:s|ing)?|"
    r"north of|starting (?:at|from)|no less than|not less than|upwards of|in excess of|past|>=?|beyond"
)
_BOUND = re.compile(
    rf"(?:(?:\b|(?<=\s))(?:(?P<max>{_MAX})|(?P<min>{_MIN})))\s*(?:of |about |around |the |a |than )?\s*$"
)
_RANGE = re.compile(r"\s*(?:-|to|and|through)\s*")

Limit = Literal["", "min", "max"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the message: value in units (dollars for money), whether it is written as money, its bound."""

    span: Span
    value: float
    money: bool
    limit: Limit = ""


def spelled_value(words: str) -> float:
    """The value of a spelled number: "twelve hundred" 1200, "half a million" 500000, "fifteen fifty" 1550."""
    tokens = re.split(r"[\s-]+", words.lower())
    if tokens[:2] in (["half", "a"], ["half", "an"]):
        return 0.5 * _SCALE.get(tokens[2], 1) if len(tokens) > 2 else 0.5
    if _is_pair(tokens):
        return NUMBER_WORDS[tokens[0]] * 100 + sum(NUMBER_WORDS.get(t, 0) for t in tokens[1:])
    total, current = 0.0, 0.0
    for word in tokens:
        if word in NUMBER_WORDS:
            current += NUMBER_WORDS[word]
        elif word in {"a", "an"}:
            current += 1
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALE:
            total += (current or 1) * _SCALE[word]
            current = 0
    return total + current


def _is_pair(tokens: list[str]) -> bool:
    """True for year-like money: "fifteen fifty", "nineteen twenty five"."""
    return (
        1 < len(tokens) <= 3
        and all(t in NUMBER_WORDS for t in tokens)
        and 10 <= NUMBER_WORDS[tokens[0]] < 20
        and NUMBER_WORDS[tokens[1]] >= 20
    )


def find_amounts(message: str) -> list[Amount]:
    """Every number that may be an amount, in order; ranges ("between A and B", "A to B") bounded on both sides."""
    low = message.lower()
    found: list[Amount] = []
    for m in _AMOUNT.finditer(low):
        if m["digits"]:
            value = float(m["digits"].replace(",", "")) * _SCALE.get(m["scale"] or "", 1)
        else:
            value = spelled_value(m["spelled"])
        money = bool(m["sign"] or m["money"] or m["spelled"] or m["scale"] or "," in (m["digits"] or ""))
        bound = _BOUND.search(low[: m.start()])
        limit: Limit = "min" if m["plus"] else "max" if m["minus"] else ""
        start = m.start()
        if bound:
            start = bound.start()
            limit = limit or ("max" if bound["max"] else "min")
        found.append(Amount(Span(start, m.end()), value, money, limit))
    return _join(low, found)


def _join(low: str, found: list[Amount]) -> list[Amount]:
    out: list[Amount] = []
    for amount in found:
        previous = out[-1] if out else None
        if previous and not amount.limit and _RANGE.fullmatch(low[previous.span.end : amount.span.start]):
            lead = re.search(r"\b(?:between|from|btwn)\s*$", low[: previous.span.start])
            tight = low[previous.span.end : amount.span.start].strip() in {"-", "to"}
            if (lead or (tight and amount.value > previous.value)) and amount.value > previous.value:
                low_value = previous.value
                if low_value < 100 and amount.value >= 1000 and re.search(r"\dk?$", low[: previous.span.end]):
                    low_value *= 1000  # "1.5-2k"
                start = lead.start() if lead else previous.span.start
                money = previous.money or amount.money
                out[-1] = Amount(Span(start, previous.span.end), low_value, money, "min")
                amount = replace(amount, limit="max", money=money)  # noqa: PLW2901
        out.append(amount)
    return out
