"""Believable people: names from many backgrounds, addresses nobody owns, phone numbers reserved for fiction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random


def _words(file: str) -> tuple[str, ...]:
    return tuple((Path(__file__).parent / file).read_text("ascii").split())


FIRST_NAMES = _words("first_names.txt")

LAST_NAMES = _words("last_names.txt")

AREA_CODES = _words("area_codes.txt")

_MAIL_DOMAINS = ("example.com", "example.org", "example.net")
_FICTION_LINES = 100  # 555-0100 to 555-0199 are never given to anybody


@dataclass(frozen=True, slots=True)
class Someone:
    name: str
    email: str
    phone: str


class People:
    """Makes people one after another. Names in `reserved` are never drawn, so that they stay unique.

    Phone numbers are `first_line`, `first_line` + 1, … of the fictional range over all area codes; they start over
    when the range ends, as the biggest portfolios need more numbers than fiction has.
    """

    def __init__(self, rng: Random, *, reserved: frozenset[str] = frozenset(), first_line: int = 0) -> None:
        self._rng = rng
        self._reserved = reserved
        self._line = first_line

    def name(self) -> str:
        """Given name and family name."""
        while True:
            drawn = f"{_pick(self._rng, FIRST_NAMES)} {_pick(self._rng, LAST_NAMES)}"
            if drawn not in self._reserved:
                return drawn

    def someone(self, name: str = "", phone: str = "") -> Someone:
        """A person with ways to reach them; name and phone are drawn unless given."""
        name = name or self.name()
        return Someone(name, self._email(name), phone or self._phone())

    def _email(self, name: str) -> str:
        mailbox = name.lower().replace("'", "").replace(" ", ".")
        number = int(self._rng.random() * 90) + 10
        return f"{mailbox}{number}@{_pick(self._rng, _MAIL_DOMAINS)}"

    def _phone(self) -> str:
        phone = phone_number(self._line)
        self._line += 1
        return phone


def phone_number(line: int) -> str:
    """The `line`-th fictional number, in E.164. Neighbours share an area code."""
    area = AREA_CODES[(line // _FICTION_LINES) % len(AREA_CODES)]
    return f"+1{area}55501{line % _FICTION_LINES:02d}"


def _pick(rng: Random, values: tuple[str, ...]) -> str:
    return values[int(rng.random() * len(values))]
