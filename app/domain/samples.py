"""The names that the tools' example questions are written with, and the same questions in a person's own names.

A company that asks about Birch Court must not be shown what it could ask about Maple Grove.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

from app.domain.names import Names

_SAMPLES: Mapping[str, tuple[str, ...]] = {
    "communities": (
        "Maple Grove", "Maple", "Riverside Lofts", "Oakwood Terrace", "Oakwood", "Cedar Ridge", "Willow Creek",
        "Harbor Point", "Sunset Villas", "Parkview Tower", "Parkview", "Birchwood Commons", "Birchwood",
        "Magnolia Place", "Magnolia", "Stonegate", "Elm Street Flats", "Elm Street",
    ),
    "residents": (
        "Tyrone Banks", "Carlos Rivera", "Hannah Brooks", "Priya Patel", "James Whitfield", "Nicole Rossi",
        "Linda Nguyen", "Robert Fitzgerald", "Devon Carter", "Omar Haddad", "Grace Kim",
    ),
    "contacts": ("Dana Whitman", "Dana", "Marcus Lindqvist", "Rebecca Stone", "Alan Park", "Tessa Moreau"),
    "companies": ("Greystone Capital", "Greystone", "BlueHarbor", "Crestline Equity", "Pinnacle Living"),
    "vendors": ("AceFlow Plumbing", "CoolBreeze"),
    "team": ("Luis", "Angela", "Jen", "Rachel", "Sarah", "Ben"),
}  # fmt: skip
_KINDS = {name: kind for kind, names in _SAMPLES.items() for name in names}
SAMPLE_NAME = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(_KINDS, key=len, reverse=True)))


def in_own_names(examples: Sequence[str], own: Names) -> str:
    """The first of a tool's example questions that can be said with `own` names; "" when there is none.

    The same question always gets the same names, and other questions others, so that a list of them has some variety.
    """
    return next((said for example in examples if (said := _said(example, own))), "")


def _said(example: str, own: Names) -> str:
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for match in SAMPLE_NAME.finditer(example):
        sample = match[0]
        known: tuple[str, ...] = getattr(own, _KINDS[sample])
        free = [name for name in known if name not in taken]
        mine = [name for name in free if name == sample or name.startswith(f"{sample} ")]
        if sample in chosen:
            continue
        if not free:
            return ""
        name = mine[0] if mine else free[zlib.crc32(example.encode()) % len(free)]
        taken.add(name)
        chosen[sample] = sample if mine else name
    return SAMPLE_NAME.sub(lambda match: chosen[match[0]], example)
