"""Markdown: headings, paragraphs, lists, tables, and front matter with a title and a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import yaml
from markdown_it import MarkdownIt

from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import Outline
from app.knowledge.reading.plain import decoded

_WHOLE = {
    "paragraph_open",
    "bullet_list_open",
    "ordered_list_open",
    "table_open",
    "blockquote_open",
    "fence",
    "code_block",
}


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """What stands between two `---` lines at the top, and the rest. What is no mapping there is text."""
    if text.startswith("---\n") and (end := text.find("\n---", 4)) > 0:
        try:
            found: Any = yaml.safe_load(text[4:end])
        except yaml.YAMLError:
            found = None
        if isinstance(found, dict):
            return {str(key): value for key, value in found.items()}, text[end + 4 :].lstrip("\n")
    return {}, text


class Markdown:
    """`app.knowledge.reading.base.Reader`."""

    label = "Markdown"
    suffixes = (".md", ".markdown")

    def recognises(self, content: bytes) -> bool:
        return False

    def sections(self, material: Material) -> Iterator[Section]:
        """Blocks are the Markdown itself: it reads well and quotes word for word."""
        _, text = front_matter(decoded(material))
        lines = text.split("\n")
        outline = Outline(anchors=True)
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                yield from outline.heading(int(token.tag[1]), tokens[at + 1].content)
            elif token.level == 0 and token.type in _WHOLE and token.map is not None:
                start, end = token.map
                outline.block(Block("\n".join(lines[start:end]).strip(), is_table=token.type == "table_open"))
        yield from outline.rest()

    def about(self, material: Material) -> About:
        """Front matter's `title` and `dated` (or `date`); else the first heading."""
        head, text = front_matter(decoded(material))
        title = str(head.get("title") or "") or next(
            (line.lstrip("# ").strip() for line in text.split("\n") if line.startswith("# ")), ""
        )
        return About(title, _moment(head.get("dated") or head.get("date")))


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None


READER = Markdown()
