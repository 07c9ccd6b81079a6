"""Presentations (PPTX): each slide is a section under its title, with its tables and the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from app.knowledge.reading.archive import damaged, is_office, opened
from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import table_text

DEEPEST_GROUP = 8


class Pptx:
    """`app.knowledge.reading.base.Reader`."""

    label = "PowerPoint"
    suffixes = (".pptx",)

    def recognises(self, content: bytes) -> bool:
        return is_office(content, "ppt/")

    def sections(self, material: Material) -> Iterator[Section]:
        for number, slide in enumerate(_presentation(material).slides, start=1):
            title = slide.shapes.title
            own = title.shape_id if title is not None else None
            blocks = list(_blocks((shape for shape in slide.shapes if shape.shape_id != own), number))
            if notes := _notes(slide):
                blocks.append(Block(f"Notes: {notes}", page=number))
            heading = title.text.strip() if title is not None else ""
            if blocks or heading:
                trail = (heading or f"Slide {number}",)
                yield Section(trail, tuple(blocks) or (Block(heading, page=number),), anchor=f"#slide={number}")

    def about(self, material: Material) -> About:
        said = _presentation(material).core_properties
        return About((said.title or "").strip(), said.modified.replace(tzinfo=UTC) if said.modified else None)


def _blocks(shapes: Iterable[Any], number: int, depth: int = 0) -> Iterator[Block]:
    """What the shapes say, from the top down and from left to right; pictures say nothing."""
    for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
        if getattr(shape, "has_table", False):
            rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
            yield Block(table_text(rows), page=number, is_table=True)
        elif shape.has_text_frame and (text := shape.text_frame.text.strip()):
            yield Block(text, page=number)
        elif hasattr(shape, "shapes") and depth < DEEPEST_GROUP:
            yield from _blocks(shape.shapes, number, depth + 1)


def _notes(slide: Any) -> str:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return frame.text.strip() if frame is not None else ""


def _presentation(material: Material) -> Any:
    import pptx  # noqa: PLC0415 - loaded when it is needed

    content = opened(material)
    try:
        return pptx.Presentation(content)
    except Exception:  # the parser meets whatever a file holds
        raise damaged(material) from None


READER = Pptx()
