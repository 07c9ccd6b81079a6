"""Which names of the data a message mentions: whole, in part, misspelled, possessive, abbreviated.

The names come in at run time; nothing here knows any. An inverted index over words makes a message cost the
same with a hundred names or a hundred thousand. A mention keeps every entry it may mean: choosing, or asking,
is the caller's business.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz.distance import OSA

from app.domain.names import Names
from app.gateways.embedded.dates import MONTHS
from app.gateways.embedded.lexicon.ordinary import is_ordinary
from app.gateways.embedded.text import Span, Token, fold, singular_keys, tokenize

NameKind = Literal["property", "resident", "contact", "company", "vendor", "teammate"]
PROPERTY: frozenset[NameKind] = frozenset({"property"})
TEAM: frozenset[NameKind] = frozenset({"teammate"})
PEOPLE: frozenset[NameKind] = frozenset({"resident", "contact", "teammate"})
COMPANIES: frozenset[NameKind] = frozenset({"company", "vendor"})

#: Words that tell two names of a kind apart too rarely to stand for one of them alone.
_GENERIC = frozenset(
    "the at of on and a an apartments apartment apts apt homes home residences residence living lofts loft flats "
    "villas villa tower towers commons place terrace townhomes townhouses condos estates estate heights court "
    "point park ridge creek grove manor village square gardens house street st avenue ave road rd drive dr lane "
    "capital partners reit holdings group equity management property properties realty investments company co "
    "inc llc ltd corp services service plumbing electric electrical hvac landscaping painting paint cleaning pest "
    "roofing flooring heating cooling air locksmith security solutions systems supply brothers bros sons jr sr ii "
    "iii north south east west new old".split()
)
_SHORT = {"st": "street", "pt": "point", "apts": "apartments", "apt": "apartments", "ct": "court", "twr": "tower",
          "ave": "avenue", "blvd": "boulevard", "mt": "mount", "hts": "heights", "rd": "road", "pl": "place",
          "sq": "square", "ln": "lane", "dr": "drive", "vlg": "village", "pk": "park", "harbour": "harbor",
          "ctr": "center", "centre": "center",
          "bldg": "building", "mgmt": "management", "prop": "property"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the data."""

    kind: NameKind
    name: str


@dataclass(frozen=True, slots=True)
class NameMention:
    """A span of the message and the entries it may mean.

    `whole` is True when a full name or alias was written; `weak` when the words are ordinary English and only
    their place suggests a name; `quality` falls with misspelling and partial names.
    """

    span: Span
    entries: tuple[Entry, ...]
    whole: bool
    quality: float
    weak: bool = False

    def one_kind(self, kinds: Iterable[NameKind]) -> list[str]:
        """The names of the first of the kinds that has any, in the order of preference given."""
        for kind in kinds:
            names = [entry.name for entry in self.entries if entry.kind == kind]
            if names:
                return list(dict.fromkeys(names))
        return []

    def of(self, kinds: Iterable[NameKind]) -> tuple[Entry, ...]:
        """The entries of the given kinds."""
        wanted = frozenset(kinds)
        return tuple(entry for entry in self.entries if entry.kind in wanted)


def _other_person(mention: NameMention, tokens: list[Token], message: str) -> bool:
    """True when a first or last name stands beside a capital word that is no part of the entry: somebody else."""
    if mention.whole or not all(entry.kind in PEOPLE for entry in mention.entries):
        return False
    at = next((i for i, t in enumerate(tokens) if t.span.start == mention.span.start), -1)
    last = next((i for i, t in enumerate(tokens) if t.span.end == mention.span.end), at)
    if at < 0 or not tokens[at].capital:
        return False
    possessive = tokens[last].text.endswith(("'s", "s'"))
    beside = [(at - 1, at), (last, last + 1)] if not possessive else [(at - 1, at)]
    for left, right in beside:
        if left < 0 or right >= len(tokens) or not _adjacent(message, tokens[left], tokens[right]):
            continue
        other = tokens[left] if right == at else tokens[right]
        if other.text[:1].isupper() and not is_ordinary(other.key) and other.text.isalpha():
            return True
    return False


def names_of(entries: Iterable[Entry]) -> list[str]:
    """Their names, each once, in order."""
    return list(dict.fromkeys([entry.name for entry in entries]))


@dataclass(slots=True)
class _Form:
    """One way to write an entry, as folded words."""

    words: tuple[str, ...]
    entry: int
    alias: bool


class NameIndex:
    """Finds names in messages. Built once per set of names."""

    def __init__(self, names: Names) -> None:
        self.entries: list[Entry] = []
        self._forms: list[_Form] = []
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._joined: dict[str, list[int]] = defaultdict(list)
        for kind, name, aliases in _listed(names):
            self._add(kind, name, aliases)
        self._kind_of = [self.entries[form.entry].kind for form in self._forms]

    def _add(self, kind: NameKind, name: str, aliases: Iterable[str]) -> None:
        entry = len(self.entries)
        self.entries.append(Entry(kind, name))
        for alias, spelling in enumerate((name, *aliases)):
            words = _name_words(spelling)
            if not words:
                continue
            form = len(self._forms)
            self._forms.append(_Form(words, entry, alias > 0))
            for position, word in enumerate(words):
                self._postings[word].append((form, position))
            if kind != "resident" and len("".join(words)) > 3:
                self._joined["".join(words)].append(form)

    @cached_property
    def _buckets(self) -> dict[tuple[str, int], list[str]]:
        buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._postings:
            buckets[word[0], len(word)].append(word)
        return buckets

    def knows(self, word: str) -> bool:
        """True when a folded word is part of any name."""
        return word in self._postings

    def _matches(self, token: Token) -> list[tuple[str, float]]:
        """Words of names that a message word may stand for, with how well it fits."""
        found: list[tuple[str, float]] = []
        for n, key in enumerate(singular_keys(token)):
            if key in self._postings:
                found.append((key, 1.0 - 0.02 * n))
        expanded = _SHORT.get(token.key)
        if expanded and expanded in self._postings:
            found.append((expanded, 0.95))
        if not found and len(token.key) >= 4 and not is_ordinary(token.key) and token.key.isalpha():
            found.extend(self._similar(singular_keys(token)))
        return found

    def _similar(self, keys: tuple[str, ...]) -> Iterator[tuple[str, float]]:
        seen: set[str] = set()
        for key in keys:
            allowed = 1 if len(key) < 8 else 2
            if len(key) < 4:
                continue
            for length in range(len(key) - allowed, len(key) + allowed + 1):
                for first in {key[0], key[1]}:
                    for word in self._buckets.get((first, length), ()):
                        if word in seen or len(word) < 4:
                            continue
                        distance = OSA.distance(key, word, score_cutoff=allowed)
                        if distance <= allowed:
                            seen.add(word)
                            yield word, 0.9 - 0.06 * distance

    def find(self, message: str, taken: Iterable[Span] = ()) -> list[NameMention]:
        """Every name mentioned outside the `taken` spans, longest first wins; in message order."""
        blocked = list(taken)
        tokens = [t for t in tokenize(message) if not any(t.span.overlaps(b) for b in blocked)]
        candidates: list[NameMention] = []
        matches = [self._matches(token) for token in tokens]
        for at in range(len(tokens)):
            candidates.extend(self._runs_from(at, tokens, matches, message))
            candidates.extend(self._joined_at(at, tokens))
        candidates.sort(key=lambda c: (c.weak, -(c.quality + 0.35 * _words_in(c, message)), c.span.start))
        chosen: list[NameMention] = []
        for candidate in candidates:
            clash = next((c for c in chosen if c.span.overlaps(candidate.span)), None)
            if clash is None:
                chosen.append(candidate)
            elif clash.span == candidate.span and abs(clash.quality - candidate.quality) < 0.12:
                chosen.remove(clash)
                merged = dict.fromkeys((*clash.entries, *candidate.entries))
                chosen.append(
                    NameMention(clash.span, tuple(merged), clash.whole or candidate.whole, clash.quality, clash.weak)
                )
        kept = [c for c in chosen if not _other_person(c, tokens, message)]
        return sorted(kept, key=lambda c: c.span.start)

    def _joined_at(self, at: int, tokens: list[Token]) -> Iterator[NameMention]:
        """Names written with other spaces: "stone gate" for Stonegate, "mapplegrove" for Maple Grove."""
        for length in (1, 2, 3):
            part = tokens[at : at + length]
            if len(part) < length:
                return
            for n, last in enumerate(singular_keys(part[-1])):
                forms = self._joined.get("".join([*(t.key for t in part[:-1]), last]), ())
                forms = [f for f in forms if len(self._forms[f].words) != length]
                if forms:
                    entries = tuple(dict.fromkeys(self.entries[self._forms[f].entry] for f in forms))
                    yield NameMention(
                        Span(part[0].span.start, part[-1].span.end), entries, whole=True, quality=0.97 - 0.02 * n
                    )

    def _runs_from(
        self, at: int, tokens: list[Token], matches: list[list[tuple[str, float]]], message: str
    ) -> Iterator[NameMention]:
        reached: dict[int, tuple[int, int, float]] = {}
        for word, fit in matches[at]:
            for form, position in self._postings[word]:
                if form not in reached or reached[form][2] < fit:
                    reached[form] = (position, position, fit)
        length = 1
        while reached:
            yield from self._mentions(reached, tokens[at : at + length], message)
            nxt = at + length
            if nxt >= len(tokens) or length >= 6 or not _adjacent(message, tokens[nxt - 1], tokens[nxt]):
                return
            grown: dict[int, tuple[int, int, float]] = {}
            for word, fit in matches[nxt]:
                for form, position in self._postings[word]:
                    before = reached.get(form)
                    if before and 0 < position - before[1] <= (1 if length == 1 else 2):
                        grown[form] = (before[0], position, before[2] + fit)
            reached = grown
            length += 1

    def _mentions(
        self, reached: dict[int, tuple[int, int, float]], part: list[Token], message: str
    ) -> Iterator[NameMention]:
        span = Span(part[0].span.start, part[-1].span.end)
        full: dict[Entry, float] = {}
        partial: dict[Entry, float] = {}
        for form, (first, _last, total) in reached.items():
            words = self._forms[form].words
            fit = total / len(part)
            entry = self.entries[self._forms[form].entry]
            if len(words) == len(part):
                full[entry] = max(full.get(entry, 0.0), fit)
            elif _may_stand_alone(words, first, len(part), entry.kind):
                rank = fit - (0.12 if first == 0 else 0.2)
                partial[entry] = max(partial.get(entry, 0.0), rank)
        for group, whole in ((full, True), (partial, False)):
            best = max(group.values(), default=0.0)
            if best < (0.8 if len(part) > 1 or whole else 0.7):
                continue
            entries = tuple(entry for entry, fit in group.items() if fit >= best - 0.05)
            placed = _NAME_PLACE.search(message[: span.start]) is not None and len(part[0].key) > 4
            if len(part) == 1 and not placed and best < 0.86 - (0 if whole else 0.12) and len(part[0].key) < 6:
                continue  # one short misspelled word is not a name
            yield NameMention(
                span, entries, whole, best, weak=_is_weak(part, span, message, entries[0].kind, whole=whole)
            )


def _listed(names: Names) -> Iterator[tuple[NameKind, str, tuple[str, ...]]]:
    for name, aliases in names.properties.items():
        yield "property", name, tuple(aliases)
    groups: tuple[tuple[NameKind, tuple[str, ...]], ...] = (
        ("resident", names.residents),
        ("contact", names.contacts),
        ("teammate", names.team),
    )
    for kind, people in groups:
        for name in people:
            yield kind, name, ()
    for kind, group in (("company", names.companies), ("vendor", names.vendors)):
        for name in group:
            yield kind, name, _spaced(name)  # pyright: ignore[reportReturnType]


def _spaced(name: str) -> tuple[str, ...]:
    """ "BlueHarbor REIT" is also written "Blue Harbor REIT"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    joined = name.replace("&", "and")
    return tuple(spelling for spelling in (apart, joined) if spelling != name)


def _name_words(name: str) -> tuple[str, ...]:
    words = tuple(w.key for w in tokenize(name.replace("’", "'")) if w.key)
    full = tuple(_SHORT.get(w, w) for w in words)
    return full[1:] if len(full) > 1 and full[0] == "the" else full


def _may_stand_alone(words: tuple[str, ...], first: int, length: int, kind: NameKind) -> bool:
    """Whether a part of a name may stand for it: never only words like "apartments" or "group"."""
    part = words[first : first + length]
    if all(word in _GENERIC for word in part):
        return False
    if any(len(word) < 3 for word in part) and length == 1:
        return False
    return kind in PEOPLE or first == 0 or all(w in _GENERIC or len(w) < 3 for w in words[:first])


def _adjacent(message: str, left: Token, right: Token) -> bool:
    return re.fullmatch(r"[\s.&-]{1,3}", message[left.span.end : right.span.start]) is not None


def _words_in(mention: NameMention, message: str) -> int:
    return len(message[mention.span.start : mention.span.end].split())


_NAME_PLACE = re.compile(
    r"(?i)\b(?:at|for|in|of|near|around|to|from|text|email|sms|message|with|about|over at|vs\.?|versus|call|"
    r"the|between|"
    r"resident|tenant|contact|tell|assign|ask|and|or|serve|on|by|how's|hows|is)\s+$"
)
#: Where an ordinary word that is only part of a name may still stand for it.
_PLACE_OF_PART = re.compile(r"(?i)\b(?:at|near|around|is|from|for|in|over at|vs\.?|versus|with)\s+(?:the )?$")
_PERSON_OF_PART = re.compile(r"(?i)\b(?:text|email|sms|message|tell|ask|resident|tenant|assign|task|give|have)\s+$")


def _is_weak(part: list[Token], span: Span, message: str, kind: NameKind, *, whole: bool) -> bool:
    """True when every matched word is ordinary English and nothing around it says "this is a name"."""
    if not all(is_ordinary(t.key) or is_ordinary(singular_keys(t)[-1]) for t in part):
        return False
    if len(part) > 1:
        return False
    before = message[: span.start]
    capital_inside = part[0].text[:1].isupper() and bool(before.strip()) and not re.search(r"[.!?]\s*$", before)
    if capital_inside and not message.isupper():
        return False
    if whole:
        return not (_NAME_PLACE.search(before) or part[-1].text.lower().endswith(("'s", "s'")))
    place = _PERSON_OF_PART if kind in PEOPLE else _PLACE_OF_PART
    return part[0].key in MONTHS or not place.search(before)


def folded(name: str) -> str:
    """A whole name folded for comparison."""
    return " ".join(fold(word) for word in name.split())
