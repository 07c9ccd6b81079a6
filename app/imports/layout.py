"""Units as sheets describe them: bedrooms and bathrooms, by themselves or in a type such as `2x1`; states in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.db.models.property import Unit
from app.imports.home import Home
from app.imports.kind import Column, Line, Record
from app.imports.values import Refused, number_of, shown
from app.portfolio.find import listed

MOST_ROOMS = 12
MOST_SQUARE_FEET = 20_000
LAYOUT = (
    Column("building", "Building", ("bldg", "building no", "bldg no")),
    Column("floor_plan", "Floor plan", ("floorplan", "unit type", "plan", "type", "layout", "floor plan code")),
    Column("bedrooms", "Bedrooms", ("bed", "beds", "br", "bd", "bedroom count", "no of bedrooms", "bdrm")),
    Column("bathrooms", "Bathrooms", ("bath", "baths", "ba", "bathroom count", "no of bathrooms")),
    Column("square_feet", "Sq ft", ("size", "area", "unit sq ft", "net sq ft", "unit sf", "rentable sq ft", "sqft")),
    Column(
        "market_rent",
        "Market rent",
        ("market", "asking rent", "market rate", "list rent", "gross market rent", "market + addl", "street rent"),
    ),
)

STATUS: Final[Mapping[str, str]] = {
    "occupied": "occupied",
    "occupied no notice": "occupied",
    "current": "occupied",
    "leased": "occupied",
    "o": "occupied",
    "notice": "notice",
    "on notice": "notice",
    "ntv": "notice",
    "notice unrented": "notice",
    "notice rented": "notice",
    "occupied ntv": "notice",
    "occupied on notice": "notice",
    "vacant": "vacant",
    "v": "vacant",
    "available": "vacant",
    "vacant ready": "vacant",
    "vacant not ready": "vacant",
    "vacant unrented": "vacant",
    "vacant unrented ready": "vacant",
    "vacant unrented not ready": "vacant",
    "vacant rented": "vacant_leased",
    "vacant leased": "vacant_leased",
    "vacant rented ready": "vacant_leased",
    "vacant rented not ready": "vacant_leased",
    "preleased": "vacant_leased",
    "down": "down",
    "offline": "down",
    "model": "down",
    "admin": "down",
    "office": "down",
    "excluded": "down",
}

_TYPE = re.compile(
    r"(?P<beds>\d{1,2})\s*(?:x|br|bd|bed(?:room)?s?)\s*[/,-]?\s*(?:(?P<baths>\d{1,2}(?:\.\d{1,2})?)\s*(?:ba|bath(?:room)?s?)?)?"
)
_BEDS = re.compile(r"(\d{1,2})\s*(?:br|bd|bed(?:room)?s?)?")


def unit_status(line: Line, key: str = "status") -> str | None:
    """The canonical state for the sheet's word; None for a blank. Raises Refused for an unknown one."""
    said = " ".join(line.text(key).casefold().replace("-", " ").replace("/", " ").split())
    if not said:
        return None
    if said not in STATUS:
        raise Refused(f"{line.labels.get(key, key)}: I don't know the state “{shown(said)}”")
    return STATUS[said]


def bedrooms(line: Line) -> int | None:
    """A studio has 0; None when the row doesn't say."""
    for key in ("bedrooms", "floor_plan"):
        said = line.text(key).casefold()
        if said in ("studio", "efficiency", "eff", "s", "stu") or (key == "floor_plan" and said.startswith("studio")):
            return 0
        found = _BEDS.fullmatch(said) if key == "bedrooms" else _TYPE.fullmatch(said)
        if found and int(found[1]) <= MOST_ROOMS:
            return int(found[1])
        if said and key == "bedrooms":
            whole = number_of(said) if said.replace(".", "").isdigit() else None
            if whole is None or whole != whole.to_integral_value() or whole > MOST_ROOMS:
                raise Refused(f"{line.labels[key]}: “{shown(said)}” is no number of bedrooms")
            return int(whole)
    return None


def bathrooms(line: Line) -> float | None:
    """Halves and quarters count; None when the row doesn't say."""
    if not line.blank("bathrooms"):
        said = line.text("bathrooms").casefold().removesuffix("s").removesuffix("bath").removesuffix("ba").strip()
        number = number_of(said) if said else None
        if number is None or not 0 <= number <= MOST_ROOMS or number * 4 != (number * 4).to_integral_value():
            raise Refused(f"{line.labels['bathrooms']}: “{shown(said)}” is no number of bathrooms")
        return float(number)
    found = _TYPE.fullmatch(line.text("floor_plan").casefold())
    return float(Decimal(found["baths"])) if found and found["baths"] else None


def unit_row(line: Line, home: Home, *, status: str | None, available_on: date | None = None) -> dict[str, Any]:
    """The unit of a line: what the line says over what is known of it. A blank never takes a known value away. Raises
    Refused for a new unit that the sheet doesn't describe whole."""
    number = line.needed("unit", line.text("unit", 20)).upper()
    building = line.text("building", 40)
    known = home.unit(number, building)
    said: dict[str, Any] = {
        "building": building or None,
        "bedrooms": bedrooms(line),
        "bathrooms": bathrooms(line),
        "square_feet": line.whole("square_feet", MOST_SQUARE_FEET),
        "market_rent_cents": line.cents("market_rent"),
        "status": status,
        "available_on": available_on,
    }
    given = {key: value for key, value in said.items() if value is not None}
    if known is not None:
        row = {**known, **given}
        if status is not None and status != "vacant" and available_on is None:
            row["available_on"] = known["available_on"] if status in ("notice", "vacant_leased", "down") else None
    else:
        where = (building, number) if building else (number,)
        row = {
            "id": home.row_id(*where),
            "property_id": home.id,
            "number": number,
            "building": "",
            "available_on": None,
            **given,
        }
        names = {"bedrooms": "bedrooms", "bathrooms": "bathrooms", "square_feet": "square feet"}
        names["market_rent_cents"] = "market rent"
        missing = [label for key, label in names.items() if key not in given]
        if missing:
            raise Refused(f"unit {number} is new, and the sheet doesn't give its {listed(missing, 'and')}")
        if status is None:
            row["status"] = "vacant"
            home.notes.add("New units without a state are kept as vacant until a rent roll says otherwise.")
    if (line.cents("market_rent") or 0) < 0:
        raise Refused("the market rent is less than nothing")
    return row


def unit_record(row: dict[str, Any], home: Home) -> Record:
    """Notes that the unit was seen, and what is kept of it."""
    home.add_unit(row)
    home.seen_units.add(row["id"])
    return Record(Unit, row)
