"""A request with placeholders for what was found in it, and flags for the kinds of things: what ranking learns from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.gateways.embedded.names import PEOPLE, NameKind
from app.gateways.embedded.text import Span

if TYPE_CHECKING:
    from app.gateways.embedded.entities import Entities

#: A span, the placeholder that stands for it ("" leaves the words), and the flags it raises.
Mark = tuple[Span, str, tuple[str, ...]]


def delexicalise(found: Entities, counted: list[Span]) -> tuple[str, frozenset[str]]:
    """The rewritten request in lower case, and its flags. `counted` are the spans that count bedrooms and the like."""
    marks = sorted(_marks(found, counted), key=lambda mark: mark[0].start)
    out: list[str] = []
    at = 0
    for span, placeholder, _ in marks:
        if span.start < at or not placeholder:
            continue
        out.append(f"{found.message[at : span.start].lower()} {placeholder} ")
        at = span.end
    out.append(found.message[at:].lower())
    flags = frozenset(flag for _, _, raised in marks for flag in raised)
    return re.sub(r"\s+", " ", "".join(out)).strip(), flags


def _marks(found: Entities, counted: list[Span]) -> Iterator[Mark]:
    for span in found.quotes:
        yield span, "quotex", ("quote",)
    for mention in found.names:
        if not mention.weak:
            kinds: set[NameKind] = {entry.kind for entry in mention.entries}
            yield mention.span, _placeholder(kinds), tuple(f"has:{kind}" for kind in kinds)
    for span in found.strangers:
        yield span, "personx", ("has:stranger",)
    yield from _id_marks(found)
    yield from _when_marks(found)
    for count in found.counts:
        if count.span in counted:
            yield count.span, f"{count.kind}x", (f"has:{count.kind}",)
    for amount in found.amounts:
        limit = (f"limit:{amount.limit}",) if amount.limit else ()
        kind = "has:money" if amount.money else "has:number"
        yield amount.span, "moneyx" if amount.money or amount.limit else "numx", (kind, *limit)


def _id_marks(found: Entities) -> Iterator[Mark]:
    for mention in found.ids:
        if mention.sure:
            placeholder = "wox" if mention.kind == "work_order" else f"{mention.kind}x"
            yield mention.span, placeholder, (f"has:{mention.kind}",)
        else:
            yield mention.span, "", ("has:bare",)


def _when_marks(found: Entities) -> Iterator[Mark]:
    for day in found.dates:
        flags = ("has:day" if day.day else "has:period", f"bound:{day.bound}")
        yield day.span, "dayx" if day.day else "periodx", flags
    for time in found.times:
        yield time.span, "timex", ("has:time",)


def _placeholder(kinds: set[NameKind]) -> str:
    if "property" in kinds:
        return "propx"
    if kinds & PEOPLE:
        return "personx"
    return "vendorx" if "vendor" in kinds else "companyx"
