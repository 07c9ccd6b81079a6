"""Text as it is: paragraphs between empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.reading.base import About, Block, Material, Section, Unreadable

_PARAGRAPH = re.compile(r"\n\s*\n")


def decoded(material: Material) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Western European. Raises Unreadable for what is no text."""
    content = material.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in content[:4096]:
        raise Unreadable(f"“{material.name}” is not text.", next_step="Please save it as PDF, DOCX or text.")
    else:
        encodings = ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"“{material.name}” is in an encoding I don't know.", next_step="Please save it as UTF-8.")


class PlainText:
    """`app.knowledge.reading.base.Reader`."""

    label = "text"
    suffixes = (".txt", ".text", ".log")

    def recognises(self, content: bytes) -> bool:
        return False

    def sections(self, material: Material) -> Iterator[Section]:
        blocks = tuple(Block(part.strip()) for part in _PARAGRAPH.split(decoded(material)) if part.strip())
        if blocks:
            yield Section((), blocks)

    def about(self, material: Material) -> About:
        return About()


READER = PlainText()
