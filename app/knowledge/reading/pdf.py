"""PDF, page by page through pypdfium2 (Chromium's PDF engine). Paragraphs and page numbers are kept.

A PDF has no headings that could be relied on: each page is a section of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from app.knowledge.reading.base import About, Block, Material, Section, Unreadable

MOST_PAGES = 5_000
_PARAGRAPH = re.compile(r"\n\s*\n")
_BROKEN_WORD = re.compile(r"(\w)[-\u00ad\ufffe]\n(\w)")
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")  # ISO 32000-1, 7.9.4


class Pdf:
    """`app.knowledge.reading.base.Reader`."""

    label = "PDF"
    suffixes = (".pdf",)

    def recognises(self, content: bytes) -> bool:
        return b"%PDF-" in content[:1024]

    def sections(self, material: Material) -> Iterator[Section]:
        """One section for each page that holds text. Raises Unreadable also for a PDF of pictures alone."""
        empty = True
        with closing(_opened(material)) as document:
            if len(document) > MOST_PAGES:
                raise Unreadable(
                    f"“{material.name}” has {len(document):,} pages; I read up to {MOST_PAGES:,}.",
                    next_step="Please split it.",
                )
            for number in range(len(document)):
                blocks = tuple(Block(text, page=number + 1) for text in _paragraphs(document, number))
                if blocks:
                    empty = False
                    yield Section((), blocks, anchor=f"#page={number + 1}")
        if empty:
            raise Unreadable(
                f"“{material.name}” holds pictures of pages and no text.",
                next_step="Please run text recognition (OCR) on it first.",
                code="scanned_document",
            )

    def about(self, material: Material) -> About:
        with closing(_opened(material)) as document:
            said: dict[str, str] = document.get_metadata_dict()
        return About(said.get("Title", "").strip(), _moment(said.get("ModDate") or said.get("CreationDate") or ""))


def _opened(material: Material) -> Any:
    import pypdfium2  # noqa: PLC0415 - loaded when it is needed

    try:
        return pypdfium2.PdfDocument(material.content)
    except pypdfium2.PdfiumError as broken:
        if "password" in str(broken).lower():
            raise Unreadable(
                f"“{material.name}” is protected by a password.",
                next_step="Please save it without one and try again.",
                code="encrypted_document",
            ) from None
        raise Unreadable(
            f"“{material.name}” is damaged: no PDF reader could open it.", next_step="Please export it again."
        ) from None


def _paragraphs(document: Any, number: int) -> list[str]:
    with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
        text: str = text_page.get_text_bounded()
    text = _BROKEN_WORD.sub(r"\1\2", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [" ".join(part.split()) for part in _PARAGRAPH.split(text) if part.strip()]


def _moment(text: str) -> datetime | None:
    found = _DATE.match(text)
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        return None


READER = Pdf()
