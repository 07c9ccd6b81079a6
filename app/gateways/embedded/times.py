"""Times of day as people write them ("2pm", "half past 2", "at 8", "in 45 minutes"). Not dates."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.gateways.embedded.numbers import NUMBER_WORDS
from app.gateways.embedded.text import Span

_HOUR_WORDS = {word: value for word, value in NUMBER_WORDS.items() if 1 <= value <= 12}
_HOUR = r"(?P<h>1[0-9]|2[0-3]|0?\d|" + "|".join(_HOUR_WORDS) + r")"
_PART = r"(?: ?(?:in the |this |at )?(?P<part>a\.?m\.?|p\.?m\.?|a|p|morning|afternoon|evening|night|tonight|o'?clock))"
_LEAD = r"(?:(?:at|by|around|about|@|for|from|~)\s*(?:about |around )?)"
_COUNT = r"(?P<n>\d{1,3}|an?|half an|" + "|".join(NUMBER_WORDS) + r")"

_RULES = tuple(
    re.compile(rf"(?<![\w$/#.,-]){pattern}(?![\w/%]|:\d|\.\d|,\d)")
    for pattern in (
        rf"in {_COUNT} (?P<unit>minute|min|hour|hr)s?(?: from now)?",
        rf"{_LEAD}?(?P<rel>half past|quarter past|quarter to|half) {_HOUR}(?!\w){_PART}?",
        rf"{_LEAD}?{_HOUR}[:.h](?P<m>[0-5]\d){_PART}?",
        rf"{_LEAD}?{_HOUR}(?:ish)?{_PART}",
        rf"{_LEAD}?(?P<word>noon|midday|midnight|lunchtime|eod|end of day|close of business|cob)",
        rf"(?:at|@|around)\s*{_HOUR}(?:ish)?(?! ?(?:bed|br|bath|mile|day|unit|install|percent|[a-z]+ street))",
    )
)
_WORDS = {"noon": (12, 0), "midday": (12, 0), "lunchtime": (12, 0), "midnight": (0, 0), "eod": (17, 0),
          "end of day": (17, 0), "close of business": (17, 0), "cob": (17, 0)}  # fmt: skip
_LATE = ("p", "afternoon", "evening", "night", "tonight")


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time of day; `moment_day` is set when the words named a moment ("in 2 hours") rather than a clock time."""

    span: Span
    value: str
    moment_day: date | None = None


def find_times(message: str, now: datetime) -> list[TimeMention]:
    """Every time of day in the message as 24-hour HH:MM."""
    low = message.lower()
    found: list[TimeMention] = []
    for pattern in _RULES:
        for m in pattern.finditer(low):
            span = Span(m.start(), m.end())
            if any(span.overlaps(f.span) for f in found):
                continue
            mention = _resolve(m, span, low, now)
            if mention:
                found.append(mention)
    return sorted(found, key=lambda f: f.span.start)


def _resolve(m: re.Match[str], span: Span, low: str, now: datetime) -> TimeMention | None:
    groups = m.groupdict()
    if groups.get("unit"):
        amount = groups["n"] or ""
        count = 0.5 if amount == "half an" else 1 if amount in {"a", "an"} else _value(amount)
        moment = now + timedelta(minutes=count * (60 if groups["unit"].startswith("h") else 1))
        return TimeMention(span, f"{moment:%H:%M}", moment.date())
    if groups.get("word"):
        hour, minute = _WORDS[groups["word"]]
        return TimeMention(span, f"{hour:02d}:{minute:02d}")
    hour, minute = int(_value(groups["h"] or "")), int(groups.get("m") or 0)
    minute = {"half past": 30, "half": 30, "quarter past": 15, "quarter to": 45}.get(groups.get("rel") or "", minute)
    if (groups.get("rel") or "") == "quarter to":
        hour -= 1
    part = (groups.get("part") or "").replace(".", "")
    # "7a" alone is a unit; "at 7a" is a time.
    if part in {"a", "p"} and not re.search(r"^(?:at|by|@).*\d[ap]$", m.group().strip()):
        return None
    hour = _half_of_day(hour, part, low, padded=bool(re.match(r"0\d", groups["h"] or "")))
    return TimeMention(span, f"{hour % 24:02d}:{minute:02d}") if 0 <= hour < 25 else None


def _half_of_day(hour: int, part: str, low: str, *, padded: bool) -> int:
    """Working hours decide where nothing was said: 1 to 6 is the afternoon."""
    if part.startswith(_LATE):
        return hour + 12 if hour < 12 else hour
    if part.startswith(("a", "morning")):
        return 0 if hour == 12 else hour
    if re.search(r"\b(?:tonight|evening|afternoon)\b", low) and hour < 12:
        return hour + 12
    if re.search(r"\bmorning\b", low) or padded:
        return hour
    return hour + 12 if 1 <= hour <= 6 else hour


def _value(text: str) -> float:
    return float(text) if text.isdigit() else float(NUMBER_WORDS.get(text, 0))
