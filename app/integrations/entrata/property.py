"""Properties, floor plans and units: what Entrata has of the buildings, as canonical rows."""

from __future__ import annotations

from typing import Any, Final

from app.db.models.property import FloorPlan as FloorPlanRow
from app.db.models.property import Property as PropertyRow
from app.db.models.property import Unit as UnitRow
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, attributes, cents, inside, number, text
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import UNIT
from app.integrations.records import canonical, parsed, sample_of
from app.integrations.timezones import FALLBACK, zone_of

PROPERTIES: Final = Method("properties", "getProperties")
FLOOR_PLANS: Final = Method("properties", "getFloorPlans")
UNITS: Final = Method("propertyunits", "getPropertyUnits")
AVAILABILITY: Final = Method("propertyunits", "getUnitsAvailabilityAndPricing")
ALIASES_KEY: Final = "also known as"
"""The custom property key (`CustomKeysData`) under which a client may list other names, joined by commas."""


async def read_properties(client: EntrataClient, reading: Reading) -> Page:
    """All properties of the organization, the disabled ones left out."""
    problems = Problems()
    found = await client.call(PROPERTIES)
    items = as_list(inside(found, "PhysicalProperty", "Property"))
    homes = parsed(models.Property, items, problems, id_key="PropertyID")
    rows = [_property(one, problems) for one in homes if not one.disabled]
    sample = sample_of(items, "PropertyID")
    return Page((Batch(PropertyRow, rows),), problems=problems.all(), sample=sample)


def _property(one: models.Property, problems: Problems) -> Row:
    address = as_list(one.address)
    first = address[0] if address else {}
    state = text(inside(first, "State"))[:2].upper()
    zone = zone_of(state)
    if zone is None:
        problems.add(f"property in a state without a known time zone: {state or 'empty'}", one.id)
    custom = {text(inside(entry, "Key")).lower(): text(inside(entry, "Value")) for entry in one.custom}
    aliases = [alias.strip() for alias in custom.get(ALIASES_KEY, "").split(",")]
    return {
        "id": read_model_id(one.id),
        "name": one.name,
        "aliases": "|".join(alias for alias in aliases if alias),
        "street": text(inside(first, "Address")),
        "city": text(inside(first, "City")),
        "state": state,
        "postal_code": text(inside(first, "PostalCode")),
        "year_built": one.year_built,
        "timezone": zone or FALLBACK,
    }


async def read_units(client: EntrataClient, reading: Reading) -> Page:
    """Floor plans and units of one property. A unit's state and price come from the availability list, which names
    units by number; what it looks like from the unit list."""
    problems = Problems()
    property_id = int(reading.property_id)
    plans = await client.call(FLOOR_PLANS, {"propertyId": property_id})
    units = await client.call(UNITS, {"propertyIds": reading.property_id, "includeDisabledUnits": 0})
    states = await client.call(AVAILABILITY, {"propertyId": property_id, "availableUnitsOnly": 0})
    entries = [inside(entry, "UnitSpace") for entry in as_list(inside(states, "PropertyUnits", "PropertyUnit"))]
    available = parsed(models.Availability, [e for e in entries if e], problems, id_key="UnitNumber")
    by_number = {entry.number: entry for entry in available}
    plan_items = as_list(inside(plans, "FloorPlans", "FloorPlan"))
    plan_rows = [
        _floor_plan(plan, reading.property_id, problems)
        for plan in parsed(models.FloorPlan, plan_items, problems, id_key="Name")
    ]
    unit_items = as_list(inside(units, "properties", "property", "units", "unit"))
    unit_rows = [
        _unit(unit, reading.property_id, by_number.get(_space_number(unit)), problems)
        for unit in parsed(models.Unit, unit_items, problems, id_key="id")
    ]
    batches = (Batch(FloorPlanRow, plan_rows), Batch(UnitRow, unit_rows))
    return Page(batches, problems=problems.all(), sample=sample_of(unit_items, "id"))


def _space_number(unit: models.Unit) -> str:
    return unit.spaces[0].number if unit.spaces and unit.spaces[0].number else unit.number


def _floor_plan(plan: models.FloorPlan, property_id: str, problems: Problems) -> Row:
    rooms = {text(attributes(room).get("RoomType")).lower(): text(room.get("Count")) for room in plan.rooms}
    return {
        "id": read_model_id(plan.id),
        "property_id": read_model_id(property_id),
        "name": plan.name,
        "bedrooms": _or_zero(rooms.get("bedroom"), plan.id, problems),
        "bathrooms": _bathrooms(rooms.get("bathroom", ""), plan.id, problems),
        "square_feet": _or_zero(attributes(plan.square_feet).get("Min"), plan.id, problems),
        "market_rent_cents": _cents(attributes(plan.market_rent).get("Min"), plan.id, problems),
        "amenities": "|".join(_amenities(plan.amenities)),
    }


def _unit(unit: models.Unit, property_id: str, state: models.Availability | None, problems: Problems) -> Row:
    space = unit.spaces[0] if unit.spaces else models.UnitSpace()
    if state is None and not space.status:
        problems.add("unit without a state", unit.number)
    word = "excluded" if space.excluded else (state.status if state else space.status)
    status = canonical(word, UNIT, "unit status", unit.number, problems)
    rent = _cents(inside(state.rent[0], "Rent"), unit.id, problems) if state and state.rent else None
    ready = status in ("vacant", "notice")
    return {
        "id": read_model_id(unit.id),
        "property_id": read_model_id(property_id),
        "floor_plan_id": read_model_id(unit.floor_plan_id) if unit.floor_plan_id else None,
        "number": unit.number.upper(),
        "building": unit.building,
        "bedrooms": unit.bedrooms or 0,
        "bathrooms": _bathrooms(unit.bathrooms, unit.id, problems),
        "square_feet": unit.square_feet or 0,
        "market_rent_cents": rent if rent is not None else space.min_rent or 0,
        "status": status,
        "available_on": (state.available if state else space.available) if ready else None,
        "pet_friendly": bool(unit.max_pets),
        "amenities": "|".join(_amenities(space.amenities)),
    }


def _amenities(items: list[Any]) -> list[str]:
    """Names from `{name}` (units) or `@attributes.AmenityType` (floor plans)."""
    names = [text(inside(item, "name") or attributes(item).get("AmenityType")) for item in items]
    return [name.replace("|", "/") for name in names if name]


def _or_zero(value: Any, record: str, problems: Problems) -> int:
    try:
        return number(value) or 0
    except ValueError:
        problems.add("floor plan with an unreadable number", record)
        return 0


def _cents(value: Any, record: str, problems: Problems) -> int:
    try:
        return cents(value) or 0
    except ValueError:
        problems.add("unreadable rent", record)
        return 0


def _bathrooms(value: str, record: str, problems: Problems) -> float:
    try:
        return float(value) if value else 0.0
    except ValueError:
        problems.add("unreadable number of bathrooms", record)
        return 0.0
