"""Leases and residents. What Entrata calls a lease is a household's whole stay; each of its intervals is a term, and a
term is what the read model calls a lease."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from app.db.models.leasing import Lease as LeaseRow
from app.db.models.leasing import Resident as ResidentRow
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import (
    as_list,
    day,
    inside,
    mountain_day,
    optional_id,
    text,
    wire_day,
    yes,
)
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import LEASE
from app.integrations.paging import Mark
from app.integrations.records import canonical, parsed, phone, sample_of

LEASES: Final = Method("leases", "getLeases", "r2")
DETAILS: Final = Method("leases", "getLeaseDetails", "r2")
EXPIRING: Final = Method("leases", "getExpiringLeases")
DOCUMENTS: Final = Method("leases", "getLeaseDocumentsList")
PREFERENCES: Final = Method("communications", "getMarketingPreferences")

_ALL: Final = "all"
_LIVING: Final = "1,3,4,5"  # applicant, future, current, notice
_PAST_AND_CANCELLED: Final = "2,6"
_LEASEHOLDERS: Final = ("primary", "responsible", "co-applicant", "leaseholder")
_NO_END: Final = date(2099, 12, 31)  # a month-to-month term that Entrata gives no end


@dataclass
class Terms:
    """What hangs on a property's leases besides the leases themselves, fetched once for all their pages."""

    rent: dict[str, int] = field(default_factory=dict[str, int])  # by interval
    deposit: dict[str, int] = field(default_factory=dict[str, int])
    notice: dict[str, date] = field(default_factory=dict[str, date])  # by lease
    clauses: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class LeaseReader:
    """Reads lease pages. Keeps a property's terms between its pages and lets them go after the last one."""

    def __init__(self, client: EntrataClient) -> None:
        self._client = client
        self._terms: dict[tuple[str, bool], Terms] = {}

    async def read(self, reading: Reading) -> Page:
        """One page of leases with their residents. An incremental reading takes all living leases, and the past
        ones that ended since: Entrata has no "changed since" for leases."""
        problems = Problems()
        mark = Mark.of(reading.cursor, _ALL if reading.since is None else _LIVING)
        key = (reading.property_id, reading.since is None)
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = await self._fetch_terms(reading, problems)
        params: dict[str, Any] = {"propertyId": int(reading.property_id), "includeLeaseHistory": 1}
        if reading.since is not None:
            params["leaseStatusTypeIds"] = mark.part
            if mark.part == _PAST_AND_CANCELLED:
                params["moveOutDateFrom"] = wire_day(mountain_day(reading.since) - timedelta(days=31))
        step = await self._client.listing(LEASES, params, "leases", "lease").step(mark)
        leases = parsed(models.Lease, step.records, problems, id_key="id")
        consents = await self._consents(reading.property_id, leases)
        cursor = step.cursor(_PAST_AND_CANCELLED if mark.part == _LIVING else None)
        if not cursor:
            self._terms.pop(key, None)
        home = read_model_id(reading.property_id)
        lease_rows = [row for lease in leases for row in _lease_rows(lease, home, terms, problems)]
        resident_rows = [row for lease in leases for row in _resident_rows(lease, home, consents)]
        batches = (Batch(ResidentRow, resident_rows), Batch(LeaseRow, lease_rows))
        return Page(batches, cursor, problems.all(), sample=sample_of(step.records, "id"))

    async def _fetch_terms(self, reading: Reading, problems: Problems) -> Terms:
        terms = Terms()
        params: dict[str, Any] = {"propertyId": int(reading.property_id)}
        living = {"leaseStatusTypeIds": _LIVING} if reading.since is not None else {}
        charged = self._client.listing(DETAILS, {**params, **living, "includeCharge": 1}, "leases", "lease")
        for lease in await charged.whole():
            _take_charges(lease, terms, problems)
        ahead = {"fromDate": wire_day(reading.horizon), "toDate": wire_day(reading.horizon + timedelta(days=365 * 5))}
        expiring = await self._client.call(EXPIRING, {**params, **ahead})
        for lease in as_list(inside(expiring, "Leases", "Lease")):
            given = _readable_day(inside(lease, "NoticeDate"))
            if given is not None:
                terms.notice[text(inside(lease, "@attributes", "Id"))] = given
        signed = self._client.listing(DOCUMENTS, {**params, **living}, "leaseDocuments", "leaseDocument")
        for document in await signed.whole():
            if text(inside(document, "type")).lower() == "lease clause":
                terms.clauses.setdefault(text(inside(document, "leaseId")), []).append(text(inside(document, "title")))
        return terms

    async def _consents(self, property_id: str, leases: list[models.Lease]) -> set[str]:
        """Customers who agreed to text messages."""
        ids = sorted({customer.id for lease in leases for customer in lease.customers if _holds(customer)})
        if not ids:
            return set()
        params = {"propertyId": int(property_id), "customerIds": ",".join(ids)}
        found = await self._client.call(PREFERENCES, params)
        agreed: set[str] = set()
        for customer in as_list(inside(found, "customers")):
            for preference in as_list(inside(customer, "preferences")):
                if text(inside(preference, "communicationChannel")).lower() == "sms" and yes(
                    inside(preference, "optIn")
                ):
                    agreed.add(text(inside(customer, "customerId")))
        return agreed


def _take_charges(lease: Any, terms: Terms, problems: Problems) -> None:
    """Rent and deposit of each interval from a lease's scheduled charges."""
    for kind, wanted, into in (
        ("recurringCharge", "rent", terms.rent),
        ("oneTimeCharge", "security deposit", terms.deposit),
    ):
        for interval in as_list(inside(lease, "scheduledCharges", kind)):
            try:
                interval_id = optional_id(inside(interval, "leaseIntervalId"))
            except ValueError:
                interval_id = None
            if interval_id is None:
                continue
            charges = [
                *as_list(inside(interval, "charges", "charge")),
                *as_list(inside(interval, "activeScheduledCharges", "activeScheduledCharge")),
            ]
            for charge in parsed(models.ScheduledCharge, charges, problems, id_key="chargeCode"):
                if charge.code.lower() == wanted and charge.amount is not None:
                    into[interval_id] = into.get(interval_id, 0) + charge.amount


def _lease_rows(lease: models.Lease, home: str, terms: Terms, problems: Problems) -> list[Row]:
    holders = [customer for customer in lease.customers if _holds(customer)] or lease.customers[:1]
    if lease.unit_id is None or not holders:
        problems.add("lease without a unit" if lease.unit_id is None else "lease without a resident", lease.id)
        return []
    dated = [interval for interval in lease.intervals if interval.start is not None]
    if len(dated) < len(lease.intervals) or not dated:
        problems.add("lease term without a start", lease.id)
    terms_in_order = sorted(dated, key=lambda interval: (interval.start or date.min, interval.id))
    rows: list[Row] = []
    for place, interval in enumerate(terms_in_order):
        first, last = place == 0, place == len(terms_in_order) - 1
        status = canonical(interval.status or lease.status, LEASE, "lease status", lease.id, problems)
        if interval.end is None and not lease.month_to_month:
            problems.add("lease term without an end", interval.id)
        if status in ("current", "notice") and interval.id not in terms.rent:
            problems.add("living lease without a scheduled rent", lease.id)
        rows.append(
            {
                "id": read_model_id(interval.id),
                "property_id": home,
                "unit_id": read_model_id(lease.unit_id),
                "resident_id": read_model_id(holders[0].id),
                "occupants": "|".join(customer.name.replace("|", "/") for customer in lease.customers),
                "status": status,
                "start_on": interval.start,
                "end_on": interval.end or _NO_END,
                "move_in_on": lease.move_in if first else None,
                "move_out_on": lease.move_out if last else None,
                "notice_given_on": terms.notice.get(lease.id) if last else None,
                "rent_cents": terms.rent.get(interval.id, 0),
                "deposit_cents": terms.deposit.get(interval.id, 0),
                "renewed_from_id": None if first else rows[-1]["id"],
                "clauses": "|".join(clause.replace("|", "/") for clause in terms.clauses.get(lease.id, [])),
            }
        )
    return rows


def _resident_rows(lease: models.Lease, home: str, consents: set[str]) -> list[Row]:
    return [
        {
            "id": read_model_id(customer.id),
            "property_id": home,
            "name": customer.name or "Unnamed resident",
            "search_name": customer.name.lower(),
            "email": customer.email,
            "phone": _phone(customer),
            "sms_consent": customer.id in consents,
        }
        for customer in lease.customers
        if _holds(customer)
    ]


def _holds(customer: models.Customer) -> bool:
    """True for people who hold the lease; occupants and guarantors don't."""
    return customer.kind.lower().startswith(_LEASEHOLDERS)


def _phone(customer: models.Customer) -> str:
    """The first readable phone number, "" when there is none."""
    return next((found for one in customer.phones if (found := phone(one.number))), "")


def _readable_day(value: Any) -> date | None:
    try:
        return day(value)
    except ValueError:
        return None
