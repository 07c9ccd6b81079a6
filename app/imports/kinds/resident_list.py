"""Resident lists: who lives in a unit and how they are reached. Leases come with a rent roll."""

from __future__ import annotations

from collections.abc import Iterable

from app.db.models.leasing import Resident
from app.imports.home import Home
from app.imports.kind import PROPERTY, RESIDENT, UNIT, Column, Kind, Line, Record
from app.imports.tenancies import CONTACT, person_name, resident_record, resident_row
from app.imports.values import Refused


def take(line: Line, home: Home) -> Iterable[Record]:
    number = line.needed("unit", line.text("unit", 20)).upper()
    unit = home.unit(number, line.text("building", 40))
    if unit is None:
        raise Refused(f"there is no unit {number} at {home.name}; import its units or rent roll first")
    name = person_name(line)
    if not name:
        raise Refused("nobody is named")
    yield resident_record(resident_row(line, home, unit, name), home)


KIND = Kind(
    key="resident-list",
    label="a resident list",
    rank=3,
    columns=(PROPERTY, UNIT, RESIDENT, Column("building", "Building", ("bldg", "building no", "bldg no")), *CONTACT),
    needs=(("unit",), ("resident",), ("email", "phone")),
    models=(Resident,),
    resources=("residents",),
    take=take,
)
