"""Whether the ledgers add up to what AppFolio itself says is owed; a difference is shown, by property."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from app.domain.money import Money
from app.integrations.appfolio import models
from app.integrations.appfolio.directory import Places
from app.integrations.appfolio.fields import plain_name
from app.integrations.appfolio.households import Household
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.base import Problems, Row
from app.integrations.records import parsed


@dataclass
class Totals:
    """Sums of one full reading, in cents. A reading that was taken up in its middle is not compared."""

    reports: ReportsClient
    _whole: bool = False
    _sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by occupancy
    _homes: dict[str, str] = field(default_factory=dict[str, str])  # property as a plain name, by occupancy

    def begin(self, *, whole: bool) -> None:
        self._whole = whole
        self._sums.clear()
        self._homes.clear()

    def add(self, household: Household, row: Row, places: Places) -> None:
        if not self._whole or household.is_past:
            return
        self._sums[household.id] += int(row["amount_cents"])
        home = places.properties.get(next(iter(household.tenants.values())).property_id)
        if home is not None:
            self._homes[household.id] = plain_name(home.name)

    async def compare(self, today: date, places: Places, problems: Problems) -> None:
        """Reports each property whose households owe another sum in AppFolio's `delinquency_as_of`."""
        if not self._whole:
            return
        ours: dict[str, int] = defaultdict(int)
        for occupancy, home in self._homes.items():
            ours[home] += max(0, self._sums[occupancy])
        rows = await self.reports.listing("delinquency_as_of", {"occurred_on_to": today.isoformat()}).whole()
        theirs: dict[str, int] = defaultdict(int)
        for row in parsed(models.Owing, rows, problems, id_key="occupancy_id"):
            theirs[plain_name(row.property_name)] += max(0, row.amount or 0)
        for home in places.properties.values():
            name = plain_name(home.name)
            if ours[name] != theirs[name]:
                said, counted = Money(theirs[name]), Money(ours[name])
                problems.add(f"open balances at {home.name}: AppFolio says {said}, its ledgers {counted}", home.id)
        self.begin(whole=False)
