"""Presentations (PPTX): each slide is a section under its title, with its tables and the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.knowledge.reading.archive import damaged, is_office, opened
from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import table_text


class Pptx:
    """`app.knowledge.reading.base.Reader`."""

    label = "PowerPoint"
    suffixes = (".pptx",)

    def recognises(self, content: bytes) -> bool:
        return is_office(content, "ppt/")

    def sections(self, material: Material) -> Iterator[Section]:
        for number, slide in enumerate(_presentation(material).slides, start=1):
            title = slide.shapes.title
            blocks = [block for shape in slide.shapes if shape != title for block in _blocks(shape, number)]
            if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame.text.strip()):
                blocks.append(Block(f"Notes: {notes}", page=number))
            heading = title.text.strip() if title is not None else ""
            if blocks or heading:
                trail = (heading or f"Slide {number}",)
                yield Section(trail, tuple(blocks) or (Block(heading, page=number),), anchor=f"#slide={number}")

    def about(self, material: Material) -> About:
        said = _presentation(material).core_properties
        return About((said.title or "").strip(), said.modified)


def _blocks(shape: Any, number: int) -> Iterator[Block]:
    if shape.has_text_frame and (text := shape.text_frame.text.strip()):
        yield Block(text, page=number)
    elif getattr(shape, "has_table", False):
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        yield Block(table_text(rows), page=number, is_table=True)


def _presentation(material: Material) -> Any:
    import pptx  # noqa: PLC0415 - loaded when it is needed

    content = opened(material)
    try:
        return pptx.Presentation(content)
    except Exception:  # the parser meets whatever a file holds
        raise damaged(material) from None


READER = Pptx()
