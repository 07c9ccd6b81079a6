"""Free-text arguments and open names: which text of the request each one gets, by the argument's own name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.gateways.embedded import free_text
from app.gateways.embedded.lexicon.ordinary import is_ordinary
from app.gateways.embedded.names import PEOPLE
from app.gateways.embedded.text import Span, tokenize

if TYPE_CHECKING:
    from app.gateways.embedded.arguments import Argument
    from app.gateways.embedded.filling import Filled


def fill_text(filled: Filled, argument: Argument) -> None:
    """Cuts the argument's text out of the request, when there is one."""
    text = _cut(filled, argument.name)
    if text:
        filled.arguments[argument.name] = text


def _cut(filled: Filled, name: str) -> str | None:
    if name == "query":
        recorded = any(a.kind == "date" for a in filled.shape.arguments)
        return free_text.topic_text(filled.found, filled.used) if recorded else free_text.question_text(filled.found)
    return _CUTTERS.get(name, _message)(filled)


def _message(filled: Filled) -> str | None:
    return free_text.message_text(filled.found, _first_person_span(filled))


_CUTTERS: Mapping[str, Callable[[Filled], str | None]] = {
    "message": _message,
    "subject": lambda f: free_text.email_parts(f.found, _first_person_span(f))[0],
    "body": lambda f: free_text.email_parts(f.found, _first_person_span(f))[1],
    "description": lambda f: free_text.problem_text(f.found, f.used),
    "note": lambda f: free_text.note_text(f.found, _first_person_span(f)),
    "title": lambda f: free_text.title_text(f.found, _when_and_whom(f)),
    "text": lambda f: free_text.reminder_text(
        f.found, [*(d.span for d in f.found.dates), *(t.span for t in f.found.times)]
    ),
    "role": lambda f: free_text.role_text(f.found, [m.span for m in f.found.names if not m.weak]),
}


def _first_person_span(filled: Filled) -> Span | None:
    people = {a.name for a in filled.shape.arguments if a.kind == "person"}
    if not people & filled.arguments.keys():
        return None
    mentions = [m.span for m in filled.found.names_of(PEOPLE)]
    mentions += [i.span for i in filled.found.ids if i.kind in {"phone", "email"}]
    mentions += list(filled.found.strangers)
    used = [span for span in mentions if not filled.is_free(span)]
    return min(used, key=lambda span: span.start, default=None)


def _when_and_whom(filled: Filled) -> list[Span]:
    dates = [d.span for d in filled.found.dates if not filled.is_free(d.span)]
    people = [m.span for m in filled.found.names_of(frozenset({"teammate"})) if not filled.is_free(m.span)]
    return [*dates, *people[:1]]


_AFTER_CONTACT = re.compile(
    r"(?i)\b(?:contact|contacts|record|prospect|lead|named|add|put|save|register|enter|get|met|store|text|sms|"
    r"email|message|tour for|showing for|book|sign|schedule|visit for|for)\b\s*(?:for|named|called|:|-)"
    r"?\s*(?P<n>[a-z][a-z'-]+ [a-z][a-z'-]+)"
)


def open_person(filled: Filled) -> tuple[str, Span] | None:
    """A person's name that no list holds: capitalised words, or two unknown words where a name must stand."""
    for span in filled.found.strangers:
        if filled.is_free(span):
            return filled.found.text(span), span
    for m in _AFTER_CONTACT.finditer(filled.found.message):
        span = Span(m.start("n"), m.end("n"))
        words = tokenize(m["n"])
        if any(is_ordinary(word.key) for word in words) or not filled.is_free(span):
            continue
        if any(span.overlaps(m.span) for m in filled.found.names if not m.weak):
            continue
        return " ".join(w.text.capitalize() for w in words), span
    return None


_AT_COMPANY = re.compile(
    r"\b(?:at|with|from|of|@|move|push|mark|set|advance)\s+(?:the )"
    r"?(?P<c>[A-Z][\w&'-]*(?:\s+(?:[A-Z][\w&'-]*|&|and(?= [A-Z])))*)"
)


def open_company(filled: Filled) -> tuple[str, Span] | None:
    """A company no list holds: capitalised words after "at", "with", "from" … Where somebody new is named, too, the
    first such name is the person's: "Paul Reyes at Reyes Group"."""
    person = filled.found.strangers[:1] if "person" in filled.shape.kinds() else filled.found.strangers
    for m in _AT_COMPANY.finditer(filled.found.message):
        span = Span(m.start("c"), m.end("c"))
        if any(span.overlaps(s) for s in person):
            continue
        if (
            filled.is_free(span)
            and not any(span.overlaps(n.span) for n in filled.found.names)
            and not is_ordinary(m["c"].lower())
        ):
            return m["c"], span
    return None


_AT_PROPERTY = re.compile(
    r"\b(?:[Aa]t|[Ff]or|[Ii]n)\s+(?:the )?(?P<c>[A-Z][\w']+(?: [A-Z][\w']+)+)|\bat\s+(?:the )"
    r"?(?P<l>[a-z]{4,}(?: [a-z]{4,})?)(?=[?.!]*$)"
)


def open_property(filled: Filled) -> tuple[str, Span] | None:
    """A community no list holds: better to hear that it is unknown than to get an answer about all of them."""
    found = filled.found
    strangers = found.strangers if "person" in filled.shape.kinds() else ()
    for m in _AT_PROPERTY.finditer(found.message):
        group = "c" if m["c"] else "l"
        span = Span(m.start(group), m.end(group))
        busy = [
            *(n.span for n in found.names),
            *strangers,
            *found.quotes,
            *found.when(),
            *(i.span for i in found.ids),
        ]
        if is_ordinary(m[group].split()[0].lower()) or any(span.overlaps(b) for b in busy):
            continue
        return m[group], span
    return None
