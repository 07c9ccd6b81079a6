"""Word documents (DOCX): headings, paragraphs, lists and tables in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from app.knowledge.reading.archive import damaged, is_office, opened
from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import Outline, table_text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"heading (\d)", re.I)


class Docx:
    """`app.knowledge.reading.base.Reader`."""

    label = "Word"
    suffixes = (".docx",)

    def recognises(self, content: bytes) -> bool:
        return is_office(content, "word/")

    def sections(self, material: Material) -> Iterator[Section]:
        outline = Outline()
        for item in _document(material).iter_inner_content():
            if hasattr(item, "rows"):
                rows = [[cell.text for cell in row.cells] for row in item.rows]
                outline.block(Block(table_text(rows), is_table=True))
                continue
            style = (item.style.name or "") if item.style is not None else ""
            level = _HEADING.match(style)
            if level or style == "Title":
                yield from outline.heading(int(level[1]) if level else 0, item.text)
            else:
                outline.block(Block(f"- {item.text.strip()}" if style.startswith("List") else item.text.strip()))
        yield from outline.rest()

    def about(self, material: Material) -> About:
        said = _document(material).core_properties
        return About((said.title or "").strip(), said.modified.replace(tzinfo=UTC) if said.modified else None)


def _document(material: Material) -> Any:
    import docx  # noqa: PLC0415 - loaded when it is needed

    content = opened(material)
    try:
        document = docx.Document(content)
        _unwrap(document.element.body)
    except Exception:  # the parser meets whatever a file holds: KeyError, ValueError, XML errors
        raise damaged(material) from None
    return document


def _unwrap(body: Any) -> None:
    """What was inserted under change tracking, and what stands in the fields of a form (ECMA-376 part 1, 17.13.5.18 and
    17.5.2), is text like all other: the library passes over both, and a form would read as if it was not filled in."""
    for wrapper in list(body.iter(*(f"{_W}{name}" for name in ("ins", "moveTo", "smartTag", "sdt")))):
        held = wrapper.find(f"{_W}sdtContent") if wrapper.tag == f"{_W}sdt" else wrapper
        for child in list(held) if held is not None else ():
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


READER = Docx()
