"""Takes an answer to Sophia's own question and finishes the call the question was about."""

import re
from datetime import datetime

from app.gateways.embedded.arguments import Argument, Shape
from app.gateways.embedded.entities import find_entities
from app.gateways.embedded.enums import find_values
from app.gateways.embedded.filling import Filled, fill
from app.gateways.embedded.free_text import tidy
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.plan import Call, Plan
from app.gateways.embedded.questions import ask_missing, humanize, short
from app.gateways.embedded.reading import Reader
from app.gateways.embedded.text import clean, fold


def finish(pending: Plan, answer: str, reader: Reader, index: NameIndex, now: datetime, about: str) -> Plan | None:
    """The plan once the answer is in, or None when the message is something else altogether."""
    text = clean(answer)
    if pending.partial is None:
        return _picked_reading(pending, text, reader, index, now, about)
    shape = reader.shapes.get(pending.partial.name)
    argument = shape.named(pending.asked) if shape else None
    if shape is None or argument is None:
        return None
    value = _value(shape, argument, text, pending, reader, index, now)
    if value is None:
        return None
    filled = fill(shape, find_entities(text, index, now))
    extra = {k: v for k, v in filled.arguments.items() if _adds(shape, k)}
    arguments = {**extra, **pending.partial.arguments, argument.name: value}
    ordered = {a.name: arguments[a.name] for a in shape.arguments if a.name in arguments}
    whole = Filled(shape, filled.found, ordered)
    if whole.missing:
        return ask_missing(whole, 0.9)
    return Plan("call", (Call(shape.spec.name, ordered),), 0.9)


def _adds(shape: Shape, name: str) -> bool:
    argument = shape.named(name)
    return argument is not None and argument.kind != "text"


def _value(
    shape: Shape, argument: Argument, text: str, pending: Plan, reader: Reader, index: NameIndex, now: datetime
) -> object | None:
    chosen = _option(pending.options, text)
    if chosen is not None:
        return chosen.replace(" ", "_") if argument.kind == "enum" else chosen
    if _is_other_request(text, reader, index, now, shape.spec.name):
        return None
    filled = fill(shape, find_entities(text, index, now))
    if argument.kind == "enum":
        return next(iter(find_values(argument, filled)), None)
    if argument.kind == "text":
        return tidy(text) or None
    found = filled.arguments.get(argument.name)
    return found if found is not None else _bare_value(argument, text)


def _bare_value(argument: Argument, text: str) -> object | None:
    """A short answer taken as it stands: a name nobody knows, a number, a unit."""
    if argument.kind in {"person", "company", "property"} and len(text.split()) <= 5:
        return tidy(text) or None
    if argument.kind in {"installments", "money", "count"}:
        number = re.search(r"\d+(?:\.\d+)?", text.replace(",", ""))
        value = float(number.group()) if number else None
        return int(value) if value is not None and value.is_integer() else value
    unit = re.search(r"\w*\d\w*", text) if argument.kind == "unit" else None
    return unit.group().upper() if unit else None


def _option(options: tuple[str, ...], text: str) -> str | None:
    """The option that the answer names: whole, by a part only it has, or by its number."""
    said = fold(text.strip(" .!?"))
    number = re.fullmatch(r"(?:the )?(?:#|number |option )?(\d|first|second|third)(?: one)?", said)
    if number:
        place = {"first": 1, "second": 2, "third": 3}.get(number[1]) or int(number[1] if number[1].isdigit() else 0)
        return options[place - 1] if 0 < place <= len(options) else None
    whole = [o for o in options if fold(o) == said]
    if whole:
        return whole[0]
    words = set(said.split())
    part = [o for o in options if words and (words <= set(fold(o).split()) or set(fold(o).split()) <= words)]
    return part[0] if len(part) == 1 else None


def _is_other_request(text: str, reader: Reader, index: NameIndex, now: datetime, name: str) -> bool:
    if len(text.split()) < 4:
        return False
    best = reader.read(text, index, now).best
    return best.filled is not None and best.label != name and best.probability > 0.75 and not best.filled.missing


def _picked_reading(
    pending: Plan, text: str, reader: Reader, index: NameIndex, now: datetime, about: str
) -> Plan | None:
    """The person picked one of the offered readings of their earlier message."""
    chosen = _option(tuple(humanize(o) for o in pending.options), text) or (text if text in pending.options else None)
    if chosen is None:
        return None
    for shape in reader.shapes.values():
        if short(shape.spec.description) == chosen:
            filled = fill(shape, find_entities(clean(about), index, now))
            if filled.missing:
                return ask_missing(filled, 0.9)
            ordered = {a.name: filled.arguments[a.name] for a in shape.arguments if a.name in filled.arguments}
            return Plan("call", (Call(shape.spec.name, ordered),), 0.9)
    return None
