"""`rich_text` blocks to HTML."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from app.sandbox.slack.page.render.emoji import emoji
from app.sandbox.slack.page.render.mrkdwn import format_date
from app.sandbox.slack.page.render.names import Names, lines, safe_link

_STYLES = {
    "bold": Markup("<b>{}</b>"),
    "italic": Markup("<i>{}</i>"),
    "strike": Markup("<s>{}</s>"),
    "underline": Markup("<u>{}</u>"),
    "code": Markup("<code>{}</code>"),
}
_ORDERED = Markup('<ol class="indent-{}"{}>{}</ol>')
_BULLETS = Markup('<ul class="indent-{}"{}>{}</ul>')


def rich_text(block: dict[str, Any], names: Names) -> Markup:
    """All groups of a rich_text object, in order."""
    return Markup("").join(_group(group, names) for group in block.get("elements", []))


def _group(group: dict[str, Any], names: Names) -> Markup:
    elements: list[dict[str, Any]] = group.get("elements", [])
    match group["type"]:
        case "rich_text_list":
            items = Markup("").join(Markup("<li>{}</li>").format(_group(item, names)) for item in elements)
            depth = int(group.get("indent") or 0)
            start = Markup(' start="{}"').format(int(group["offset"]) + 1) if group.get("offset") else Markup("")
            wrap = _ORDERED if group.get("style") == "ordered" else _BULLETS
            return wrap.format(min(depth, 8), start, items)
        case "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format("".join(str(e.get("text") or e.get("url", "")) for e in elements))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_leaves(elements, names))
        case _:
            return Markup('<div class="rt">{}</div>').format(_leaves(elements, names))


def _leaves(elements: list[dict[str, Any]], names: Names) -> Markup:
    return Markup("").join(_leaf(element, names) for element in elements)


def _leaf(element: dict[str, Any], names: Names) -> Markup:
    shown = _content(element, names)
    style = element.get("style") or {}
    for name, wrap in _STYLES.items():
        if style.get(name):
            shown = wrap.format(shown)
    return shown


def _content(element: dict[str, Any], names: Names) -> Markup:
    show = _LEAVES.get(element["type"])
    return show(element, names) if show else Markup("")


def _date(element: dict[str, Any], names: Names) -> Markup:
    target = f"!date^{element['timestamp']}^{element['format']}"
    return Markup("{}").format(format_date(target, element.get("fallback", "")))


_LEAVES: dict[str, Callable[[dict[str, Any], Names], Markup]] = {
    "text": lambda e, names: lines(e["text"]),
    "link": lambda e, names: safe_link(e["url"], e.get("text") or e["url"]),
    "user": lambda e, names: names.user_chip(e["user_id"]),
    "channel": lambda e, names: names.channel_chip(e["channel_id"]),
    "broadcast": lambda e, names: names.broadcast_chip(e["range"]),
    "usergroup": lambda e, names: names.broadcast_chip("group"),
    "emoji": lambda e, names: Markup('<span class="emoji">{}</span>').format(emoji(e["name"])),
    "date": _date,
    "color": lambda e, names: Markup("<code>{}</code>").format(e["value"]),
}
