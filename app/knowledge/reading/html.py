"""HTML: headings, paragraphs, lists and tables; scripts, styles and navigation are left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import Outline, table_text
from app.knowledge.reading.plain import decoded

_LEFT_OUT = ["script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "iframe", "svg"]
_BLOCKS = frozenset("h1 h2 h3 h4 h5 h6 p ul ol table pre blockquote dl".split())
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del em font i ins kbd mark q s samp small span strong sub sup u".split()
)
_TEXT = "-text"  # selectolax's tag of a text node
_DATES = (
    'meta[property="article:modified_time"]',
    'meta[property="article:published_time"]',
    'meta[name="last-modified"]',
    'meta[name="date"]',
)


class Html:
    """`app.knowledge.reading.base.Reader`."""

    label = "HTML"
    suffixes = (".html", ".htm", ".xhtml")

    def recognises(self, content: bytes) -> bool:
        head = content[:512].lstrip().lower()
        return head.startswith((b"<!doctype html", b"<html"))

    def sections(self, material: Material) -> Iterator[Section]:
        tree = _parsed(material)
        tree.strip_tags(_LEFT_OUT, recursive=True)
        body: Any = tree.css_first("main") or tree.css_first("article") or tree.body
        if body is None:
            return
        outline, loose = Outline(), _Loose()
        for node in body.traverse(include_text=True):
            if node.tag == _TEXT:
                if (owner := _owner(node, body)) is not None:
                    outline.block(loose.goes_on(owner, node.text()))
                continue
            if node.tag not in _BLOCKS or _inside_another(node, body):
                continue
            outline.block(loose.ends())
            if node.tag[0] == "h" and node.tag[1:].isdigit():
                yield from outline.heading(int(node.tag[1:]), node.text(separator=" "))
            else:
                outline.block(_block(node))
        outline.block(loose.ends())
        yield from outline.rest()

    def about(self, material: Material) -> About:
        tree = _parsed(material)
        title = tree.css_first("title") or tree.css_first("h1")
        dates = (node.attributes.get("content") for name in _DATES if (node := tree.css_first(name)) is not None)
        return About(" ".join(title.text().split()) if title else "", next(map(_moment, dates), None))


def _parsed(material: Material) -> Any:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - loaded when it is needed

    return LexborHTMLParser(decoded(material))


class _Loose:
    """Text that stands in no paragraph, as mail programs write it: one block for each `div` or whatever holds it."""

    def __init__(self) -> None:
        self._owner: int | None = None
        self._pieces: list[str] = []

    def goes_on(self, owner: int, text: str) -> Block:
        """Takes text up; returns the block before it when this text belongs to another one, else an empty one."""
        before = self.ends() if owner != self._owner else Block("")
        self._owner = owner
        self._pieces.append(text)
        return before

    def ends(self) -> Block:
        block = Block(" ".join("".join(self._pieces).split()))
        self._owner, self._pieces = None, []
        return block


def _owner(text: Any, body: Any) -> int | None:
    """What loose text stands in, links and emphasis aside; None for text of a paragraph or another block."""
    found: int | None = None
    above = text.parent
    while above is not None:
        if above.tag in _BLOCKS:
            return None
        if found is None and above.tag not in _INLINE:
            found = above.mem_id
        if above == body:
            return found
        above = above.parent
    return found


def _inside_another(node: Any, body: Any) -> bool:
    """A paragraph in a list or a cell is said with that list or table."""
    above = node.parent
    while above is not None and above != body:
        if above.tag in ("ul", "ol", "table", "blockquote", "dl", "p"):
            return True
        above = above.parent
    return False


def _block(node: Any) -> Block:
    if node.tag == "table":
        rows = [[cell.text(separator=" ") for cell in row.css("th, td")] for row in node.css("tr")]
        return Block(table_text(rows), is_table=True)
    if node.tag in ("ul", "ol"):
        items = [" ".join(item.text(separator=" ").split()) for item in node.css("li")]
        return Block("\n".join(f"- {item}" for item in items if item))
    return Block(" ".join(node.text(separator=" ").split()))


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


READER = Html()
