"""What two records must share to be one thing. Pure rules; each reason is a sentence that people can check."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHARED_MAILBOXES = frozenset(
    "info office leasing contact hello admin sales billing support accounts accounting noreply no-reply".split()
)
"""Mailboxes that belong to nobody in particular."""
FREE_MAIL = frozenset(
    "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com msn.com icloud.com me.com aol.com proton.me "
    "protonmail.com gmx.com gmx.net mail.com comcast.net att.net verizon.net sbcglobal.net".split()
)
"""Domains that say nothing of a company."""
_LEGAL_FORMS = re.compile(r"\b(?:inc|llc|llp|lp|ltd|corp|corporation|company|co|plc|reit)\b\.?$")
_NOT_A_LETTER = re.compile(r"[^\w]+")
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "boulevard": "blvd", "drive": "dr", "road": "rd", "lane": "ln", "court": "ct",
    "parkway": "pkwy", "highway": "hwy", "place": "pl", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What is compared of a record. `mail` is an e-mail address or, of a company, its web domain; `place` is a
    property's street and postal code."""

    id: str
    name: str
    mail: str = ""
    phone: str = ""
    place: tuple[str, str] = ("", "")

    @property
    def source(self) -> str:
        return self.id.partition(":")[0]


def plain(text: str) -> str:
    """Lower case words with single spaces, without punctuation."""
    return _NOT_A_LETTER.sub(" ", text.casefold()).strip()


def family_name(name: str) -> str:
    """The last word of a name, without what follows it (Jr, III)."""
    words = [word for word in plain(name).split() if word not in ("jr", "sr", "ii", "iii", "iv")]
    return words[-1] if words else ""


def company_name(name: str) -> str:
    """A company's name without its legal form."""
    return _LEGAL_FORMS.sub("", plain(name)).strip()


def street(text: str) -> str:
    """A street as it is compared: `100 North Main Street` is `100 n main st`."""
    return " ".join(_STREET_WORDS.get(word, word) for word in plain(text).split())


def mailbox_of_one(mail: str) -> bool:
    """True for an address that belongs to one person."""
    box, at, domain = mail.partition("@")
    return bool(at and domain) and box not in SHARED_MAILBOXES


def same_person(one: Card, other: Card) -> str:
    """Why two records are one person, "" when nothing says so. Families share an e-mail address or a phone, so a name
    must agree too."""
    if one.mail and one.mail.lower() == other.mail.lower() and mailbox_of_one(one.mail.lower()):
        if plain(one.name) == plain(other.name):
            return "same name and e-mail"
        if _initial(one.name) == _initial(other.name) and family_name(one.name) == family_name(other.name) != "":
            return "same e-mail, initial and family name"
    if one.phone and one.phone == other.phone and plain(one.name) == plain(other.name) != "":
        return "same name and phone"
    return ""


def same_company(one: Card, other: Card) -> str:
    """Why two records are one company."""
    domain = one.mail.lower()
    if domain and domain == other.mail.lower() and domain not in FREE_MAIL:
        return "same web domain"
    if company_name(one.name) == company_name(other.name) != "" and not (one.mail and other.mail):
        return "same name, and no other domain"
    return ""


def same_property(one: Card, other: Card) -> str:
    """Why two records are one property."""
    (here, code), (there, other_code) = one.place, other.place
    if not code or code[:5] != other_code[:5]:
        return ""
    if street(here) and street(here) == street(there):
        return "same street and postal code"
    return "same name and postal code" if plain(one.name) == plain(other.name) != "" else ""


def _initial(name: str) -> str:
    return plain(name)[:1]
