"""HubSpot's values: every property is a text or null; moments are ISO texts or epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Annotated, Any, Final

import phonenumbers
from pydantic import BeforeValidator
from selectolax.lexbor import LexborHTMLParser

from app.integrations.records import text

_LARGEST_CENTS: Final = 10**15
_BLOCKS: Final = "p, div, li, br, h1, h2, h3, h4, tr"


def record_id(value: Any) -> str:
    """A record's id. Raises ValueError when it is missing or can't be one."""
    plain = text(value)
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 20:
        raise ValueError("is not a record id")
    return plain


def moment(value: Any) -> datetime | None:
    """A moment in UTC; None for nothing. Raises ValueError on anything that is none."""
    plain = text(value)
    if not plain:
        return None
    try:
        if plain.isdecimal():
            return datetime.fromtimestamp(int(plain) / 1000, UTC)
        made = datetime.fromisoformat(plain)
    except (ValueError, OverflowError, OSError):
        raise ValueError("is not a moment") from None
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)


def exact_cents(value: Any) -> int | None:
    """Cents from dollars, None for nothing. Raises ValueError for what is no amount or has parts of a cent."""
    plain = text(value).replace(",", "")
    if not plain:
        return None
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        raise ValueError("is not an amount of money") from None
    if not cents.is_finite() or abs(cents) > _LARGEST_CENTS:
        raise ValueError("is not an amount of money")
    if cents != int(cents):
        raise ValueError("has parts of a cent")
    return int(cents)


def phone(value: Any) -> str:
    """A number in E.164 where it is a possible one, else as it stands."""
    plain = text(value)
    try:
        parsed = phonenumbers.parse(plain, "US")
    except phonenumbers.NumberParseException:
        return plain[:20]
    if not phonenumbers.is_possible_number(parsed):
        return plain[:20]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def plain_text(value: Any) -> str:
    """What people read of a rich text: HTML without its tags, blocks on lines of their own."""
    given = text(value)
    if "<" not in given and "&" not in given:
        return given
    page = LexborHTMLParser(given)
    for hidden in page.css("script, style"):
        hidden.decompose()
    for block in page.css(_BLOCKS):
        block.insert_after("\n")
    body = page.body
    lines = (" ".join(line.split()) for line in (body.text() if body is not None else "").splitlines())
    return text("\n".join(line for line in lines if line))


def rich_text(plain: str) -> str:
    """A person's words as HubSpot's rich text: nothing in them is a tag."""
    return "<br>".join(escape(line) for line in plain.splitlines())


def milliseconds(moment_: datetime) -> str:
    """A moment as searches and properties take it."""
    return str(int(moment_.timestamp() * 1000))


Text = Annotated[str, BeforeValidator(text)]
RichText = Annotated[str, BeforeValidator(plain_text)]
RecordId = Annotated[str, BeforeValidator(record_id)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
ExactCents = Annotated[int | None, BeforeValidator(exact_cents)]
Phone = Annotated[str, BeforeValidator(phone)]
Yes = Annotated[bool, BeforeValidator(lambda value: value is True)]
