"""The Reports API v2: what each report's filters are, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.sandbox.appfolio.homes import STATUSES, Home, status_of
from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.store import AppFolioStore
from app.sandbox.appfolio.wire import Refused, day, dollars, last_first, read_day
from app.sandbox.portfolio.records import Lease, Unit
from app.sandbox.portfolio.register import GuestCard

Rows = Iterator[dict[str, Any]]
_LIVING = ("current", "notice")


@dataclass(frozen=True)
class Report:
    """`days` are the filters that hold a day, `needed` those without which there is no report. A report is made for
    each home, or for the account as a whole."""

    of_home: Callable[[AppFolioStore, Home, Mapping[str, Any]], Rows] | None
    days: tuple[str, ...]
    needed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    of_account: Callable[[AppFolioStore, Mapping[str, Any]], Rows] | None = None

    def rows(self, store: AppFolioStore, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows of the report, property by property."""
        if self.of_home is None:
            return list(self.of_account(store, filters)) if self.of_account else []
        homes = [home for home in store.homes if wanted(home, filters)]
        return [row for home in homes for row in self.of_home(store, home, filters)]

    def checked(self, given: Any) -> dict[str, Any]:
        """The filters, with days read. Raises Refused for unknown, missing and malformed ones."""
        if not isinstance(given, dict):
            raise Refused(400, "filters must be a JSON object")
        known = (*self.days, *self.others, "properties", "columns", "paginate_results")
        for name in given:
            if name not in known:
                raise Refused(400, f"unknown filter {name}")
        for name in self.needed:
            if name not in given:
                raise Refused(400, f"{name} is required")
        return {name: read_day(value, name) if name in self.days else value for name, value in given.items()}


def wanted(home: Home, filters: Mapping[str, Any]) -> bool:
    """Whether a property filter, if there is one, names this community (by its number)."""
    properties = filters.get("properties")
    if properties is None:
        return True
    if not isinstance(properties, dict) or any(not name.endswith("_ids") for name in properties):
        raise Refused(400, "properties must hold lists of ids")
    ids = properties.get("properties_ids")
    return ids is None or str(home.community.property.id) in [str(one) for one in ids]


def _place(home: Home) -> dict[str, Any]:
    one = home.community.property
    return {
        "property": f"{one.name} - {one.street} {one.city}, {one.state} {one.postal_code}",
        "property_name": one.name,
        "property_id": one.id,
        "property_address": f"{one.street} {one.city}, {one.state} {one.postal_code}",
    }


def _rent_roll(store: AppFolioStore, home: Home, filters: Mapping[str, Any]) -> Rows:
    at = filters.get("as_of_to") or filters.get("as_of_date") or store.today
    living = {term.unit_id: term for terms in home.households.values() for term in terms if _holds(term, at)}
    plans = {plan.id: plan.name for plan in home.community.floor_plans}
    for unit in home.community.units:
        term = living.get(unit.id)
        yield {
            **_place(home),
            "unit": unit.number,
            "unit_id": unit.id,
            "unit_type": plans[unit.floor_plan_id],
            "bd_ba": f"{unit.bedrooms}/{unit.bathrooms:.2f}",
            "sqft": unit.square_feet,
            "market_rent": dollars(unit.market_rent_cents),
            "status": _status(unit, term, at, store.today),
            **_tenancy(home, term, store.today),
        }


def _holds(term: Lease, at: date) -> bool:
    return term.start_on <= at <= term.end_on and term.status != "cancelled"


def _status(unit: Unit, term: Lease | None, at: date, today: date) -> str:
    if at == today:
        return STATUSES[unit.status]
    return "Current" if term else "Vacant-Unrented"


def _tenancy(home: Home, term: Lease | None, today: date) -> dict[str, Any]:
    if term is None:
        return dict.fromkeys(_TENANCY)
    terms, resident = home.households[term.tenancy_id], home.residents[term.resident_id]
    others = [last_first(name) for name in term.occupants if name != resident.name]
    values = (
        last_first(resident.name),
        ", ".join(others) or None,
        dollars(term.rent_cents),
        dollars(term.deposit_cents),
        day(term.start_on),
        day(term.end_on),
        day(terms[0].move_in_on),
        day(terms[-1].move_out_on),
        dollars(_owed(home, term.tenancy_id, today)),
        term.tenancy_id,
        resident.id,
    )
    return dict(zip(_TENANCY, values, strict=True))


_TENANCY = (
    "tenant", "additional_tenants", "rent", "deposit", "lease_from", "lease_to", "move_in", "move_out", "past_due",
    "occupancy_id", "tenant_id",
)  # fmt: skip


def _owed(home: Home, tenancy: int, today: date) -> int:
    """Cents that are past due: what fell due before today less what was paid and credited."""
    entries = home.ledger.get(tenancy, [])
    due = (one.amount_cents for one in entries if one.kind != "charge" or (one.due_on or one.posted_on) < today)
    return max(0, sum(due))


def _receivables_activity(store: AppFolioStore, home: Home, filters: Mapping[str, Any]) -> Rows:
    first, last = filters["receipt_date_from"], filters["receipt_date_to"]
    for tenancy, entries in home.ledger.items():
        terms = home.households[tenancy]
        resident, unit = home.residents[terms[-1].resident_id], home.units_by_id[terms[-1].unit_id]
        for entry in entries:
            if entry.kind == "payment" and first <= entry.posted_on <= last:
                yield {
                    **_place(home),
                    "party": last_first(resident.name),
                    "status": status_of(terms),
                    "unit_id": unit.id,
                    "occupancy_id": tenancy,
                    "selected_tenant_id": resident.id,
                    "move_in": day(terms[0].move_in_on),
                    "txn_id": entry.id,
                    "txn_amount": dollars(-entry.amount_cents),
                    "txn_receipt_date": day(entry.posted_on),
                    "txn_reference": None,
                    "txn_remarks": entry.description,
                    "payment_type": "Portal" if entry.description.startswith("Online") else "Check",
                    "phone_numbers": resident.phone,
                    "emails": resident.email,
                }


def _delinquency_as_of(store: AppFolioStore, home: Home, filters: Mapping[str, Any]) -> Rows:
    at = min(filters["occurred_on_to"], store.today)
    for tenancy, terms in home.households.items():
        if terms[-1].status not in _LIVING:
            continue
        owed = _owed(home, tenancy, at + timedelta(days=1))
        if owed:
            yield {
                **_place(home),
                "unit": home.units_by_id[terms[-1].unit_id].number,
                "name": last_first(home.residents[terms[-1].resident_id].name),
                "tenant_status": status_of(terms),
                "amount_receivable": dollars(owed),
                "occupancy_id": tenancy,
            }


def _guest_card_inquiries(store: AppFolioStore, home: Home, filters: Mapping[str, Any]) -> Rows:
    first, last = filters["received_on_from"], filters["received_on_to"]
    for card in store.cards(home):
        if first <= card.inquired_on <= last and _is_wanted(card, filters):
            came = _CAME[card.status]
            yield {
                "property": _place(home)["property"],
                "property_id": str(home.community.property.id),
                "name": last_first(card.name),
                "email_address": card.email,
                "phone_number": card.phone,
                "received": day(card.inquired_on),
                "latest_interest_date": day(card.inquired_on),
                "latest_interest_source": card.lead_source,
                "source": card.lead_source,
                "status": came.status,
                "bed_bath_preference": f"{card.bedrooms} Bed / 1+ Bath",
                "guest_card_id": card.id,
                "inquiry_id": card.id + 1,
                "showings": came.showings,
                "rental_application_id": card.id + 2 if came.applied else None,
                "last_activity_type": None if card.status == "new" else "Email",
            }


@dataclass(frozen=True)
class _Came:
    """What came of an inquiry, in AppFolio's columns."""

    status: str
    showings: int = 0
    applied: bool = False


_CAME: Mapping[str, _Came] = {
    "new": _Came("Active"),
    "contacted": _Came("Active"),
    "toured": _Came("Active", 1),
    "applied": _Came("Active", 1, applied=True),
    "leased": _Came("Converted", 1, applied=True),
    "lost": _Came("Inactive"),
}


def _is_wanted(card: GuestCard, filters: Mapping[str, Any]) -> bool:
    """Without a filter only the open ones are shown."""
    statuses = filters.get("guest_card_statuses", ["active"])
    return "all" in statuses or _CAME[card.status].status.lower() in statuses


def vendor_directory(store: AppFolioStore, filters: Mapping[str, Any]) -> Rows:
    """The vendors of the account: they belong to no property."""
    for one in store.directory:
        yield {
            "company_name": one.name,
            "name": "Dispatch, The",
            "phone_numbers": f"Office: {one.phone}",
            "email": one.email,
            "vendor_trades": _TRADES.get(one.category, one.category.title()),
            "vendor_type": "General",
            "liability_ins_expires": day(one.insured_until),
            "workers_comp_expires": None,
            "do_not_use_for_work_order": "No",
            "vendor_id": one.id,
            "vendor_integration_id": uuid_of("vendor", one.name),
        }


_TRADES = {"hvac": "HVAC", "pest": "Pest Control"}

REPORTS: Mapping[str, Report] = {
    "guest_card_inquiries": Report(
        _guest_card_inquiries,
        ("received_on_from", "received_on_to"),
        needed=("received_on_from", "received_on_to"),
        others=("guest_card_sources", "guest_card_statuses", "assigned_user"),
    ),
    "vendor_directory": Report(
        None,
        ("workers_comp_expiration_to",),
        others=("vendor_visibility", "vendor_type", "payment_type", "created_by", "tags"),
        of_account=vendor_directory,
    ),
    "rent_roll": Report(_rent_roll, ("as_of_date", "as_of_to"), others=("unit_visibility",)),
    "receivables_activity": Report(
        _receivables_activity,
        ("receipt_date_from", "receipt_date_to"),
        needed=("receipt_date_from", "receipt_date_to"),
        others=("manually_entered_only",),
    ),
    "delinquency_as_of": Report(
        _delinquency_as_of,
        ("occurred_on_to",),
        needed=("occurred_on_to",),
        others=("property_visibility", "tenant_statuses"),
    ),
}
