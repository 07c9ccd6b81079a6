"""The template environment: filters that turn Slack's formats into safe HTML for one reader."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.sandbox.slack.messages import Message
from app.sandbox.slack.page.render import charts
from app.sandbox.slack.page.render.emoji import emoji
from app.sandbox.slack.page.render.markdown import markdown
from app.sandbox.slack.page.render.mrkdwn import mrkdwn, plain, unescape
from app.sandbox.slack.page.render.names import Names, safe_link
from app.sandbox.slack.page.render.rich_text import rich_text

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"


def _reader(context: Context) -> Names:
    return context["names"]


@pass_context
def _mrkdwn(context: Context, text: str) -> Markup:
    return mrkdwn(text, _reader(context))


@pass_context
def _markdown(context: Context, text: str) -> Markup:
    return markdown(text, _reader(context))


@pass_context
def _markdown_lite(context: Context, text: str) -> Markup:
    """Streamed text: Markdown without tables."""
    return markdown(text, _reader(context), tables=False)


@pass_context
def _rich_text(context: Context, block: dict[str, Any]) -> Markup:
    return rich_text(block, _reader(context))


@pass_context
def _display_name(context: Context, user: str) -> str:
    return _reader(context).user(user)


def _moment(ts: str, zone: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC).astimezone(ZoneInfo(zone))


def _clock(pattern: str) -> Callable[[Context, str], str]:
    @pass_context
    def show(context: Context, ts: str) -> str:
        return _moment(str(ts), context["me"].timezone).strftime(pattern)

    return show


def _iso(ts: str | float) -> str:
    return datetime.fromtimestamp(float(ts), UTC).isoformat()


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _emojis(text: str) -> str:
    """Short codes as characters, for places that take text only."""
    return str(plain(text).striptags())


def _bytes(size: int) -> str:
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def _color(value: Any) -> str:
    """A color an app gave, or gray: nothing else may enter a style."""
    text = str(value or "").removeprefix("#")
    named = {"good": "2eb67d", "warning": "ecb22e", "danger": "e01e5a"}
    text = named.get(text, text)
    return f"#{text}" if len(text) in (3, 6) and all(c in "0123456789abcdefABCDEF" for c in text) else "#bbbbbb"


def _href(url: str) -> str:
    return url if url.lower().startswith(("https://", "http://", "mailto:", "tel:")) else "#"


@pass_context
def _gist(context: Context, message: Message) -> str:
    """The first words of a message."""
    text = str(mrkdwn(message.full_text, _reader(context)).striptags())
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


@pass_context
def _typed(context: Context, text: str) -> str:
    """A message's markup as one would type it, for editing."""
    names = _reader(context)
    text = re.sub(r"<@([A-Z0-9]+)>", lambda m: "@" + names.user(m[1]).split(" ")[0], text)
    text = re.sub(r"<#[A-Z0-9]+\|([^>]+)>", r"#\1", text)
    return unescape(re.sub(r"<(https?://[^>|]+)(?:\|[^>]*)?>", r"\1", text))


def _image_url(image: dict[str, Any]) -> str:
    return str(image.get("image_url") or (image.get("slack_file") or {}).get("url") or "")


def environment() -> Environment:
    """Autoescaping templates with every filter the page uses."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "mrkdwn": _mrkdwn,
        "markdown": _markdown,
        "markdown_lite": _markdown_lite,
        "rich_text": _rich_text,
        "plain": plain,
        "emoji": emoji,
        "emojis": _emojis,
        "chart": charts.chart,
        "exact": charts.exact,
        "safe_link": safe_link,
        "display_name": _display_name,
        "clock": _clock("%-I:%M %p"),
        "clock_short": _clock("%-I:%M"),
        "clock_seconds": _clock("%-I:%M:%S %p"),
        "day": _clock("%A, %B %-d"),
        "day_and_clock": _clock("%A, %B %-d, %Y at %-I:%M:%S %p"),
        "iso": _iso,
        "bytes": _bytes,
        "color": _color,
        "href": _href,
        "image_url": _image_url,
        "gist": _gist,
        "typed": _typed,
        "pretty": _pretty,
    }
    made.filters |= filters
    helpers: dict[str, Any] = {"numeric_columns": numeric_columns, "column_class": column_class}
    made.globals |= helpers
    return made


def numeric_columns(rows: list[list[dict[str, Any]]]) -> set[int]:
    """The columns whose cells are all numbers: they are set flush right."""
    return {index for index in range(len(rows[0])) if all(row[index].get("type") == "raw_number" for row in rows[1:])}


def column_class(block: dict[str, Any], index: int, cell: dict[str, Any]) -> str:
    """Alignment and wrapping of one column of a `table` block."""
    settings: list[Any] = block.get("column_settings") or []
    setting: dict[str, Any] = (settings[index] if index < len(settings) else None) or {}
    align = setting.get("align") or ("right" if cell.get("type") == "raw_number" else "left")
    return f"{align} wrap" if setting.get("is_wrapped") else str(align)
