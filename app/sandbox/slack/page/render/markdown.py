"""Standard Markdown to HTML for `markdown` blocks (with tables) and for streamed text (without).

HTML in the source is shown as text, never taken as HTML.
"""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from app.sandbox.slack.page.render.mrkdwn import inline
from app.sandbox.slack.page.render.names import Names

_SPECIAL = re.compile(r"<[@#!][^<>\s]{1,200}>|:[a-z0-9_+\-]{1,60}:")


class _Renderer(RendererHTML):
    """Mentions and emoji in text, outward links, pictures as links."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        parts: list[str] = []
        at = 0
        content = tokens[idx].content
        for found in _SPECIAL.finditer(content):
            parts += [
                str(Markup("{}").format(content[at : found.start()])),
                str(inline(found.group(), env["names"])),
            ]
            at = found.end()
        return "".join([*parts, str(Markup("{}").format(content[at:]))])

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tokens[idx].attrSet("target", "_blank")
        tokens[idx].attrSet("rel", "noopener noreferrer nofollow")
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        shown = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>')
        return str(shown.format(token.attrGet("src"), token.content or "image"))

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<div class="table-scroll"><table class="grid">'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>"


def _parser(*, tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    parser.enable(["strikethrough", "table"] if tables else ["strikethrough"])
    parser.disable("html_inline").disable("html_block").disable("autolink")
    return parser


_WITH_TABLES = _parser(tables=True)
_WITHOUT_TABLES = _parser(tables=False)


def markdown(text: str, names: Names, *, tables: bool = True) -> Markup:
    """The text as HTML, safe whatever it says."""
    parser = _WITH_TABLES if tables else _WITHOUT_TABLES
    return Markup('<div class="md">{}</div>').format(Markup(parser.render(text, {"names": names})))  # noqa: S704
