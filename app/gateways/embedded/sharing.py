"""What a request takes from the one before it: "text her", "put him on a plan", "any open work orders there?"."""

import re
from collections.abc import Sequence

from app.gateways.embedded.arguments import Argument, Kind
from app.gateways.embedded.filling import Filled
from app.gateways.embedded.plan import Call

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


def share(filled: Filled, text: str, earlier: Sequence[Call]) -> bool:
    """Fills what is missing, or pointed at by a pronoun, from the newest earlier call; True when it filled a gap."""
    gap = False
    for argument in filled.shape.arguments if earlier else ():
        pattern = _POINTS.get(argument.kind)
        if argument.name in filled.arguments or pattern is None:
            continue
        if not (pattern.search(text) or (argument.required and len(text.split()) <= 6)):
            continue
        value = _earlier_value(argument, earlier)
        if value is not None:
            filled.arguments[argument.name] = value
            gap = gap or argument.required
            if argument.kind == "unit":
                _share_place(filled, value, earlier)
    return gap


def _share_place(filled: Filled, unit: object, earlier: Sequence[Call]) -> None:
    """A unit taken from an earlier call keeps its property."""
    if filled.shape.named("property") is None or "property" in filled.arguments:
        return
    for call in reversed(earlier):
        if call.arguments.get("unit") == unit and "property" in call.arguments:
            filled.arguments["property"] = call.arguments["property"]
            return


_POINTS: dict[Kind, re.Pattern[str]] = {
    "person": _PERSON,
    "property": _PLACE,
    "unit": re.compile(f"{_THING.pattern}|{_PLACE.pattern[4:]}", re.IGNORECASE),
    "work_order": _THING,
    "company": re.compile(f"{_THING.pattern}|{_PERSON.pattern[4:]}", re.IGNORECASE),
}


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
