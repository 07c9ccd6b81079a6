"""Phone numbers and e-mail addresses as people type them."""

from __future__ import annotations

import re

import phonenumbers

from app.domain.errors import Fixable

_EMAIL = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"'.]+(\.[^\s@<>,;:\"'.]+)+")
_DIGITS = re.compile(r"\d")


def looks_like_phone(text: str) -> bool:
    """True for something dialled rather than a name: at least seven digits and no letters."""
    return len(_DIGITS.findall(text)) >= 7 and not any(character.isalpha() for character in text)


def looks_like_email(text: str) -> bool:
    return "@" in text.strip("@")


def phone_number(text: str) -> str:
    """The number in E.164 (`+15125550143`); numbers without a country are taken as US ones. Raises Fixable."""
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        parsed = None
    whole = phonenumbers.ValidationResult.IS_POSSIBLE  # a local number without its area code is not
    if parsed is None or phonenumbers.is_possible_number_with_reason(parsed) != whole:
        raise Fixable(
            f"“{text}” is not a complete phone number.",
            next_step="Please give it with the area code, for example 512-555-0143.",
            code="bad_phone",
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str:
    """The address itself. Raises Fixable."""
    address = text.strip().removeprefix("mailto:")
    if not _EMAIL.fullmatch(address) or len(address) > 200:
        raise Fixable(
            f"“{text}” is not a complete e-mail address.", next_step="Please check the spelling.", code="bad_email"
        )
    return address
