"""Everything a message holds that an argument could want, found once, before any tool is considered.

The finders know nothing of each other; here their spans are reconciled (a unit number is no amount, a quoted text
holds no dates) and the message is rewritten with placeholders, so that ranking learns how people ask and not whom
they ask about.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.gateways.embedded.counts import Count, find_counts
from app.gateways.embedded.dates import DateMention, find_dates
from app.gateways.embedded.delexical import delexicalise
from app.gateways.embedded.ids import IdKind, IdMention, find_ids
from app.gateways.embedded.lexicon.ordinary import is_ordinary
from app.gateways.embedded.names import NameIndex, NameKind, NameMention
from app.gateways.embedded.numbers import Amount, find_amounts
from app.gateways.embedded.text import Span, tokenize
from app.gateways.embedded.times import TimeMention, find_times

_QUOTED = re.compile(r"\"([^\"]{2,})\"|(?<![A-Za-z0-9])'([^']{2,}(?:'[a-z]{1,2} [^']*)*)'(?![A-Za-z])")
_NEW_NAME = re.compile(
    r"(?<![\w@.])(?P<name>[A-Z][a-z'\u00c0-\u024f]+(?:-[A-Z][a-z]+)?(?: (?:[A-Z]\.|de|van|von|la|el|al|bin|da|"
    r"di))*(?: [A-Z][A-Za-z'\u00c0-\u024f-]+)+)"
)
_ONE_NEW_NAME = re.compile(
    r"(?:\b(?:[Tt]ext|[Ee]mail|[Mm]essage|for|to|tell|named|with|SMS|sms) )"
    r"(?P<name>[A-Z][a-z\u00c0-\u024f]{2,})(?=[\s,:.!?']|$)"
)


@dataclass(frozen=True)
class Entities:
    """What one stretch of message holds. Spans are relative to `message`."""

    message: str
    today: date
    quotes: tuple[Span, ...] = ()
    ids: tuple[IdMention, ...] = ()
    dates: tuple[DateMention, ...] = ()
    times: tuple[TimeMention, ...] = ()
    counts: tuple[Count, ...] = ()
    amounts: tuple[Amount, ...] = ()
    names: tuple[NameMention, ...] = ()
    #: People no list holds ("new prospect Nina Alvarez").
    strangers: tuple[Span, ...] = ()
    delexical: str = ""
    flags: frozenset[str] = field(default_factory=frozenset[str])

    def ids_of(self, kind: IdKind) -> list[IdMention]:
        """Identifiers of one kind."""
        return [mention for mention in self.ids if mention.kind == kind]

    def names_of(self, kinds: frozenset[NameKind] | tuple[NameKind, ...], *, weak: bool = False) -> list[NameMention]:
        """Name mentions that may mean one of the kinds; the weak ones only on request."""
        return [m for m in self.names if m.of(kinds) and (weak or not m.weak)]

    def when(self) -> list[Span]:
        """The spans of dates and times."""
        return [*(d.span for d in self.dates), *(t.span for t in self.times)]

    def text(self, span: Span) -> str:
        """The words of a span."""
        return self.message[span.start : span.end]


def find_entities(message: str, index: NameIndex, now: datetime) -> Entities:
    """All finders over one message, overlaps settled."""
    quotes = [Span(m.start(), m.end()) for m in _QUOTED.finditer(message)]
    ids = [i for i in find_ids(message) if not _inside(i.span, quotes)]
    sure = [i.span for i in ids if i.sure]
    names = index.find(
        message, [*quotes, *(i.span for i in ids if i.kind in {"email", "phone", "channel", "work_order"})]
    )
    strong = [n.span for n in names if not n.weak]
    ids = [i for i in ids if i.sure or not _inside(i.span, strong)]
    dates = [d for d in find_dates(message, now.date()) if _free(d.span, [*quotes, *strong], sure)]
    day_spans = [d.span for d in dates]
    times = [t for t in find_times(message, now) if _free(t.span, [*quotes, *strong], [*sure, *day_spans])]
    moments = [t.span for t in times if t.moment_day]
    dates = [d for d in dates if not _inside(d.span, moments)]
    when = [*day_spans, *(t.span for t in times)]
    ids = [i for i in ids if i.sure or not any(i.span.overlaps(w) for w in when)]
    counts = [c for c in find_counts(message) if _free(c.span, [*quotes, *strong, *sure], [])]
    counted = [c.span for c in counts if c.kind in {"bedrooms", "bathrooms", "miles"} or _is_days_late(c, message)]
    dates = [d for d in dates if not any(d.span.overlaps(c) for c in counted)]
    ids = [i for i in ids if i.sure or not _inside(i.span, counted)]
    busy = [*quotes, *strong, *sure, *counted, *(d.span for d in dates), *(t.span for t in times)]
    amounts = [a for a in find_amounts(message) if not any(a.span.overlaps(b) for b in busy)]
    strangers = _strangers(message, [*quotes, *strong, *sure, *day_spans])
    found = Entities(
        message,
        now.date(),
        quotes=tuple(quotes),
        ids=tuple(ids),
        dates=tuple(dates),
        times=tuple(times),
        counts=tuple(counts),
        amounts=tuple(amounts),
        names=tuple(names),
        strangers=tuple(strangers),
    )
    delexical, flags = delexicalise(found, counted)
    return replace(found, delexical=delexical, flags=flags)


def _inside(span: Span, spans: list[Span]) -> bool:
    return any(other.overlaps(span) for other in spans)


def _free(span: Span, *taken: list[Span]) -> bool:
    return not any(span.overlaps(other) for spans in taken for other in spans)


def _is_days_late(count: Count, message: str) -> bool:
    words = message[count.span.start : count.span.end].lower()
    return count.kind == "days" and bool(re.search(r"late|due|behind|delinq|arrears|\+|over|than|least|or more", words))


_POSSESSIVE = re.compile(r"'s?$")


def _strangers(message: str, busy: list[Span]) -> list[Span]:
    """Capitalised words that read like a person's name and are in no list."""
    if message.isupper():
        return []
    found: list[Span] = []
    for m in (*_NEW_NAME.finditer(message), *_ONE_NEW_NAME.finditer(message)):
        span = Span(m.start("name"), m.end("name"))
        words = tokenize(m["name"])
        while words and message[: span.start].strip() == "" and is_ordinary(words[0].key):
            words = words[1:]  # a sentence's first word is capital anyway: "Book Nina Alvarez"
            if words:
                span = Span(span.start + words[0].span.start, span.end)
        minimum = 1 if m.re is _ONE_NEW_NAME else 2
        if len(words) < minimum or all(is_ordinary(w.key) for w in words) or _inside(span, [*busy, *found]):
            continue
        name = _POSSESSIVE.sub("", message[span.start : span.end])
        found.append(Span(span.start, span.start + len(name)))
    return found
