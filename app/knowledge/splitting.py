"""Sections to passages: about 150 words, cut between paragraphs, else between sentences, never inside a table row.

The same document gives the same passages every time; VERSION is part of a document's content hash, so that a better
splitting, or a reader that reads more, reads everything again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.knowledge.passages import Passage
from app.knowledge.reading.base import Block, Section

VERSION = "2"
WORDS = 150  # fits the 256 tokens of the embedded embedder
LONGEST_HEADER = 200  # characters
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+(?=\S)")


def passages_of(document_id: str, title: str, sections: Iterable[Section]) -> Iterator[Passage]:
    """The document's passages in order. `title` starts every header."""
    number = 0
    for section_number, section in enumerate(sections):
        header = _header(title, section.trail)
        for piece in _pieces(section.blocks):
            yield Passage(
                document_id=document_id,
                number=number,
                section=section_number,
                header=header,
                text=piece.text,
                page=piece.page,
                anchor=piece.anchor or section.anchor,
            )
            number += 1


def _header(title: str, trail: tuple[str, ...]) -> str:
    """The breadcrumb: title and headings, each once; of a long one the last headings stay."""
    parts = list(dict.fromkeys(part.strip() for part in (title, *trail) if part.strip()))
    while len(parts) > 1 and len(" › ".join(parts)) > LONGEST_HEADER:
        del parts[1 if len(parts) > 2 else 0]
    return " › ".join(parts)[:LONGEST_HEADER]


@dataclass
class _Piece:
    """A passage while it grows; page and anchor are those of its first block."""

    parts: list[str] = field(default_factory=list[str])
    words: int = 0
    page: int | None = None
    anchor: str = ""

    @property
    def text(self) -> str:
        return "\n\n".join(self.parts)

    def add(self, text: str, block: Block) -> None:
        if not self.parts:
            self.page, self.anchor = block.page, block.anchor
        self.parts.append(text)
        self.words += _count(text)


def _pieces(blocks: Iterable[Block]) -> Iterator[_Piece]:
    piece = _Piece()
    for block in blocks:
        for text in _fitting(block):
            if piece.parts and piece.words + _count(text) > WORDS:
                yield piece
                piece = _Piece()
            piece.add(text, block)
    if piece.parts:
        yield piece


def _fitting(block: Block) -> Iterator[str]:
    """The block as one text, or as several that each fit a passage."""
    text = block.text.strip()
    if not text:
        return
    if _count(text) <= WORDS:
        yield text
    elif block.is_table:
        yield from _rows(text)
    else:
        yield from _sentences(text)


def _rows(table: str) -> Iterator[str]:
    """A long Markdown table by rows; its two header lines stand over each part."""
    lines = table.splitlines()
    head, rows = lines[:2], lines[2:]
    kept: list[str] = []
    words = _count(" ".join(head))
    for row in rows:
        if kept and words + _count(row) > WORDS:
            yield "\n".join([*head, *kept])
            kept, words = [], _count(" ".join(head))
        kept.append(row)
        words += _count(row)
    if kept:
        yield "\n".join([*head, *kept])


def _sentences(text: str) -> Iterator[str]:
    """A long paragraph by sentences; a sentence that is too long by itself by words."""
    kept: list[str] = []
    words = 0
    for sentence in _SENTENCE.split(text):
        for part in _by_words(sentence):
            if kept and words + _count(part) > WORDS:
                yield " ".join(kept)
                kept, words = [], 0
            kept.append(part)
            words += _count(part)
    if kept:
        yield " ".join(kept)


def _by_words(sentence: str) -> Iterator[str]:
    words = sentence.split()
    for start in range(0, len(words), WORDS):
        yield " ".join(words[start : start + WORDS])


def _count(text: str) -> int:
    return len(text.split())
