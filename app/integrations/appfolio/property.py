"""Properties, units and unit types as canonical rows. What AppFolio calls a unit type is a floor plan; only the rent
roll names it, and what it looks like is taken from its units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from app.db.models.property import FloorPlan as FloorPlanRow
from app.db.models.property import Property as PropertyRow
from app.db.models.property import Unit as UnitRow
from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.directory import Directory, is_gone
from app.integrations.appfolio.fields import plain_name
from app.integrations.appfolio.ids import read_model_id
from app.integrations.appfolio.rents import Rents
from app.integrations.appfolio.statuses import UNIT
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import canonical, parsed, sample_of
from app.integrations.timezones import FALLBACK, zone_of

_SLUG: Final = re.compile(r"[^a-z0-9]+")

Types = Mapping[tuple[str, str], str]
"""Unit types by property and unit, as plain names."""


class PropertyReader:
    """Reads properties and units."""

    def __init__(self, database: DatabaseClient, directory: Directory, rents: Rents, clock: Clock) -> None:
        self._database, self._directory, self._rents, self._clock = database, directory, rents, clock
        self._types: Types = {}

    async def read_properties(self, reading: Reading) -> Page:
        """A page of properties; hidden ones and those whose management has ended are left out."""
        problems = Problems()
        step = await self._database.listing("properties").step(Mark.of(reading.cursor))
        homes = parsed(models.Property, step.records, problems, id_key="Id")
        rows = [_property(one, problems) for one in homes if not is_gone(one, self._clock.now())]
        sample = sample_of(step.records, "Id")
        return Page((Batch(PropertyRow, rows),), step.cursor(), problems.all(), sample=sample)

    async def read_units(self, reading: Reading) -> Page:
        """A page of units with their floor plans. The unit types are read with the first page."""
        problems = Problems()
        step = await self._database.listing("units").step(Mark.of(reading.cursor))
        units = parsed(models.Unit, step.records, problems, id_key="Id")
        places = await self._directory.places()
        if not reading.cursor or not self._types:
            roll = await self._rents.roll(self._clock.now().date(), problems)
            self._types = {
                (plain_name(row.property_name), plain_name(row.unit)): row.unit_type for row in roll if row.unit_type
            }
        rows: list[Row] = []
        plans: dict[str, Row] = {}
        for unit in units:
            if unit.hidden is None and places.living(unit.property_id, unit.name, "unit", problems):
                home = plain_name(places.properties[unit.property_id].name)
                kind = self._types.get((home, plain_name(unit.name)), "")
                rows.append(_unit(unit, kind, problems))
                if kind:
                    _add(plans, unit, kind)
        batches = (Batch(FloorPlanRow, list(plans.values())), Batch(UnitRow, rows))
        return Page(batches, step.cursor(), problems.all(), sample=sample_of(step.records, "Id"))


def _property(one: models.Property, problems: Problems) -> Row:
    state = one.state[:2].upper()
    zone = zone_of(state)
    if zone is None:
        problems.add(f"property in a state without a known time zone: {state or 'empty'}", one.id)
    return {
        "id": read_model_id(one.id),
        "name": one.name,
        "street": one.street,
        "city": one.city,
        "state": state,
        "postal_code": one.postal_code,
        "timezone": zone or FALLBACK,
    }


def _unit(unit: models.Unit, kind: str, problems: Problems) -> Row:
    status = canonical(unit.status, UNIT, "unit status", unit.id, problems)
    rent = unit.listed_rent if unit.listed_rent is not None else unit.market_rent
    if rent is None:
        problems.add("unit without a market rent", unit.id)
    return {
        "id": read_model_id(unit.id),
        "property_id": read_model_id(unit.property_id),
        "floor_plan_id": _plan_id(unit, kind) if kind else None,
        "number": unit.name.upper(),
        "bedrooms": int(unit.bedrooms or 0),
        "bathrooms": unit.bathrooms or 0.0,
        "square_feet": int(unit.square_feet or 0),
        "market_rent_cents": rent or 0,
        "status": status,
        "available_on": unit.available if status in ("vacant", "notice") else None,
    }


def _plan_id(unit: models.Unit, kind: str) -> str:
    return read_model_id(f"{unit.property_id}.{_SLUG.sub('-', kind.lower()).strip('-')[:40]}")


def _add(plans: dict[str, Row], unit: models.Unit, kind: str) -> None:
    """Takes a unit into its floor plan, which is as large and dear as the smallest and cheapest of its units."""
    key = _plan_id(unit, kind)
    plan = plans.setdefault(
        key,
        {
            "id": key,
            "property_id": read_model_id(unit.property_id),
            "name": kind,
            "bedrooms": int(unit.bedrooms or 0),
            "bathrooms": unit.bathrooms or 0.0,
            "square_feet": int(unit.square_feet or 0),
            "market_rent_cents": unit.market_rent or 0,
        },
    )
    for column, value in (("square_feet", int(unit.square_feet or 0)), ("market_rent_cents", unit.market_rent or 0)):
        plan[column] = _least((plan[column], value))


def _least(values: Iterable[int]) -> int:
    """The smallest value that is one; 0 when none is."""
    return min((value for value in values if value > 0), default=0)
