"""Fills a tool's arguments from what was found in the request: schema-driven, one small filler per kind.

Returns what it filled, what is missing, which names could mean several entries, and what the tool had no use for.
The planner ranks with that and asks with that. Free texts are cut in `free_text`, periods chosen in `calendar_args`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.gateways.embedded.arguments import Argument, Kind, Shape
from app.gateways.embedded.calendar_args import fill_dates
from app.gateways.embedded.codes import fill_code
from app.gateways.embedded.entities import Entities
from app.gateways.embedded.enums import find_values
from app.gateways.embedded.ids import IdMention, unit_likelihood
from app.gateways.embedded.lexicon.synonyms import flag_is_set
from app.gateways.embedded.names import COMPANIES, PEOPLE, PROPERTY, TEAM, NameMention, names_of
from app.gateways.embedded.text import Span
from app.gateways.embedded.writing import fill_text, open_company, open_person, open_property

Value = Any


@dataclass
class Filled:
    """A tool's arguments as far as the request gives them."""

    shape: Shape
    found: Entities
    arguments: dict[str, Value] = field(default_factory=dict[str, Value])
    #: Names that fit several entries, by argument.
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    #: Further values of a single-valued argument ("noi and revenue"): one more call each.
    further: dict[str, list[Value]] = field(default_factory=dict[str, list[Value]])
    used: list[Span] = field(default_factory=list[Span])
    #: A name was taken that the data lists under another kind (a contact where a resident is wanted).
    mismatched: int = 0

    @property
    def missing(self) -> list[str]:
        """Required arguments that nothing filled."""
        return [a.name for a in self.shape.arguments if a.required and a.name not in self.arguments]

    def take(self, argument: Argument, value: Value, *spans: Span) -> None:
        """Sets an argument and marks where it came from."""
        self.arguments[argument.name] = value
        self.used.extend(spans)

    def is_free(self, span: Span) -> bool:
        """True when no argument has used these characters."""
        return not any(span.overlaps(used) for used in self.used)


def fill(shape: Shape, found: Entities) -> Filled:
    """Everything the request says for this tool. Never raises on any text."""
    filled = Filled(shape, found)
    for kind, filler in _FILLERS:
        for argument in shape.arguments:
            if argument.kind == kind:
                filler(filled, argument)
    fill_dates(filled)
    for argument in shape.arguments:
        if argument.kind == "code":
            fill_code(filled, argument)
    for argument in shape.arguments:
        if argument.kind == "text":
            fill_text(filled, argument)
    return filled


def wasted(filled: Filled) -> float:
    """How much of what was found this tool has no use for; texts swallow what they contain."""
    found, kinds = filled.found, filled.shape.kinds()
    total = 0.0
    swallows = any(isinstance(v, str) and len(v) > 12 for n, v in filled.arguments.items() if _is_text(filled, n))
    if swallows:
        return 0.0
    total += sum(
        0.8 for m in found.names_of(PROPERTY) if not kinds & {"property", "properties"} and filled.is_free(m.span)
    )
    total += sum(
        1.8
        for m in found.names_of(PEOPLE)
        if "person" not in kinds and not m.of(COMPANIES | PROPERTY) and filled.is_free(m.span)
    )
    total += sum(0.6 for m in found.names_of(COMPANIES) if filled.is_free(m.span) and not m.of(PEOPLE | PROPERTY))
    total += sum(1.0 for m in found.ids if m.sure and filled.is_free(m.span))
    total += sum(0.5 for m in found.amounts if m.limit and "money" not in kinds and filled.is_free(m.span))
    total += sum(0.7 for c in found.counts if c.kind in {"bedrooms", "bathrooms", "miles"} and c.kind not in kinds)
    total += 0.4 if found.dates and "date" not in kinds and not kinds & {"enum"} else 0.0
    total += 0.4 if found.times and "time" not in kinds else 0.0
    return min(total, 2.5)


#: Values whose words serve too many requests to speak for one tool.
_COMMON_VALUES = frozenset({"open", "done", "completed", "late_rent", "leasing", "user", "daily", "weekly", "monthly"})


def telling_values(filled: Filled) -> int:
    """How many optional enumerated arguments the request names in words that hardly mean anything else (at most 2)."""
    optional = (a for a in filled.shape.arguments if a.kind == "enum" and not a.required)
    return min(2, sum(1 for a in optional if filled.arguments.get(a.name, "open") not in _COMMON_VALUES))


def _is_text(filled: Filled, name: str) -> bool:
    argument = filled.shape.named(name)
    return argument is not None and argument.kind == "text"


def _first_id(kind: Kind) -> Callable[[Filled, Argument], None]:
    def filler(filled: Filled, argument: Argument) -> None:
        mentions = [i for i in filled.found.ids if i.kind == kind and filled.is_free(i.span)]
        if mentions:
            filled.take(argument, mentions[0].value, mentions[0].span)

    return filler


def _work_order(filled: Filled, argument: Argument) -> None:
    for mention in filled.found.ids_of("work_order"):
        filled.take(argument, mention.value, mention.span)
        return
    bare = [i for i in filled.found.ids_of("unit") if i.value.isdigit() and len(i.value) >= 3 and not i.sure]
    if bare and argument.required:
        filled.take(argument, f"WO-{bare[0].value}", bare[0].span)


def _unit(filled: Filled, argument: Argument) -> None:
    mentions = [m for m in filled.found.ids_of("unit") if filled.is_free(m.span)]
    if not mentions:
        return
    scored = [(_likely_unit(filled, m), -m.span.start, m) for m in mentions]
    score, _, best = max(scored, key=lambda s: s[:2])
    if score >= (0.3 if argument.required else 0.55):
        filled.take(argument, best.value, best.span)


def _likely_unit(filled: Filled, mention: IdMention) -> float:
    score = unit_likelihood(filled.found.message, mention)
    near = any(-1 <= p.span.start - mention.span.end <= 2 for p in filled.found.names_of(PROPERTY))
    return min(1.0, score + (0.4 if near and not mention.sure else 0.0))


def _property(filled: Filled, argument: Argument) -> None:
    mentions = filled.found.names_of(PROPERTY)
    if not mentions and argument.required:
        mentions = filled.found.names_of(PROPERTY, weak=True)
    values = [(m, m.of(PROPERTY)) for m in mentions if filled.is_free(m.span)]
    if not values:
        unknown = open_property(filled)
        if unknown:
            filled.take(argument, unknown[0], unknown[1])
        return
    mention, entries = values[0]
    names = names_of(entries)
    if len(names) > 1:
        filled.choices[argument.name] = tuple(names)
    filled.take(argument, names[0], mention.span)
    for other, entries in values[1:]:
        name = entries[0].name
        if name not in {filled.arguments[argument.name], *filled.further.get(argument.name, ())}:
            filled.further.setdefault(argument.name, []).append(name)
        filled.used.append(other.span)


_ALL_OF_THEM = re.compile(
    r"(?i)\b(?:all|every|each|which|what|our|by|per|across|most|least|best|worst|highest|lowest)\b(?: \w+){0,3}? "
    r"(?:communit(?:y|ies)|propert(?:y|ies)|sites?)\b|\bevery(?:where| one of them)\b"
)


def _properties(filled: Filled, argument: Argument) -> None:
    names: list[str] = []
    for mention in filled.found.names_of(PROPERTY):
        entries = names_of(mention.of(PROPERTY))
        if len(entries) > 1:
            filled.choices[argument.name] = tuple(entries)
        if entries[0] not in names:
            names.append(entries[0])
        filled.used.append(mention.span)
    if len(names) >= 2 or (not names and _ALL_OF_THEM.search(filled.found.message)):
        filled.arguments[argument.name] = tuple(names)


def _person(filled: Filled, argument: Argument) -> None:
    chosen = _people_for(filled, argument)
    if argument.open and argument.name == "name":
        stranger = open_person(filled)
        if stranger and not (chosen and chosen[0][0].whole and not filled.found.strangers):
            filled.take(argument, stranger[0], stranger[1])
            return
    if chosen:
        mention, names = chosen[0]
        if len(names) > 1:
            filled.choices[argument.name] = tuple(names)
        filled.take(argument, names[0], mention.span)
        for other, more in chosen[1:]:
            between = filled.found.message[mention.span.end : other.span.start].lower()
            if re.fullmatch(r"\s*(?:,|and|&|, and|plus|or)\s*", between) and len(more) == 1:
                filled.further.setdefault(argument.name, []).append(more[0])
                filled.used.append(other.span)
        return
    if argument.open:
        for mention in filled.found.ids:
            if mention.kind in {"phone", "email"} and "recipient" in argument.name:
                filled.take(argument, mention.value, mention.span)
                return
        stranger = open_person(filled)
        if stranger:
            filled.take(argument, stranger[0], stranger[1])
            return
    _other_person(filled, argument)


def _people_for(filled: Filled, argument: Argument) -> list[tuple[NameMention, list[str]]]:
    """Mentions that may fill the argument, each with the names of the most wanted kind."""
    out: list[tuple[NameMention, list[str]]] = []
    for mention in filled.found.names_of(argument.people):
        if not filled.is_free(mention.span) or (not argument.required and _already_did(filled, mention)):
            continue
        if "company" not in argument.people and mention.of(PROPERTY) and not mention.of(PEOPLE):
            continue
        if argument.name == "recipient":
            names = names_of(mention.of(argument.people))
            team = names_of(mention.of(TEAM))
            if team and len(names) > 1 and mention.whole:
                names = team
        else:
            names = mention.one_kind(argument.people)
        out.append((mention, names))
    return out


def _already_did(filled: Filled, mention: NameMention) -> bool:
    """True for "luis just finished": who did it is not whom to give it to."""
    after = filled.found.message[mention.span.end :]
    return filled.shape.changes and bool(
        re.match(
            r"(?i)\s+(?:just |has |already |says? |said |told )*(?:finished|fixed|completed|did|closed|"
            r"done|wrapped)\b",
            after,
        )
    )


def _other_person(filled: Filled, argument: Argument) -> None:
    """A person of another kind, or one no list holds, rather than none: the tool will say what it found."""
    if "vendor" in argument.people or (not argument.required and argument.name != "name"):
        people: frozenset[Any] = frozenset({"resident", "contact"} if "vendor" in argument.people else ())
    else:
        people = PEOPLE
    for mention in filled.found.names_of(people):
        names = names_of(mention.of(people))
        if filled.is_free(mention.span):
            filled.mismatched += 1
            if len(names) > 1:
                filled.choices[argument.name] = tuple(names)
            filled.take(argument, names[0], mention.span)
            return
    if (argument.required or argument.name == "name") and filled.found.strangers:
        span = filled.found.strangers[0]
        filled.mismatched += 1
        filled.take(argument, filled.found.text(span), span)


def _company(filled: Filled, argument: Argument) -> None:
    for mention in filled.found.names_of(COMPANIES):
        names = mention.one_kind(argument.people)
        if not names or not filled.is_free(mention.span):
            continue
        if len(names) > 1:
            filled.choices[argument.name] = tuple(names)
        filled.take(argument, names[0], mention.span)
        return
    if argument.required or filled.shape.changes:
        unknown = open_company(filled)
        if unknown:
            filled.take(argument, unknown[0], unknown[1])


def _count(kind: Kind) -> Callable[[Filled, Argument], None]:
    def filler(filled: Filled, argument: Argument) -> None:
        for count in filled.found.counts:
            if count.kind == kind and (filled.is_free(count.span) or kind in {"bathrooms", "bedrooms"}):
                value = int(count.value) if float(count.value).is_integer() else count.value
                filled.take(argument, value, count.span)
                return

    return filler


def _money(filled: Filled, argument: Argument) -> None:
    amounts = [a for a in filled.found.amounts if filled.is_free(a.span)]
    if argument.side:
        fitting = [a for a in amounts if a.limit == argument.side]
        if not fitting and argument.side == "max" and filled.shape.named(argument.name.replace("max", "min")):
            fitting = [a for a in amounts if not a.limit and (a.money or a.value >= 300)]
        if not fitting and argument.side == "min" and not filled.shape.named(argument.name.replace("min", "max")):
            fitting = [a for a in amounts if not a.limit and a.money]
    else:
        counted = {c.span for c in filled.found.counts if c.kind == "installments"}
        fitting = [a for a in amounts if a.money] or [
            a for a in amounts if not any(a.span.overlaps(c) for c in counted)
        ]
        fitting = [a for a in fitting if a.money or a.value >= 50] or (fitting if argument.required else [])
    if fitting:
        best = fitting[-1] if not argument.side and filled.shape.changes else fitting[0]
        value = int(best.value) if float(best.value).is_integer() else best.value
        filled.take(argument, value, best.span)


def _enum(filled: Filled, argument: Argument) -> None:
    values = find_values(argument, filled)
    if not values:
        return
    filled.arguments[argument.name] = values[0]
    if argument.required and len(values) > 1 and not filled.shape.changes:
        filled.further[argument.name] = list(values[1:])


def _flag(filled: Filled, argument: Argument) -> None:
    if flag_is_set(argument.name, filled.found.message):
        filled.arguments[argument.name] = True


def _time(filled: Filled, argument: Argument) -> None:
    if filled.found.times:
        first = filled.found.times[0]
        filled.take(argument, first.value, first.span)
    elif not filled.shape.named("frequency"):
        part = re.search(
            r"(?i)\b(?:in the |tomorrow |this |first thing (?:in the |tomorrow )?)(morning)\b", filled.found.message
        )
        if part:
            filled.arguments[argument.name] = "09:00"


_FILLERS: tuple[tuple[Kind, Callable[[Filled, Argument], None]], ...] = (
    ("email", _first_id("email")),
    ("phone", _first_id("phone")),
    ("channel", _first_id("channel")),
    ("work_order", _work_order),
    ("properties", _properties),
    ("property", _property),
    ("person", _person),
    ("company", _company),
    ("bedrooms", _count("bedrooms")),
    ("bathrooms", _count("bathrooms")),
    ("miles", _count("miles")),
    ("days", _count("days")),
    ("unit", _unit),
    ("installments", _count("installments")),
    ("money", _money),
    ("enum", _enum),
    ("flag", _flag),
    ("time", _time),
)
