"""Phone numbers in the one form that every system understands, and the length of text messages."""

from __future__ import annotations

import phonenumbers

from app.domain.errors import Fixable

MOST_CHARACTERS = 1600
"""Longest text message that carriers take in one piece (twilio.com/docs/errors/21617)."""

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_DOUBLE = frozenset("^{}\\[~]|€\f")  # take two places (3GPP TS 23.038)


def e164(number: str, *, region: str = "US") -> str:
    """`+15125550142` from `(512) 555-0142` and the like. Raises Fixable when it is no dialable number."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed) or parsed.extension:
        raise Fixable(
            f"“{number.strip()[:40]}” isn't a phone number I can text.",
            next_step="Please give me the number with its area code, for example (512) 555-0142.",
            code="bad_phone_number",
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(number: str) -> str:
    """As people read it: `(512) 555-0142` for American numbers, `+44 20 7946 0958` for others; what can't be read stays
    as it is."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == 1
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shape)


def segments(body: str) -> int:
    """How many messages a carrier bills for this text: 160 characters of the GSM alphabet (153 each in several), or
    70 (67) UTF-16 units once any other character is in it."""
    if all(character in _GSM_7 or character in _GSM_7_DOUBLE for character in body):
        length, alone, each = len(body) + sum(character in _GSM_7_DOUBLE for character in body), 160, 153
    else:
        length, alone, each = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)
