"""From what a cell shows to an exact value, or a reason why not. Nothing is guessed: what can be read in two ways is
refused."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.imports.cells import Broken, Cell

BLANKS = frozenset({"", "-", "--", "–", "—", "n/a", "na", "none", "null", "nil"})
MOST_DOLLARS = 10**12  # nothing in an apartment company is dearer
LONGEST_SHOWN = 40
LONGEST_NUMBER = 60  # characters of an amount, number or date
EARLIEST, LATEST = 1950, 2100
_SERIALS = (18_264, 73_415)  # Excel's day numbers of 1950 and 2100
_EXCEL_DAY_0 = date(1899, 12, 30)

_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}.*)?")
_WORDED = re.compile(r"(?:(\d{1,2})[\s-]+)?([A-Za-z]{3,9})\.?[\s-]+(?:(\d{1,2}),?[\s-]+)?(\d{4}|\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)


class Refused(ValueError):
    """A cell or row that can't be taken; its text is the reason, for people."""


def shown(cell: Cell) -> str:
    """The cell as a reason quotes it: short, on one line."""
    if isinstance(cell, Broken):
        return cell.reason
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    text = "".join(one if one.isprintable() else " " for one in text).strip()
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def is_blank(cell: Cell) -> bool:
    """True for nothing, and for what people write to say nothing."""
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in BLANKS)


def text_of(cell: Cell, most: int) -> str:
    """The words of a cell on one line, without control characters; "" for a blank one. A whole number loses its
    fraction (a unit 204 that Excel holds as 204.0). Raises Refused when longer than `most`."""
    if isinstance(cell, Broken):
        raise Refused(cell.reason)
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    raw = cell.isoformat() if isinstance(cell, date) else str(cell)
    text = " ".join("".join(one if one.isprintable() else " " for one in raw).split())
    if len(text) > most:
        raise Refused(f"“{shown(text)}” is longer than {most} characters")
    return text


def cents_of(cell: Cell, *, rounded: bool = False) -> int | None:
    """Cents; None for a blank cell. A part of a cent is refused, unless `rounded`: averages have them."""
    amount = _amount_of(cell)
    if amount is None:
        return None
    if abs(amount) > MOST_DOLLARS:
        raise Refused(f"“{shown(cell)}” is too large for an amount")
    cents = amount * 100
    # Excel holds 12.10 as a binary fraction: what lies within a millionth of a cent is that cent.
    whole = cents.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if not rounded and abs(cents - whole) > Decimal("0.000001"):
        raise Refused(f"“{shown(cell)}” has parts of a cent")
    return int(whole)


def _amount_of(cell: Cell) -> Decimal | None:
    if isinstance(cell, Broken):
        raise Refused(cell.reason)
    if is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _finite(cell)
    if not isinstance(cell, str) or len(cell) > LONGEST_NUMBER:
        raise Refused(f"“{shown(cell)}” is no amount")
    text = cell.strip().replace("\u2212", "-")  # the typographic minus
    negative = (text.startswith("(") and text.endswith(")")) or text.startswith("-") or text.endswith("-")
    if text.startswith("(") != text.endswith(")"):
        raise Refused(f"“{shown(cell)}” is no amount")
    bare = text.strip("()").strip().removesuffix("-").removeprefix("-").strip().removeprefix("$").strip()
    bare = bare.removeprefix("-").strip() if text.startswith("$") else bare  # $-5
    negative = negative or text.replace(" ", "").startswith("$-")
    if not _AMOUNT.fullmatch(bare):
        if re.fullmatch(r"[\d.]*,\d{1,2}", bare) or re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", bare):
            raise Refused(f"“{shown(cell)}” writes cents after a comma; write them after a point")
        raise Refused(f"“{shown(cell)}” is no amount")
    if re.fullmatch(r"\d{1,3}\.\d{3}", bare):
        raise Refused(f"“{shown(cell)}” may be thousands or parts of a dollar")
    amount = Decimal(bare.replace(",", ""))
    return -amount if negative else amount


def _finite(number: float) -> Decimal:
    if isinstance(number, float) and not math.isfinite(number):
        raise Refused("this is no number")
    return Decimal(repr(number))


def number_of(cell: Cell) -> Decimal | None:
    """A plain number; None for a blank cell."""
    if isinstance(cell, Broken):
        raise Refused(cell.reason)
    if is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _finite(cell)
    if not isinstance(cell, str) or len(cell) > LONGEST_NUMBER or not _NUMBER.fullmatch(cell.strip()):
        raise Refused(f"“{shown(cell)}” is no number")
    return Decimal(cell.strip().replace(",", ""))


def whole_of(cell: Cell, *, most: int) -> int | None:
    """A whole number from 0 to `most`; None for a blank cell."""
    number = number_of(cell)
    if number is None:
        return None
    if not 0 <= number <= most or number != number.to_integral_value():
        raise Refused(f"“{shown(cell)}” is no whole number from 0 to {most:,}")
    return int(number)


def share_of(cell: Cell, *, fraction_below_one: bool) -> float | None:
    """A fraction from `94.7%`, `94.7`, or, if `fraction_below_one`, `0.947`. Without that, a number of at most 1 that
    has no percent sign could be either, and is refused."""
    percent = isinstance(cell, str) and cell.strip().endswith("%")
    number = number_of(cell.strip()[:-1].strip() if percent and isinstance(cell, str) else cell)
    if number is None:
        return None
    if not percent and 0 < number <= 1:
        if not fraction_below_one:
            raise Refused(f"“{shown(cell)}” may be a fraction or percent; write a percent sign")
        percent, number = True, number * 100
    if not 0 <= number <= 100:
        raise Refused(f"“{shown(cell)}” is no percentage")
    return float(number / 100)


def day_of(cell: Cell, *, days_first: bool = False) -> date | None:
    """A day; None for a blank cell. `3/4/2026` is March 4, as written in the US. `days_first` says that the column
    also holds days that can only be written the other way round; then such a date is refused."""
    if isinstance(cell, Broken):
        raise Refused(cell.reason)
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return _believable(cell, cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _believable(cell, cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(cell)
    if not isinstance(cell, str) or len(cell) > LONGEST_NUMBER:
        raise Refused(f"“{shown(cell)}” is no date")
    return _from_text(cell, cell.strip(), days_first=days_first)


def _from_text(cell: str, text: str, *, days_first: bool) -> date:
    if text.isdecimal() and len(text) == 5:
        return _from_serial(int(text))
    if found := _ISO.fullmatch(text):
        return _believable(cell, int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if first > 12:
            raise Refused(f"“{shown(cell)}” has its day first; write it as YYYY-MM-DD or MM/DD/YYYY")
        if days_first and second <= 12 and first != second:
            raise Refused(f"“{shown(cell)}” can be read in two ways: other dates of this column have the day first")
        return _believable(cell, _year(found[3]), first, second)
    if found := _WORDED.fullmatch(text):
        month, day = _month(found[2]), found[1] or found[3]
        if month and day and not (found[1] and found[3]):
            return _believable(cell, _year(found[4]), month, int(day))
    raise Refused(f"“{shown(cell)}” is no date")


def has_day_first(cell: Cell) -> bool:
    """True for a text that can only be a date with its day first: `25/03/2026`."""
    fits = isinstance(cell, str) and len(cell) <= LONGEST_NUMBER
    found = _SLASHED.fullmatch(cell.strip()) if fits and isinstance(cell, str) else None
    return found is not None and int(found[1]) > 12 >= int(found[2])


def month_of(cell: Cell, year: int | None = None) -> date | None:
    """The first day of a month from `Jan 2026`, `January-26`, `2026-01`, `1/2026`, a day in it, or, when `year` is
    known, `Jan`; None for what names no month."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, 1)
    if not isinstance(cell, str) or len(cell) > LONGEST_NUMBER:
        return None
    text = " ".join(re.sub(r"[-_',]", " ", cell).split()).strip(" .")
    return _named_month(text, year) or _month_of_day(cell)


def _named_month(text: str, year: int | None) -> date | None:
    words = text.split()
    if words and (month := _month(words[0].rstrip("."))):
        if len(words) == 2 and words[1].isdecimal() and len(words[1]) in (2, 4):
            return _first(_year(words[1]), month)
        return _first(year, month) if len(words) == 1 and year is not None else None
    if found := re.fullmatch(r"(\d{4})[ /](\d{1,2})", text):
        return _first(int(found[1]), int(found[2]))
    found = re.fullmatch(r"(\d{1,2})[ /](\d{4})", text)
    return _first(int(found[2]), int(found[1])) if found else None


def _month_of_day(cell: str) -> date | None:
    try:
        day = day_of(cell)
    except Refused:
        return None
    return day.replace(day=1) if day else None


def names_a_month(cell: Cell) -> bool:
    """True also for a month without its year."""
    return month_of(cell, 2000) is not None


def _first(year: int, month: int) -> date | None:
    return date(year, month, 1) if EARLIEST <= year <= LATEST and 1 <= month <= 12 else None


def _month(word: str) -> int:
    """1 to 12, or 0 for what is no month."""
    folded = word.casefold()
    if folded in _MONTH_NAMES:
        return _MONTH_NAMES.index(folded) + 1
    if folded == "sept":
        return 9
    return _MONTHS.index(folded) + 1 if folded in _MONTHS else 0


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _from_serial(number: float) -> date:
    if not math.isfinite(number) or not _SERIALS[0] <= number <= _SERIALS[1]:
        raise Refused(f"“{shown(number)}” is no date")
    return _EXCEL_DAY_0 + timedelta(days=math.floor(number))


def _believable(cell: Cell, year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except ValueError:
        raise Refused(f"“{shown(cell)}” is no date") from None
    if not EARLIEST <= year <= LATEST:
        raise Refused(f"“{shown(cell)}” is no date from {EARLIEST} to {LATEST}")
    return made
