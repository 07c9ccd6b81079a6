"""Turns phrases with placeholders into what the ranker learns from.

`{property}`, `{person}`, `{date}` … are filled with invented samples and read by the same finders as a real
message. A few lead-ins and polite endings are mixed in, because people rarely start with the verb.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from app.domain.names import Names
from app.domain.tooling import ToolSpec
from app.gateways.embedded.entities import find_entities
from app.gateways.embedded.lexicon.small_talk import LEAD_INS, TAILS
from app.gateways.embedded.names import NameIndex

_NOW = datetime(2026, 3, 18, 10, 30)  # noqa: DTZ001 - any day serves: only the shape of a sentence is learned
_SAMPLES = Names(
    properties={"Quillhaven Mews": ("Quillhaven",), "Zornvale": (), "Brixmoor Hollow": ("Brixmoor",)},
    residents=("Ottilie Vandermeer", "Fabrizio Quant"),
    contacts=("Isolde Frankl", "Thaddeus Ombre"),
    companies=("Varnhagen Trust", "Oxblood Ventures"),
    vendors=("Zuberi Mechanical", "Pfister Works"),
    team=("Quentin", "Zelda"),
    channels=("#team-room",),
)
_RESIDENTS = ("Ottilie Vandermeer", "Fabrizio Quant")
_CONTACTS = ("Isolde Frankl", "Thaddeus Ombre")
_FILL: Mapping[str, tuple[str, ...]] = {
    "property": ("Quillhaven", "Zornvale", "Brixmoor Hollow"),
    "property2": ("Brixmoor", "Quillhaven Mews"),
    "property3": ("Zornvale",),
    "resident": _RESIDENTS,
    "contact": _CONTACTS,
    "stranger": ("Wilhelmina Dosh", "Yannick Proulx"),
    "teammate": ("Quentin", "Zelda"),
    "company": ("Varnhagen Trust", "Oxblood"),
    "vendor": ("Zuberi Mechanical", "Pfister"),
    "unit": ("unit 204", "12B", "apt 318", "305", "1204"),
    "date": ("friday", "march 28", "4/15", "tomorrow"),
    "period": ("last month", "next week", "april", "q1", "this year"),
    "money": ("$1,500", "2.1k", "1800"),
    "count": ("2", "3", "4"),
    "time": ("2pm", "at 9:30", "noon"),
    "wo": ("WO-1042", "work order 2217", "ticket #1987", "wo 1188", "1733"),
    "phone": ("512-555-0143",),
    "email": ("someone@example.com",),
    "channel": ("#ops", "#leasing"),
}
_ANYONE = (("resident", _RESIDENTS), ("contact", _CONTACTS), ("teammate", ("Quentin", "Zelda")),
           ("stranger", ("Wilhelmina Dosh",)))  # fmt: skip
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One sentence to learn from, already rewritten."""

    label: str
    delexical: str
    flags: frozenset[str]
    weight: float = 1.0


class UnknownPlaceholder(ValueError):
    """A phrase uses a placeholder that nothing can fill."""


def exemplars_of(specs: Sequence[ToolSpec], others: Mapping[str, Iterable[str]]) -> list[Exemplar]:
    """What every tool's phrases, examples and description, and the labelled other sentences, teach.

    The result is the same for the same input. Raises UnknownPlaceholder.
    """
    index = NameIndex(_SAMPLES)
    out: list[Exemplar] = []
    for label, phrases in labelled(specs, others):
        random = Random(label)  # noqa: S311 - reproducible variety, not secrecy
        for phrase in phrases:
            filled = list(_filled(phrase, label))
            for text in filled:
                out.append(_exemplar(label, text, index, 1.0 / len(filled)))
            if label not in others and len(phrase) % 2:
                dressed = _dressed(random, filled[random.randrange(len(filled))])
                out.append(_exemplar(label, dressed, index, 0.6))
    return out


def labelled(specs: Sequence[ToolSpec], others: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, list[str]]]:
    """Every label with its sentences: the tools by name, then the others."""
    for spec in sorted(specs, key=lambda s: s.name):
        yield spec.name, [*spec.phrases, *spec.examples, spec.description]
    for label, phrases in sorted(others.items()):
        yield label, list(phrases)


def _exemplar(label: str, text: str, index: NameIndex, weight: float) -> Exemplar:
    found = find_entities(text, index, _NOW)
    return Exemplar(label, found.delexical, found.flags, weight)


def _filled(phrase: str, label: str) -> Iterator[str]:
    """The phrase with samples; one with `{person}` comes once for each kind of person."""
    if "{person}" in phrase:
        # Two kinds of people a phrase, turning through all four.
        for slot, people in (_ANYONE[len(phrase) % 2], _ANYONE[2 + len(phrase) % 2]):
            yield from _filled(phrase.replace("{person}", people[len(phrase) % len(people)]), f"{label}:{slot}")
        return

    def sample(m: re.Match[str]) -> str:
        values = _FILL.get(m[1])
        if values is None:
            raise UnknownPlaceholder(f"{label}: nothing fills {m.group()} in {phrase!r}")
        return values[(len(phrase) + m.start()) % len(values)]

    yield _PLACEHOLDER.sub(sample, phrase)


def _dressed(random: Random, text: str) -> str:
    lead, tail = random.choice(LEAD_INS), random.choice(TAILS)
    return f"{lead} {text}".strip() + (f" {tail}" if random.random() < 0.4 and tail else "")
