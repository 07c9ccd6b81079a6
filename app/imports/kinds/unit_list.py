"""Unit lists: the apartments of a community, their size, asking rent and state."""

from __future__ import annotations

from collections.abc import Iterable

from app.db.models.property import Property, Unit
from app.imports.home import Home
from app.imports.kind import PROPERTY, UNIT, Column, Kind, Line, Record, day_column
from app.imports.layout import LAYOUT, unit_record, unit_row, unit_status
from app.imports.values import Refused

_YES, _NO = ("yes", "y", "true", "1", "x", "allowed"), ("no", "n", "false", "0", "not allowed")


def take(line: Line, home: Home) -> Iterable[Record]:
    row = unit_row(line, home, status=unit_status(line), available_on=line.day("available_on"))
    if line.has("floor") and (floor := line.whole("floor", 200)) is not None:
        row["floor"] = floor
    if line.has("pet_friendly"):
        row["pet_friendly"] = _pets(line)
    yield unit_record(row, home)


def _pets(line: Line) -> bool:
    said = line.text("pet_friendly").casefold()
    if said in _YES:
        return True
    if said in _NO or not said:
        return False
    raise Refused(f"{line.labels['pet_friendly']}: “{said[:40]}” is neither yes nor no")


KIND = Kind(
    key="unit-list",
    label="a unit list",
    rank=1,
    columns=(
        PROPERTY,
        UNIT,
        *LAYOUT,
        Column("status", "Status", ("unit status", "occupancy status", "availability", "state", "occupancy")),
        day_column("available_on", "Available", ("available on", "available date", "date available", "ready date")),
        Column("floor", "Floor", ("level", "floor no")),
        Column("pet_friendly", "Pets", ("pet friendly", "pets allowed", "pet")),
    ),
    needs=(("unit",), ("bedrooms", "floor_plan"), ("square_feet",), ("market_rent",)),
    models=(Property, Unit),
    resources=("units",),
    take=take,
    makes_properties=True,
)
