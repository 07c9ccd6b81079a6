"""Leases and residents. An occupancy is a household's whole stay; each of its leases is a term, and a term is what the
read model calls a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.db.models.leasing import Lease as LeaseRow
from app.db.models.leasing import Resident as ResidentRow
from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.directory import Directory, Places
from app.integrations.appfolio.fields import name_words
from app.integrations.appfolio.households import Household, Households
from app.integrations.appfolio.ids import read_model_id
from app.integrations.appfolio.rents import LeaseKey, Rents, Span
from app.integrations.appfolio.statuses import HOUSEHOLD
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import UNKNOWN, canonical, phone

PER_PAGE: Final = 500  # occupancies
_NO_END: Final = date(2099, 12, 31)  # a month-to-month term that AppFolio gives no end


class LeaseReader:
    """Reads leases with their residents. All occupancies are known, so a page's place is the last occupancy of the page
    before."""

    def __init__(self, households: Households, directory: Directory, rents: Rents, clock: Clock) -> None:
        self._households, self._directory, self._rents, self._clock = households, directory, rents, clock

    async def read(self, reading: Reading) -> Page:
        """One page of occupancies. A reading of changes takes all who live there or will, and of the past ones those
        that changed: what a living lease costs is in the rent roll, which tells no changes."""
        problems = Problems()
        today = self._clock.now().date()
        last = Mark.of(reading.cursor).place
        first = not last or self._households.is_empty
        if first:
            await self._households.refresh(problems, anew=reading.since is None)
        places = await self._directory.places()
        if first:
            wanted = [one for one in self._households.all() if _is_wanted(one, reading)]
            await self._rents.cover(self._spans(wanted, places, reading.horizon), today, problems)
        page = self._households.after(last, PER_PAGE)
        residents: list[Row] = []
        leases: list[Row] = []
        for household in page:
            if _is_wanted(household, reading):
                self._take(household, places, (residents, leases), problems)
        cursor = Mark(place=page[-1].id).cursor if len(page) == PER_PAGE else ""
        return Page((Batch(ResidentRow, residents), Batch(LeaseRow, leases)), cursor, problems.all())

    def _spans(self, households: Sequence[Household], places: Places, horizon: date) -> list[Span]:
        """The leases whose rent is wanted, as far as they lie within the horizon."""
        spans: list[Span] = []
        for household in households:
            for term in household.terms:
                key = _key(household, term, places)
                if key is not None and term.start is not None and (term.end or _NO_END) >= horizon:
                    spans.append(Span(key, max(term.start, horizon), term.end or _NO_END))
        return spans

    def _take(
        self, household: Household, places: Places, into: tuple[list[Row], list[Row]], problems: Problems
    ) -> None:
        """Adds a household's resident and leases. What it lacks is a problem."""
        lacks = _lacks(household)
        if lacks:
            problems.add(f"lease without {lacks}", household.id)
            return
        someone = next(iter(household.tenants.values()))
        if not places.living(someone.property_id, household.id, "lease", problems):
            return
        if len(household.terms) < len(household.leases):
            problems.add("lease without a start", household.id)
        terms = household.terms
        entry = self._rents.found.get(_key(household, terms[-1], places) or ("", "", date.min))
        primary = _primary(household, entry.tenant if entry else frozenset())
        into[0].append(_resident_row(primary))
        into[1].extend(self._lease_rows(household, primary, places, problems))

    def _lease_rows(
        self, household: Household, primary: models.Tenant, places: Places, problems: Problems
    ) -> list[Row]:
        status = canonical(primary.status, HOUSEHOLD, "tenant status", primary.id, problems)
        others = sorted(one.name for one in household.tenants.values() if one.id != primary.id)
        occupants = "|".join(name.replace("|", "/") for name in (primary.name, *others))
        terms = household.terms
        today = self._clock.now().astimezone(places.zone(primary.property_id)).date()
        states = _states(terms, status, today)
        rows: list[Row] = []
        for place, (term, state) in enumerate(zip(terms, states, strict=True)):
            entry = self._rents.found.get(_key(household, term, places) or ("", "", date.min))
            if entry is None and state != "past":
                problems.add("living lease without a rent in the rent roll", term.id)
            if term.end is None and not term.month_to_month:
                problems.add("lease without an end", term.id)
            rows.append(
                {
                    "id": read_model_id(term.id),
                    "property_id": read_model_id(primary.property_id),
                    "unit_id": read_model_id(primary.unit_id or ""),
                    "resident_id": read_model_id(primary.id),
                    "occupants": occupants,
                    "status": state,
                    "start_on": term.start,
                    "end_on": term.end or _NO_END,
                    "move_in_on": primary.move_in if place == 0 else None,
                    "move_out_on": primary.move_out if place == len(terms) - 1 else None,
                    "rent_cents": entry.rent if entry else 0,
                    "deposit_cents": entry.deposit if entry else 0,
                    "renewed_from_id": rows[-1]["id"] if rows else None,
                }
            )
        return rows


def _is_wanted(household: Household, reading: Reading) -> bool:
    return reading.since is None or not household.is_past or household.changed_since(reading.since)


def _lacks(household: Household) -> str:
    """What a household can't be without, and is; "" when it has all."""
    if not household.tenants:
        return "a resident"
    if not household.terms:
        return "a start"
    return "" if any(one.unit_id for one in household.tenants.values()) else "a unit"


def _key(household: Household, term: models.Lease, places: Places) -> LeaseKey | None:
    """How the rent roll names the lease."""
    unit_id = next((one.unit_id for one in household.tenants.values() if one.unit_id), None)
    place = places.key(unit_id) if unit_id else None
    return (*place, term.start) if place is not None and term.start is not None else None


def _primary(household: Household, named: frozenset[str]) -> models.Tenant:
    """The tenant whom the rent roll names; else one with an address to write to, who came first."""
    tenants = [one for one in household.tenants.values() if one.unit_id]

    def rank(one: models.Tenant) -> tuple[bool, bool, date, str]:
        return name_words(one.name) != named, not (one.email or one.phone), one.move_in or date.max, one.id

    return min(tenants, key=rank)


def _states(terms: Sequence[models.Lease], status: str, today: date) -> list[str]:
    """Each term's state from its household's: of those that began, the last is the one they live under."""
    if status in ("past", "future", UNKNOWN):
        return [status] * len(terms)
    begun = [place for place, term in enumerate(terms) if term.start is not None and term.start <= today]
    living = begun[-1] if begun else 0
    return ["past" if place < living else status if place == living else "future" for place in range(len(terms))]


def _resident_row(tenant: models.Tenant) -> Row:
    """AppFolio doesn't say who agreed to text messages, so nobody did."""
    return {
        "id": read_model_id(tenant.id),
        "property_id": read_model_id(tenant.property_id),
        "name": tenant.name or "Unnamed resident",
        "search_name": tenant.name.lower(),
        "email": tenant.email,
        "phone": phone(tenant.phone),
        "sms_consent": False,
    }
