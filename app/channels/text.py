"""How single values read in words: money, shares, dates, moments, the line of sources. Shared by every surface.

Not for: layout. A surface (console, Slack, SMS, e-mail) decides where these texts go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.domain.answer import Cell, Column, ColumnKind, Source, Table
from app.domain.money import Money

NOTHING = "–"
MOST_MONEY = 10**15
RIGHT_ALIGNED = frozenset({ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT})
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f]+")


@dataclass(frozen=True)
class Reader:
    """Who looks at the answer: their IANA time zone, and the moment they look (None: dates are always spelled out)."""

    timezone: str = "America/Chicago"
    now: datetime | None = None


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut with an ellipsis."""
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 row`, `2,400 rows`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def moment_text(moment: datetime, reader: Reader) -> str:
    """`9:42 AM` on the reader's day, `Mar 17, 9:42 AM` in their year, else with the year."""
    zone = ZoneInfo(reader.timezone)
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)
    clock = f"{local:%-I:%M %p}"
    if reader.now is None:
        return f"{local:%b %-d, %Y}, {clock}"
    today = reader.now.astimezone(zone).date()
    if local.date() == today:
        return clock
    return f"{local:%b %-d}, {clock}" if local.year == today.year else f"{local:%b %-d, %Y}, {clock}"


def share_text(fraction: float | Decimal) -> str:
    """A fraction as a percentage with one decimal: 0.947 is `94.7%`."""
    return f"{Decimal(str(fraction)) * 100:.1f}%"


def money_text(amount: Money, *, cents: bool | None = None) -> str:
    """`$1,895`; with `cents` True always `$1,895.00`, so that a column lines up."""
    text = str(amount)
    return text if not cents or "." in text else f"{text}.00"


def number_text(value: int | float | Decimal, decimals: int | None = None) -> str:
    """Thousands separated; `decimals` places, or as many as the value has up to two."""
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def cell_text(value: Cell, kind: ColumnKind, reader: Reader) -> str:
    """One value on its own. Columns of a table are better made with `column_texts`, which lines them up."""
    return column_texts(kind, (value,), reader)[0]


def column_texts(kind: ColumnKind, values: Iterable[Cell], reader: Reader) -> list[str]:
    """The texts of one column, with the same number of decimals in every row."""
    column = list(values)
    amounts = [value for value in column if isinstance(value, Money)]
    cents = any(amount.cents % 100 for amount in amounts)
    decimals = max((_decimals(value) for value in column), default=0)
    return [_text(value, kind, reader, cents=cents, decimals=decimals) for value in column]


def _decimals(value: Cell) -> int:
    if isinstance(value, bool) or not isinstance(value, float | Decimal) or not math.isfinite(value):
        return 0
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return len(shown.partition(".")[2])


def _text(value: Cell, kind: ColumnKind, reader: Reader, *, cents: bool, decimals: int) -> str:  # noqa: PLR0911 - by kind of value
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Money):
        return money_text(value, cents=cents)
    if isinstance(value, datetime):
        return moment_text(value, reader)
    if isinstance(value, date):
        return f"{value:%b %-d, %Y}"
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return NOTHING
    if kind is ColumnKind.PERCENT:
        return share_text(value)
    if kind is ColumnKind.MONEY and abs(value) < MOST_MONEY:
        return money_text(Money.of(value), cents=cents)
    if kind is ColumnKind.TEXT:
        return str(value)
    return number_text(value, decimals)


def table_texts(table: Table, reader: Reader, *, rows: int | None = None) -> list[list[str]]:
    """The table's first `rows` rows as texts, lined up column by column."""
    shown = table.rows[:rows]
    columns = [
        column_texts(column.kind, (row[index] for row in shown), reader) for index, column in enumerate(table.columns)
    ]
    return [list(row) for row in zip(*columns, strict=True)] if columns else []


def is_right_aligned(column: Column) -> bool:
    """True for columns that are read by their last digit."""
    return column.kind in RIGHT_ALIGNED


@dataclass(frozen=True)
class SourceText:
    """Where something comes from, in words; `link` opens it where a surface can, and is empty where there is none."""

    text: str
    link: str = ""


def source_texts(sources: Sequence[Source], reader: Reader) -> list[SourceText]:
    """Cited sources one by one, `[1] Pet policy › Deposits, p. 2 (Jan 5, 2026)`; of the others one text per system,
    with the age of its oldest record: `Entrata · as of 9:42 AM`. Only web addresses become links."""
    cited = [
        SourceText(
            f"[{one.number}] {one.record} ({one.as_of:%b %-d, %Y})",
            one.link if _WEB_ADDRESS.fullmatch(one.link) else "",
        )
        for one in sources
        if one.number
    ]
    oldest: dict[str, datetime] = {}
    for source in (one for one in sources if not one.number):
        known = oldest.get(source.system)
        oldest[source.system] = source.as_of if known is None else min(known, source.as_of)
    return cited + [SourceText(f"{system} · as of {moment_text(moment, reader)}") for system, moment in oldest.items()]


def rows_left_text(table: Table, shown: int) -> str:
    """`12 more rows` when a table is longer than what is shown, else an empty text."""
    left = table.row_count - shown
    return count(left, "more row", "more rows") if left > 0 else ""
