"""What each lease costs, which only the report `rent_roll` says: as of a day, for the leases that run on it.

A lease is found in a roll by its property's name, its unit's name and its first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.integrations.appfolio import models
from app.integrations.appfolio.fields import name_words, plain_name
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.base import Problems
from app.integrations.records import parsed

LeaseKey = tuple[str, str, date]
"""Property and unit as plain names, and the lease's first day."""

_MOST_ROLLS: Final = 30


@dataclass(frozen=True)
class Span:
    """A lease whose rent is wanted."""

    key: LeaseKey
    start: date
    end: date


@dataclass(frozen=True)
class RollEntry:
    """What a roll says of a lease. Amounts are in cents, `tenant` holds the words of the primary tenant's name."""

    rent: int
    deposit: int
    tenant: frozenset[str]


def days_to_ask(spans: Iterable[Span]) -> list[date]:
    """The fewest days on which every span runs at least once, each as late as possible within its group."""
    days: list[date] = []
    left = sorted(spans, key=lambda span: span.end)
    while left:
        first_end = left[0].end
        group = [span for span in left if span.start <= first_end]
        days.append(max(span.start for span in group))
        left = [span for span in left if span.start > first_end]
    return days


@dataclass
class Rents:
    """The rolls that were read, by lease. What a roll of a past day says stays true."""

    reports: ReportsClient
    found: dict[LeaseKey, RollEntry] = field(default_factory=dict[LeaseKey, RollEntry])
    _read: set[date] = field(default_factory=set[date])

    async def roll(self, on: date, problems: Problems) -> list[models.RollRow]:
        """The rent roll as of a day."""
        rows = await self.reports.listing("rent_roll", {"as_of_to": on.isoformat()}).whole()
        return parsed(models.RollRow, rows, problems, id_key="unit_id")

    async def cover(self, spans: Iterable[Span], today: date, problems: Problems) -> None:
        """Reads today's roll, and the past and coming ones in which the other leases stand."""
        await self._take(today, problems)
        missing = [span for span in spans if span.key not in self.found and span.end >= span.start]
        for on in days_to_ask(missing)[-_MOST_ROLLS:]:
            if on not in self._read:
                await self._take(on, problems)

    async def _take(self, on: date, problems: Problems) -> None:
        for row in await self.roll(on, problems):
            if row.lease_from is not None and row.rent is not None:
                key = plain_name(row.property_name), plain_name(row.unit), row.lease_from
                self.found[key] = RollEntry(row.rent, row.deposit or 0, name_words(row.tenant))
        self._read.add(on)
