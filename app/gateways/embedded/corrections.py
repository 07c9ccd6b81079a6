"""Takes back what a correction replaces: "3 beds at maple, no wait, 2 beds" asks for two beds."""

import re
from datetime import datetime

from app.gateways.embedded.clauses import correction, starts_like_request
from app.gateways.embedded.entities import Entities, find_entities
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.text import Span, blank


def applied(text: str, index: NameIndex, now: datetime) -> str:
    """The message without what its last correction took back; unchanged when nothing was."""
    parts = correction(text)
    if parts is None:
        return text
    before, after = parts
    old, new = _things(find_entities(before, index, now)), _things(find_entities(after, index, now))
    shared = {kind for kind in new if kind in old}
    if shared:
        gone = [old[kind][-1] for kind in shared]
        kept = re.sub(r"[\s,]+(?:at|for|in|on|to|by)?\s*$", "", blank(before, gone))
        return f"{kept} {after}".strip()
    if starts_like_request(after) and re.search(r"(?i)scratch that|never ?mind|forget (?:it|that)|instead", text):
        return after
    return text


def _things(found: Entities) -> dict[str, list[Span]]:
    """What can be replaced by a thing of its kind, with its preposition left to the text."""
    out: dict[str, list[Span]] = {}
    for mention in found.names:
        for kind in {entry.kind for entry in mention.entries}:
            out.setdefault(f"name:{kind}", []).append(mention.span)
    for date in found.dates:
        out.setdefault("date", []).append(date.span)
    for time in found.times:
        out.setdefault("time", []).append(time.span)
    for count in found.counts:
        out.setdefault(count.kind, []).append(count.span)
    for amount in found.amounts:
        if amount.money:
            out.setdefault("money", []).append(amount.span)
    for mention in found.ids:
        if mention.sure:
            out.setdefault(mention.kind, []).append(mention.span)
    return out
