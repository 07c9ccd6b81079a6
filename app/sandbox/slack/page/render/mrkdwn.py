"""Slack's `mrkdwn` to HTML: bold, italic, strike, code, quotes, links, mentions, dates, emoji.

Rules: docs.slack.dev/messaging/formatting-message-text. `&amp; &lt; &gt;` are the only escapes.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from app.sandbox.slack.page.render.emoji import EMOJI, emoji
from app.sandbox.slack.page.render.names import Names, safe_link

_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"^(?:&gt;|>)(?!&gt;|>)\s?")
# Spans are bounded so that a hostile text cannot make the search quadratic.
_INLINE = re.compile(
    r"`(?P<code>[^`\n]{1,2000})`"
    r"|<(?P<angle>[^<>\n]{1,3000})>"
    r"|:(?P<emoji>[a-z0-9_+\-]{1,60}(?:::skin-tone-[2-6])?):"
    r"|(?<![\w*])\*(?=[^\s*])(?P<bold>[^\n]{1,1000}?)(?<=[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<italic>[^\n]{1,1000}?)(?<=[^\s_])_(?![\w_])"
    r"|(?<![\w~])~(?=[^\s~])(?P<strike>[^\n]{1,1000}?)(?<=[^\s~])~(?![\w~])"
)


def unescape(text: str) -> str:
    """Slack's three entities back to characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: str, names: Names) -> Markup:
    """The text as HTML, safe whatever it says."""
    parts: list[Markup] = []
    at = 0
    for found in _FENCE.finditer(text):
        parts.append(_paragraphs(text[at : found.start()].removesuffix("\n"), names))
        parts.append(Markup("<pre>{}</pre>").format(unescape(found.group(1)).strip("\n")))
        at = found.end()
    parts.append(_paragraphs(text[at:].removeprefix("\n") if at else text, names))
    return Markup("").join(parts)


def plain(text: str) -> Markup:
    """`plain_text`: emoji and line breaks only."""
    pieces = re.split(r":([a-z0-9_+\-]{1,60}):", text)
    shown = [EMOJI.get(piece, f":{piece}:") if index % 2 else piece for index, piece in enumerate(pieces)]
    return Markup("<br>").join(escape(line) for line in "".join(shown).split("\n"))


def _paragraphs(text: str, names: Names) -> Markup:
    """Runs of quoted lines become one blockquote; other lines are broken where they break."""
    if not text:
        return Markup("")
    out: list[Markup] = []
    run: list[Markup] = []
    quoted = False

    def flush() -> None:
        if run:
            body = Markup("<br>").join(run)
            out.append(Markup("<blockquote>{}</blockquote>").format(body) if quoted else body)
            run.clear()

    for line in text.split("\n"):
        is_quote = bool(_QUOTE.match(line))
        if is_quote != quoted:
            flush()
            quoted = is_quote
        run.append(inline(_QUOTE.sub("", line) if is_quote else line, names))
    flush()
    return Markup("").join(out)


def inline(text: str, names: Names) -> Markup:
    """One line of mrkdwn."""
    parts: list[Markup] = []
    at = 0
    for found in _INLINE.finditer(text):
        parts.append(escape(unescape(text[at : found.start()])))
        parts.append(_span(found, names))
        at = found.end()
    parts.append(escape(unescape(text[at:])))
    return Markup("").join(parts)


def _span(found: re.Match[str], names: Names) -> Markup:
    kind, body = str(found.lastgroup), found.group(str(found.lastgroup))
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(unescape(body))
        case "angle":
            return _angle(body, names)
        case "emoji":
            return Markup('<span class="emoji" title=":{}:">{}</span>').format(body, emoji(body))
        case "bold":
            return Markup("<b>{}</b>").format(inline(body, names))
        case "italic":
            return Markup("<i>{}</i>").format(inline(body, names))
        case _:
            return Markup("<s>{}</s>").format(inline(body, names))


def _angle(body: str, names: Names) -> Markup:
    """`<@U…>`, `<#C…|name>`, `<!here>`, `<!date^…>`, `<https://…|label>`."""
    target, _, label = body.partition("|")
    if target.startswith("@"):
        return names.user_chip(target[1:])
    if target.startswith("#"):
        return names.channel_chip(target[1:], label)
    if target.startswith("!date^"):
        return escape(format_date(target, label))
    if target.startswith("!subteam^"):
        return names.broadcast_chip(label.removeprefix("@") or "group")
    if target.startswith("!"):
        return names.broadcast_chip(label or target[1:])
    return safe_link(unescape(target), unescape(label) or unescape(target).removeprefix("mailto:"))


_DATE_FORMATS = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%B %-d, %Y",
    "{date_short}": "%b %-d, %Y",
    "{date_long}": "%A, %B %-d, %Y",
    "{date_pretty}": "%B %-d, %Y",
    "{date_short_pretty}": "%b %-d, %Y",
    "{date_long_pretty}": "%A, %B %-d, %Y",
    "{time}": "%-I:%M %p",
    "{time_secs}": "%-I:%M:%S %p",
}


def format_date(target: str, fallback: str, zone: str = "America/Chicago") -> str:
    """`!date^timestamp^format` in words; the fallback when it cannot be read."""
    parts = target.split("^")
    try:
        moment = datetime.fromtimestamp(int(parts[1]), ZoneInfo(zone))
    except (ValueError, IndexError, OverflowError, OSError):
        return fallback
    shown = parts[2] if len(parts) > 2 else "{date}"
    for token, pattern in _DATE_FORMATS.items():
        shown = shown.replace(token, moment.strftime(pattern))
    return shown
