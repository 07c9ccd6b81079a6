"""The community that rows belong to, as the read model knows it before the import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.db.models.base import Sourced
from app.imports.values import Refused
from app.portfolio.imported import IMPORT

LIVING = ("current", "notice")


@dataclass
class Home:
    """A community with the records that rows attach to. `as_of` is the day the file speaks for, `year` the year its
    title names. Units, leases and residents are rows by column name; kinds add those they bring."""

    id: str
    name: str
    as_of: date
    year: int | None = None
    units: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])  # by id
    leases: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])  # by id
    residents: dict[str, str] = field(default_factory=dict[str, str])  # search name by id
    taken: dict[tuple[Any, ...], str] = field(default_factory=dict[tuple[Any, ...], str])
    """What other sources hold already: keys of budget months and surveys to the source's name."""
    looked_up: set[type[Sourced]] = field(default_factory=set[type[Sourced]])  # tables that `taken` was read from
    seen_units: set[str] = field(default_factory=set[str])
    seen_leases: set[str] = field(default_factory=set[str])
    notes: set[str] = field(default_factory=set[str])
    _numbers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _tenancies: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def is_own(self) -> bool:
        """Whether the community itself was imported; else another system keeps it."""
        return self.id.startswith(f"{IMPORT}:")

    @property
    def key(self) -> str:
        """What ids of imported rows of this community start with, after the source."""
        return self.id.removeprefix(f"{IMPORT}:")

    def row_id(self, *parts: str) -> str:
        """A stable id made of what names the row: community, unit number …"""
        made = f"{IMPORT}:{self.key}/{'/'.join(parts)}"
        if len(made) > 120:
            raise Refused("the names of this row are too long to be kept")
        return made

    def add_unit(self, row: dict[str, Any]) -> None:
        if row["id"] not in self.units:
            self._numbers.setdefault(row["number"], []).append(row["id"])
        self.units[row["id"]] = row

    def add_lease(self, row: dict[str, Any]) -> None:
        if row["id"] not in self.leases:
            self._tenancies.setdefault(row["unit_id"], []).append(row["id"])
        self.leases[row["id"]] = row

    def unit(self, number: str, building: str = "") -> dict[str, Any] | None:
        """The known unit of that number. Raises Refused when two buildings have it and none was named."""
        found = [self.units[one] for one in self._numbers.get(number, ())]
        if building:
            found = [one for one in found if one["building"] in ("", building)]
        if len(found) > 1:
            raise Refused(f"there are several units {number}; the building is missing")
        return found[0] if found else None

    def leases_of(self, unit_id: str) -> list[dict[str, Any]]:
        """The known leases of a unit, by their start."""
        found = [self.leases[one] for one in self._tenancies.get(unit_id, ())]
        return sorted(found, key=lambda lease: lease["start_on"])
