"""The seam of every document reader: bytes in, sections out, nothing else.

A reader is pure and bounded: no network, no files, no code of the document is run, and it says in a sentence for
people why it can't read something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.errors import Fixable


class Unreadable(Fixable):
    """A file that can't be read: broken, encrypted, only scanned, too large, of another type than its name says."""

    code = "unreadable_document"


@dataclass(frozen=True)
class Block:
    """A paragraph, list or table of a section. Tables come as Markdown tables and are never cut inside a row."""

    text: str
    page: int | None = None
    anchor: str = ""
    is_table: bool = False


@dataclass(frozen=True)
class Section:
    """Blocks under one heading. `trail` are the headings above it and its own, outermost first."""

    trail: tuple[str, ...]
    blocks: tuple[Block, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Material:
    """A document to read: its bytes and what was said about it. Neither name nor type is believed."""

    name: str
    content: bytes
    mimetype: str = ""


@dataclass(frozen=True)
class About:
    """What a document says of itself: empty and None where it says nothing."""

    title: str = ""
    dated: datetime | None = None


class Reader(Protocol):
    """Reads one format. A reader module holds `READER`; `suffixes` say what it is offered when the content alone does
    not tell, `recognises` looks at the content."""

    label: str
    suffixes: tuple[str, ...]

    def recognises(self, content: bytes) -> bool:
        """True when the bytes can only be of this format."""
        ...

    def sections(self, material: Material) -> Iterator[Section]:
        """The document's sections in order, made one by one so that a thousand pages need the memory of a few.
        Raises Unreadable."""
        ...

    def about(self, material: Material) -> About:
        """The document's own title and date. Raises Unreadable."""
        ...
