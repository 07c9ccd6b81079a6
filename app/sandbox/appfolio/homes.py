"""One community, indexed the way AppFolio's two APIs are asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.wire import day, dollars, moment
from app.sandbox.portfolio.portfolio import Community
from app.sandbox.portfolio.records import Lease, LedgerEntry, Resident, Unit

STATUSES = {
    "occupied": "Current",
    "notice": "Notice-Unrented",
    "vacant": "Vacant-Unrented",
    "vacant_leased": "Vacant-Rented",
    "down": "Non-Revenue",
}
_FIRST = ("notice", "current", "future", "applicant", "past", "cancelled")


def status_of(terms: Sequence[Lease]) -> str:
    """A household's state in AppFolio's words."""
    status = min((term.status for term in terms), key=_FIRST.index)
    return {"applicant": "Future", "cancelled": "Past"}.get(status, status.title())


@dataclass
class Home:
    """A community and when each of its records was last updated (`began_at`, unless `changes` says otherwise)."""

    community: Community
    today: date
    began_at: datetime
    changes: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def change(self, community: Community, at: datetime) -> None:
        """Puts another state of the community in place, as if things had happened there at that moment."""
        before = {one["Id"]: one for kind in _KINDS for one in getattr(self, kind)}
        self.community = community
        for name in (*_KINDS, "households", "units_by_id", "residents", "ledger"):
            self.__dict__.pop(name, None)
        for kind in _KINDS:
            for one in getattr(self, kind):
                if before.get(one["Id"]) != one:
                    self.changes[one["Id"]] = at
        for kind in _KINDS:
            self.__dict__.pop(kind, None)

    @property
    def id(self) -> str:
        return uuid_of("property", self.community.property.id)

    @cached_property
    def households(self) -> dict[int, list[Lease]]:
        """The terms of each household by tenancy, oldest first."""
        found: dict[int, list[Lease]] = defaultdict(list)
        for term in sorted(self.community.leases, key=lambda one: (one.tenancy_id, one.start_on)):
            found[term.tenancy_id].append(term)
        return dict(sorted(found.items()))

    @cached_property
    def units_by_id(self) -> dict[int, Unit]:
        return {unit.id: unit for unit in self.community.units}

    @cached_property
    def residents(self) -> dict[int, Resident]:
        return {resident.id: resident for resident in self.community.residents}

    @cached_property
    def ledger(self) -> dict[int, list[LedgerEntry]]:
        """Entries by tenancy."""
        tenancy = {term.id: term.tenancy_id for term in self.community.leases}
        found: dict[int, list[LedgerEntry]] = defaultdict(list)
        for entry in self.community.ledger:
            found[tenancy[entry.lease_id]].append(entry)
        return found

    def _dated(self, record: dict[str, Any], on: date | None = None) -> dict[str, Any]:
        """With when it was last updated: when it was changed here, else on its day, else long ago."""
        at = datetime.combine(on, time(6), UTC) if on else self.began_at
        return {**record, "LastUpdatedAt": moment(self.changes.get(record["Id"], at))}

    @cached_property
    def properties(self) -> list[dict[str, Any]]:
        one = self.community.property
        return [
            self._dated(
                {
                    "Id": self.id,
                    "Name": one.name,
                    "Address1": one.street,
                    "Address2": None,
                    "City": one.city,
                    "State": one.state,
                    "Zip": one.postal_code,
                    "PropertyType": "Multi-Family",
                    "HiddenAt": None,
                    "ManagementEndDate": None,
                }
            )
        ]

    @cached_property
    def units(self) -> list[dict[str, Any]]:
        return [self._dated(self._unit(unit)) for unit in self.community.units]

    def _unit(self, unit: Unit) -> dict[str, Any]:
        place = self.community.property
        return {
            "Id": uuid_of("unit", unit.id),
            "PropertyId": self.id,
            "Name": unit.number,
            "Address1": f"{place.street} #{unit.number}",
            "City": place.city,
            "State": place.state,
            "Zip": place.postal_code,
            "Bedrooms": str(unit.bedrooms),
            "Bathrooms": f"{unit.bathrooms:.1f}",
            "SquareFeet": str(unit.square_feet),
            "MarketRent": dollars(unit.market_rent_cents),
            "ListedRent": dollars(unit.market_rent_cents) if unit.available_on else None,
            "RentReady": unit.status == "vacant",
            "AvailableOn": day(unit.available_on),
            "Status": STATUSES[unit.status],
            "HiddenAt": None,
        }

    @cached_property
    def tenants(self) -> list[dict[str, Any]]:
        return [self._dated(one) for tenancy, terms in self.households.items() for one in self._people(tenancy, terms)]

    def _people(self, tenancy: int, terms: Sequence[Lease]) -> Iterator[dict[str, Any]]:
        resident = self.residents[terms[-1].resident_id]
        others = [name for name in terms[-1].occupants if name != resident.name]
        people = [(uuid_of("tenant", resident.id), resident.name, resident.email, resident.phone)]
        people += [(uuid_of("occupant", f"{tenancy}-{n}"), name, "", "") for n, name in enumerate(others)]
        for key, name, email, phone in people:
            yield {
                "Id": key,
                "OccupancyId": uuid_of("occupancy", tenancy),
                "PropertyId": self.id,
                "UnitId": uuid_of("unit", terms[-1].unit_id),
                "FirstName": name.partition(" ")[0],
                "LastName": name.partition(" ")[2],
                "Email": email or None,
                "Phone": phone or None,
                "Status": status_of(terms),
                "MoveInOn": day(terms[0].move_in_on),
                "MoveOutOn": day(terms[-1].move_out_on),
                "HiddenAt": None,
            }

    @cached_property
    def leases(self) -> list[dict[str, Any]]:
        return [
            self._dated(
                {
                    "Id": uuid_of("lease", term.id),
                    "OccupancyId": uuid_of("occupancy", term.tenancy_id),
                    "StartOn": day(term.start_on),
                    "EndOn": day(term.end_on),
                    "IsMtm": False,
                    "RenewedOn": day(term.start_on) if term.renewed_from_id else None,
                }
            )
            for term in self.community.leases
        ]

    @cached_property
    def charges(self) -> list[dict[str, Any]]:
        """Charges, and credits as charges of a negative amount."""
        return [
            self._dated(
                {
                    "Id": uuid_of("charge", entry.id),
                    "OccupancyId": uuid_of("occupancy", tenancy),
                    "GlAccountId": uuid_of("gl_account", entry.code),
                    "AmountDue": dollars(entry.amount_cents),
                    "ChargedOn": day(entry.posted_on),
                    "Description": entry.description,
                },
                entry.posted_on,
            )
            for tenancy, entries in self.ledger.items()
            for entry in entries
            if entry.kind != "payment"
        ]


_KINDS = ("properties", "units", "tenants", "leases", "charges")
