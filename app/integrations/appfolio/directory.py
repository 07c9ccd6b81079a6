"""Names and short lists that other records refer to, kept for a while: properties, units, people, accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.fields import plain_name
from app.integrations.base import Problems
from app.integrations.records import parsed
from app.integrations.timezones import FALLBACK, zone_of

_FRESH: Final = timedelta(minutes=10)
_AGAIN: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Places:
    """The account's properties by id, and its units as (property id, name) by id. `gone` are hidden properties and
    those whose management has ended."""

    properties: Mapping[str, models.Property]
    units: Mapping[str, tuple[str, str]]
    gone: frozenset[str]

    def living(self, property_id: str, record: str, what: str, problems: Problems) -> bool:
        """Whether a record belongs to a property that is managed here; one of an unknown property is a problem."""
        if property_id in self.properties:
            return True
        if property_id not in self.gone:
            problems.add(f"{what} of an unknown property", record)
        return False

    def zone(self, property_id: str) -> ZoneInfo:
        """The time zone of a property, whose days AppFolio's are."""
        home = self.properties.get(property_id)
        return zone_at(home) if home is not None else ZoneInfo(FALLBACK)

    def key(self, unit_id: str) -> tuple[str, str] | None:
        """How the reports name a unit: its property's name and its own, as plain names."""
        found = self.units.get(unit_id)
        if found is None or found[0] not in self.properties:
            return None
        return plain_name(self.properties[found[0]].name), plain_name(found[1])


class Directory:
    """Fetches what is referred to, again after ten minutes."""

    def __init__(self, database: DatabaseClient, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._places: tuple[datetime, Places] | None = None
        self._named: dict[str, tuple[datetime, dict[str, str]]] = {}

    async def places(self) -> Places:
        now = self._clock.now()
        if self._places is None or now - self._places[0] > _FRESH:
            unread = Problems()  # reported where properties and units themselves are read
            before = self._places[1] if self._places is not None else None
            homes_known = [*before.properties, *before.gone] if before is not None else []
            units_known = list(before.units) if before is not None else []
            homes = parsed(
                models.Property, await self._database.whole("properties", known=homes_known), unread, id_key="Id"
            )
            units = parsed(models.Unit, await self._database.whole("units", known=units_known), unread, id_key="Id")
            gone = frozenset(one.id for one in homes if is_gone(one, now))
            self._places = (
                now,
                Places(
                    {one.id: one for one in homes if one.id not in gone},
                    {one.id: (one.property_id, one.name) for one in units},
                    gone,
                ),
            )
        return self._places[1]

    async def named(self, kind: str, *, holding: str = "") -> Mapping[str, str]:
        """Names by id of `vendors`, `users` or `gl_accounts`, fetched again after a minute when `holding` is not among
        them: an id that is never listed must not cost a call each time it is met."""
        now = self._clock.now()
        kept = self._named.get(kind)
        good_for = _AGAIN if kept is not None and holding and holding not in kept[1] else _FRESH
        if kept is None or now - kept[0] > good_for:
            known = list(kept[1]) if kept is not None else []
            found = parsed(models.Named, await self._database.whole(kind, known=known), Problems(), id_key="Id")
            kept = self._named[kind] = now, {one.id: one.name for one in found if one.name}
        return kept[1]


def is_gone(home: models.Property, now: datetime) -> bool:
    """Whether a property is hidden, or no longer managed by the company."""
    ended = home.management_ended
    return home.hidden is not None or (ended is not None and ended < now.astimezone(zone_at(home)).date())


def zone_at(home: models.Property) -> ZoneInfo:
    return ZoneInfo(zone_of(home.state[:2].upper()) or FALLBACK)
