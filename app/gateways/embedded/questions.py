"""The one question that is asked back when something is missing, ambiguous or unclear."""

import re

from app.gateways.embedded.arguments import Argument, Kind
from app.gateways.embedded.filling import Filled
from app.gateways.embedded.plan import Call, Plan

_ASK: dict[Kind, str] = {
    "property": "Which property?",
    "properties": "Which properties should I compare?",
    "person": "Who is it about?",
    "company": "Which company?",
    "unit": "Which unit?",
    "work_order": "Which work order? Its number is enough, for example WO-1042.",
    "date": "For which date?",
    "time": "At what time?",
    "money": "What amount?",
    "installments": "In how many payments?",
    "channel": "In which channel?",
    "phone": "Which phone number?",
    "email": "Which e-mail address?",
}
_BY_NAME = {
    "recipient": "Who should get it?",
    "message": "What should the message say?",
    "body": "What should the e-mail say?",
    "description": "What is wrong there?",
    "note": "What should the note say?",
    "title": "What is to be done?",
    "text": "What should I remind you of?",
    "query": "What should I look for?",
    "new_rent": "What should the new rent be?",
    "resident": "Which resident?",
    "prospect": "Who is the tour for?",
    "contact": "Which contact?",
    "name": "What is the name?",
    "deal": "Which deal?",
}


def humanize(value: str) -> str:
    """An enum value or argument name as words."""
    return value.replace("_", " ")


def ask_missing(filled: Filled, confidence: float) -> Plan:
    """Asks for the first required argument that nothing filled."""
    name = filled.missing[0]
    argument = filled.shape.named(name)
    question, options = _question(name, argument)
    partial = Call(filled.shape.spec.name, dict(filled.arguments))
    return Plan("clarify", (), confidence, question, options, partial, name)


def _question(name: str, argument: Argument | None) -> tuple[str, tuple[str, ...]]:
    if argument is not None and argument.kind == "enum":
        options = tuple(humanize(v) for v in argument.values)
        return f"Which {humanize(name)}?", options
    known = _BY_NAME.get(name) or (_ASK.get(argument.kind) if argument else None)
    return known or f"What is the {humanize(name)}?", ()


def ask_which(filled: Filled, confidence: float) -> Plan:
    """Asks which of several equally good names is meant."""
    name, options = next(iter(filled.choices.items()))
    words = _common_word(options)
    question = f"Which {words}?" if words else f"Which {humanize(name)} do you mean?"
    rest = {k: v for k, v in filled.arguments.items() if k != name}
    partial = Call(filled.shape.spec.name, rest)
    return Plan("clarify", (), confidence, question, options[:8], partial, name)


def _common_word(options: tuple[str, ...]) -> str:
    shared = set(options[0].split())
    for option in options[1:]:
        shared &= set(option.split())
    return next((word for word in options[0].split() if word in shared and len(word) > 2), "")


def ask_meaning(descriptions: tuple[str, ...], confidence: float) -> Plan:
    """Offers the likeliest readings of an unclear request."""
    if not descriptions:
        return Plan("clarify", (), confidence, "What would you like to do, and for which property or person?")
    return Plan("clarify", (), confidence, "I am not sure what you need. Is it one of these?", descriptions)


def short(description: str) -> str:
    """A tool's description as a button label."""
    first = re.split(r"[:;(]|, ", description, maxsplit=1)[0].strip()
    return first if len(first) <= 72 else first[:71].rstrip() + "…"
