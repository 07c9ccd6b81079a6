"""Who lives or lived where: the tenants and leases of every occupancy, kept and brought up to date by what changed.

An occupancy is a household in a unit. Its tenants know the unit, its leases only the occupancy, so both are needed
whole; after the first time only the changes are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.database import EVER, DatabaseClient
from app.integrations.appfolio.directory import Places
from app.integrations.appfolio.fields import name_words, plain_name
from app.integrations.appfolio.statuses import HOUSEHOLD
from app.integrations.base import Problems
from app.integrations.records import parsed

_FRESH: Final = timedelta(minutes=5)
_OVERLAP: Final = timedelta(hours=1)  # a change shows in lists only after a while

PayerKey = tuple[str, frozenset[str], date | None]
"""Property as a plain name, the words of a person's name, and the day they moved in (None: any)."""


@dataclass
class Household:
    """An occupancy. Leases are sorted by their start; those without one are left out."""

    id: str
    tenants: dict[str, models.Tenant] = field(default_factory=dict[str, models.Tenant])
    leases: dict[str, models.Lease] = field(default_factory=dict[str, models.Lease])

    @property
    def terms(self) -> list[models.Lease]:
        dated = [lease for lease in self.leases.values() if lease.start is not None]
        return sorted(dated, key=lambda lease: (lease.start or date.min, lease.id))

    @property
    def is_past(self) -> bool:
        return all(HOUSEHOLD.get(tenant.status.lower()) == "past" for tenant in self.tenants.values())

    def changed_since(self, since: datetime) -> bool:
        records = (*self.tenants.values(), *self.leases.values())
        return any(one.updated is None or one.updated >= since for one in records)

    def lease_on(self, on: date) -> models.Lease | None:
        """The lease that an entry of that day belongs to: the last that had begun, else the first."""
        terms = self.terms
        begun = [lease for lease in terms if lease.start is not None and lease.start <= on]
        return begun[-1] if begun else terms[0] if terms else None


class Households:
    """All occupancies of the account. Takes what it must from AppFolio and keeps it."""

    def __init__(self, database: DatabaseClient, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._known: dict[str, Household] = {}
        self._at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return self._at is None

    @cached_property
    def _ids(self) -> list[str]:
        return sorted(self._known)

    def after(self, last: str, most: int) -> list[Household]:
        """The next occupancies by id."""
        following = [key for key in self._ids if key > last]
        return [self._known[key] for key in following[:most]]

    def of(self, occupancy_id: str) -> Household | None:
        return self._known.get(occupancy_id)

    def all(self) -> Sequence[Household]:
        return [self._known[key] for key in self._ids]

    async def ensure(self, problems: Problems) -> None:
        """Brings the occupancies up to date unless that was done in the last minutes."""
        if self._at is None or self._clock.now() - self._at > _FRESH:
            await self.refresh(problems)

    async def refresh(self, problems: Problems, *, anew: bool = False) -> None:
        """Brings the occupancies up to date; `anew` forgets them first, so that what is gone goes."""
        now = self._clock.now()
        since = EVER if self._at is None or anew else self._at - _OVERLAP
        known = list(self._known.values()) if anew else []
        tenants_known = [one for household in known for one in household.tenants]
        leases_known = [one for household in known for one in household.leases]
        found = await self._database.whole("tenants", since, tenants_known)
        tenants = parsed(models.Tenant, found, problems, id_key="Id")
        found = await self._database.whole("leases", since, leases_known)
        leases = parsed(models.Lease, found, problems, id_key="Id")
        if anew:
            self._known = {}
        for tenant in tenants:
            self._household(tenant.occupancy_id).tenants[tenant.id] = tenant
        for lease in leases:
            self._household(lease.occupancy_id).leases[lease.id] = lease
        self.__dict__.pop("_ids", None)
        self._at = now

    def _household(self, key: str) -> Household:
        return self._known.setdefault(key, Household(key))

    def payers(self, places: Places) -> dict[PayerKey, set[str]]:
        """Occupancies by how the reports name who pays, with and without the day they moved in."""
        found: dict[PayerKey, set[str]] = defaultdict(set)
        for household in self._known.values():
            for tenant in household.tenants.values():
                home = places.properties.get(tenant.property_id)
                if home is not None:
                    place, words = plain_name(home.name), name_words(tenant.name)
                    for moved_in in {tenant.move_in, None}:
                        found[place, words, moved_in].add(household.id)
        return found
