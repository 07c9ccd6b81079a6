"""How figures, dates and lists read in a sentence. Every text people see is made from these, so they agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo


def counted(number: int, one: str, many: str = "") -> str:
    """`no units`, `1 unit`, `1,204 units`."""
    if number == 0:
        return f"no {many or one + 's'}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def are(number: int) -> str:
    """`is` for one thing, `are` otherwise."""
    return "is" if number == 1 else "are"


def percent(fraction: float, digits: int = 1) -> str:
    """`94.7%`; whole percents without a decimal: `95%`."""
    text = f"{fraction * 100:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def day(when: date) -> str:
    """`Mar 18, 2026`."""
    return f"{when:%b %-d, %Y}"


def moment(at: datetime, timezone: str) -> str:
    """`Fri, Mar 20, 2026 at 2:00 PM`, in the given time zone."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local:%a, %b %-d, %Y} at {local:%-I:%M %p}"


def joined(parts: Sequence[str], word: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def commas(*parts: str | None) -> str:
    """The parts that say something, with commas between."""
    return ", ".join(part for part in parts if part)


def sentence(*parts: str | None) -> str:
    """The parts that say something, with spaces between, starting with a capital letter."""
    text = " ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def words(key: str) -> str:
    """An enum value as words: `on_hold` is `on hold`."""
    return key.replace("_", " ")


def bedrooms(number: int) -> str:
    """`studio`, `one-bedroom`, `two-bedroom`."""
    names = ("studio", "one-bedroom", "two-bedroom", "three-bedroom", "four-bedroom", "five-bedroom")
    return names[number] if number < len(names) else f"{number}-bedroom"


def trade(category: str) -> str:
    """A trade as people write it: `HVAC`, `plumbing`."""
    return "HVAC" if category == "hvac" else words(category)


def carried(total: int, shown: int, order: str) -> str:
    """What to say when not every row is carried; empty when all are."""
    return "" if shown >= total else f"The list holds the {shown:,} {order}; the download has them all."
