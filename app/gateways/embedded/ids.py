"""Identifiers in a message: work orders, units, phone numbers, e-mail addresses, channels. Not amounts, not names."""

import re
from dataclasses import dataclass
from typing import Literal

from app.gateways.embedded.text import Span

IdKind = Literal["work_order", "unit", "phone", "email", "channel"]


@dataclass(frozen=True, slots=True)
class IdMention:
    """An identifier as the tools write it: WO-1042, 12B, 512-555-0143, a@b.c, #ops."""

    span: Span
    kind: IdKind
    value: str
    #: False for a bare number that is a unit only if the tool needs one ("305 at oakwood").
    sure: bool = True


_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w$])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}(?!\w)|(?<![\w$])\+?1?\d{10}(?!\w)"
)
_WORK_ORDER = re.compile(
    r"(?i)\bwo[ #-]{0,2}(?P<a>\d{2,7})\b"
    r"|\b(?:work ?orders?|tickets?|service requests?|maintenance requests?|requests?|job) ?(?:number |no\.? ?|"
    r"num )?#? ?(?P<b>\d{3,7})\b"
)
_CHANNEL = re.compile(r"(?<!\w)#(?P<name>[A-Za-z][\w-]*)")
_UNIT_NUMBER = r"(?:[A-Za-z]-?)?\d{1,5}(?:-?[A-Za-z])?"
_UNIT = re.compile(
    rf"(?i)\b(?:the )?(?:unit|units|apt|apts|apartment|suite|ste|flat|rm|room)s?\.?(?: number| no\.?)? ?#? "
    rf"?(?P<id>{_UNIT_NUMBER})\b"
    rf"|(?<!\w)#(?P<hash>\d{{1,5}}[A-Za-z]?)\b"
)
_LETTERED = re.compile(r"(?<![\w$#/.:,-])(?P<id>\d{1,4}-?[A-Za-z]|[A-Za-z]-?\d{1,4})(?![\w%/]|-\d)")
_BARE = re.compile(r"(?<![\w$#/.:,-])(?P<id>\d{2,5})(?![\w%/+]|:\d|,\d|\.\d|-\d)")
_NOT_A_LETTERED_UNIT = re.compile(r"(?i)\d+(?:k|m|p|x)|[qh][1-4]|x\d")
_AFTER_NUMBER = re.compile(
    r"(?i)\s*-?\s*(?:\+|%|percent|bed|br\b|bd\b|bath|ba\b|mile|mi\b|days?\b|weeks?\b|months?\b|years?\b|"
    r"hours?\b|min|install|payments?\b|dollars|bucks|k\b|"
    r"grand|or (?:less|more)|sq|units?\b|am\b|pm\b|a\.m|p\.m|a month|/mo|people|million|thousand|hundred|mil\b)"
)
_UNIT_LEAD = re.compile(
    r"(?i)(?:\b(?:in|at|to|for|of|from|is|and|has|door|number|inspect|drop|bump|raise|lower|set|reprice|make|"
    r"change|cut|move|adjust|update|put)"
    r"|\bthe tenant in|^|[,;:.!?-]|\bugh|\bwalk|\babout)\s*$"
)


def find_ids(message: str) -> list[IdMention]:
    """Every identifier, in order, without overlaps. Bare numbers come as unsure units when they could be one."""
    found: list[IdMention] = []

    def add(kind: IdKind, value: str, start: int, end: int, *, sure: bool = True) -> None:
        span = Span(start, end)
        if not any(span.overlaps(f.span) for f in found):
            found.append(IdMention(span, kind, value, sure))

    for m in _EMAIL.finditer(message):
        add("email", m.group(), m.start(), m.end())
    for m in _PHONE.finditer(message):
        add("phone", m.group().strip(), m.start(), m.end())
    for m in _WORK_ORDER.finditer(message):
        add("work_order", f"WO-{m['a'] or m['b']}", m.start(), m.end())
    for m in _UNIT.finditer(message):
        if m["hash"] and _hash_is_work_order(message, m["hash"]):
            add("work_order", f"WO-{m['hash']}", m.start(), m.end())
        elif m["hash"]:
            add("unit", m["hash"].upper(), m.start(), m.end(), sure=False)
        else:
            add("unit", m["id"].upper(), m.start(), m.end())
    for m in _CHANNEL.finditer(message):
        add("channel", m.group().lower(), m.start(), m.end())
    for m in _LETTERED.finditer(message):
        if not _NOT_A_LETTERED_UNIT.fullmatch(m["id"]) and not _AFTER_NUMBER.match(message, m.end()):
            add("unit", m["id"].upper(), m.start(), m.end())
    for m in _BARE.finditer(message):
        if not _AFTER_NUMBER.match(message, m.end()):
            add("unit", m["id"], m.start(), m.end(), sure=False)
    return sorted(found, key=lambda f: f.span.start)


def unit_likelihood(message: str, mention: IdMention) -> float:
    """How much a bare number looks like a unit rather than an amount, from the words around it (0 to 1)."""
    if mention.sure:
        return 1.0
    before, after = message[: mention.span.start], message[mention.span.end :]
    score = 0.4
    if re.match(r"(?i)\s*,?\s*(?:at|in|@|over at|over in)\b", after):
        score += 0.5
    if re.search(r"(?i)\b(?:in|unit|apt|#)\s*$", before):
        score += 0.3
    if _UNIT_LEAD.search(before):
        score += 0.15
    if re.search(r"(?i)\b(?:to|under|over|below|above|than|least|most|max|make it|be|budget|from)\s*$", before):
        score -= 0.35
    if re.search(r"(?i)\bat\s*$", before):
        score -= 0.25
    if len(mention.value) > 4 or (len(mention.value) == 4 and mention.value.endswith("00")):
        score -= 0.1
    return max(0.0, min(1.0, score))


def _hash_is_work_order(message: str, digits: str) -> bool:
    """A "#1987" is a work order when the message speaks of tickets or gives it to someone."""
    if re.search(r"(?i)\b(?:ticket|work ?order|wo|request|re-?open|close|reassign|assign)\b", message):
        return len(re.sub(r"\D", "", digits)) >= 4 or bool(re.search(r"(?i)(?:ticket|order|wo|request)\s*#", message))
    return False
