"""What a request takes from the one before it: "text her", "put him on a plan", "any open work orders there?"."""

import re
from collections.abc import Sequence

from app.gateways.embedded.arguments import Argument, Kind
from app.gateways.embedded.filling import Filled
from app.gateways.embedded.plan import Call
from app.gateways.embedded.reading import Reading

_PERSON = re.compile(
    r"(?i)\b(?:him|her|his|hers|them|their|she|he|they|that (?:resident|tenant|person|guy|lady|contact)|the "
    r"(?:resident|tenant))\b"
)
_PLACE = re.compile(
    r"(?i)\b(?:there|that property|this property|that (?:building|community|place|one)|same (?:property|place|"
    r"building)|here)\b"
)
_THING = re.compile(
    r"(?i)\b(?:it|that|this|that (?:one|ticket|unit|order|work order|deal|apartment)|the (?:unit|ticket|"
    r"apartment|work order|deal|same))\b"
)


def share(filled: Filled, reading: Reading, earlier: Sequence[Call]) -> None:
    """Fills what is missing, or pointed at by a pronoun, from the newest earlier call that has such a thing."""
    if not earlier:
        return
    text = reading.text
    for argument in filled.shape.arguments:
        if argument.name in filled.arguments or argument.kind not in _POINTS:
            continue
        pointed = bool(_POINTS[argument.kind].search(text))
        if not (pointed or argument.required):
            continue
        if not pointed and not _elliptic(text):
            continue
        value = _earlier_value(argument, earlier)
        if value is not None:
            filled.arguments[argument.name] = value
            if argument.kind == "unit" and filled.shape.named("property") and "property" not in filled.arguments:
                place = next(
                    (
                        c.arguments["property"]
                        for c in reversed(earlier)
                        if c.arguments.get("unit") == value and "property" in c.arguments
                    ),
                    None,
                )
                if place is not None:
                    filled.arguments["property"] = place


_POINTS: dict[Kind, re.Pattern[str]] = {
    "person": _PERSON,
    "property": _PLACE,
    "unit": re.compile(f"{_THING.pattern}|{_PLACE.pattern[4:]}", re.IGNORECASE),
    "work_order": _THING,
    "company": re.compile(f"{_THING.pattern}|{_PERSON.pattern[4:]}", re.IGNORECASE),
}


def _elliptic(text: str) -> bool:
    return len(text.split()) <= 6


def _earlier_value(argument: Argument, earlier: Sequence[Call]) -> object | None:
    wanted = {
        "person": ("resident", "recipient", "contact", "prospect", "name"),
        "property": ("property",),
        "unit": ("unit",),
        "work_order": ("work_order_id",),
        "company": ("deal", "company", "vendor"),
    }.get(argument.kind, ())
    for call in reversed(earlier):
        for name in (argument.name, *wanted):
            value = call.arguments.get(name)
            if isinstance(value, str) and (name in wanted):
                return value
    return None
