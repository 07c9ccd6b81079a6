"""What the demo portfolio has besides homes and people as rows of the read model: with the source `sophia` what no
connected system holds, the rest with the ids that a sync of the property source, or of HubSpot, gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from app.db.models.base import Base
from app.db.models.business import Call as CallRow
from app.db.models.business import CallNote as CallNoteRow
from app.db.models.business import Company as CompanyRow
from app.db.models.business import Contact as ContactRow
from app.db.models.business import Deal as DealRow
from app.db.models.business import Task as TaskRow
from app.db.models.finance import GlMonth as GlMonthRow
from app.db.models.finance import Invoice as InvoiceRow
from app.db.models.leasing import GuestCard as GuestCardRow
from app.db.models.leasing import Tour as TourRow
from app.db.models.maintenance import Vendor as VendorRow
from app.db.models.property import MarketComp as MarketCompRow
from app.sandbox.portfolio.bulk import Batch, Stored
from app.sandbox.portfolio.portfolio import CommunityRegister, CompanyRegister
from app.sandbox.portfolio.register import GlMonth, Invoice, Tour

T = TypeVar("T")
_OWN = "sophia"
_CRM = "hubspot"


@dataclass(frozen=True)
class RegisterTarget:
    """Where rows go; `property_source` is the key of the system that holds the properties they refer to, but for those
    `elsewhere` (by id, their read-model ids). `vendors_elsewhere` are the read-model ids of vendors there."""

    workspace_id: str
    property_source: str
    as_of: datetime
    elsewhere: Mapping[int, str] = field(default_factory=dict[int, str])
    vendors_elsewhere: Mapping[int, str] = field(default_factory=dict[int, str])

    def place(self, property_id: int) -> str:
        return self.elsewhere.get(property_id) or self.there(property_id)

    def there(self, record: int | str) -> str:
        """The id that the property source gives a record."""
        return f"{self.property_source}:{record}"

    def card(self, tour: Tour) -> str | None:
        """The guest card that a tour came of."""
        if tour.guest_card_id is None:
            return None
        if tour.property_id not in self.elsewhere:
            return self.there(tour.guest_card_id)
        return f"{self.place(tour.property_id).partition(':')[0]}:card-{tour.guest_card_id}"

    def vendor(self, invoice: Invoice) -> str:
        """The vendor an invoice is from, in the system of its community."""
        if invoice.property_id in self.elsewhere:
            return self.vendors_elsewhere[invoice.vendor_id]
        return self.there(invoice.vendor_id)


def own(record_id: int | None) -> str | None:
    """The read-model id of a record of the register."""
    return None if record_id is None else f"{_OWN}:{record_id}"


def crm(record_id: int | None) -> str | None:
    """The read-model id of a company, contact, deal, note or task."""
    return None if record_id is None else f"{_CRM}:{record_id}"


def community_register_rows(target: RegisterTarget, stored: Stored, register: CommunityRegister) -> Iterator[Batch]:
    """One community's part that no connected system holds, table by table: comps; tours of people without a guest
    card; and where the community is elsewhere all tours, the invoices and the books."""
    day, place = stored.day, target.place
    batch = _batches(target, stored)
    yield _tours(target, stored, [one for one in register.tours if not _is_there(target, one)], own)
    yield batch(
        MarketCompRow,
        ("id", "property_id", "competitor", "distance_miles", "bedrooms", "square_feet", "asking_rent_cents",
         "effective_rent_cents", "occupancy", "concession", "surveyed_on"),
        register.comps,
        lambda one: (
            own(one.id), place(one.property_id), one.competitor, one.distance_miles, one.bedrooms, one.square_feet,
            one.asking_rent_cents, one.effective_rent_cents, one.occupancy, one.concession, day(one.surveyed_on),
        ),
    )  # fmt: skip
    yield _invoices(target, stored, [one for one in register.invoices if one.property_id in target.elsewhere], own)
    months = [one for one in register.gl_months if one.property_id in target.elsewhere]
    yield _books(target, stored, months, lambda one: own(one.id))


def office_rows(target: RegisterTarget, stored: Stored, register: CommunityRegister) -> Iterator[Batch]:
    """One community's part that the property source holds, with the ids that its sync would give."""
    day, place, there = stored.day, target.place, target.there
    batch = _batches(target, stored)
    yield batch(
        GuestCardRow,
        ("id", "property_id", "name", "search_name", "email", "phone", "bedrooms", "status", "lead_source",
         "inquired_on"),
        [one for one in register.guest_cards if one.property_id not in target.elsewhere],
        lambda one: (
            there(one.id), place(one.property_id), one.name, one.name.lower(), one.email, one.phone, one.bedrooms,
            one.status, one.lead_source, day(one.inquired_on),
        ),
    )  # fmt: skip
    yield _tours(target, stored, [one for one in register.tours if _is_there(target, one)], there)
    invoices = [one for one in register.invoices if one.property_id not in target.elsewhere]
    yield _invoices(target, stored, invoices, there)
    months = [one for one in register.gl_months if one.property_id not in target.elsewhere]
    yield _books(target, stored, months, lambda one: there(_month_id(one)))


def _is_there(target: RegisterTarget, tour: Tour) -> bool:
    return tour.guest_card_id is not None and tour.property_id not in target.elsewhere


def _month_id(one: GlMonth) -> str:
    kind = "income" if one.is_income else "expense"
    return f"gl-{one.property_id}-{one.month:%Y-%m}-{kind}-{one.account}"


def _tours(target: RegisterTarget, stored: Stored, tours: Iterable[Tour], named: Callable[[int], str | None]) -> Batch:
    return _batches(target, stored)(
        TourRow,
        ("id", "property_id", "prospect", "guest_card_id", "starts_at", "status", "agent"),
        tours,
        lambda one: (
            named(one.id), target.place(one.property_id), one.prospect, target.card(one), stored.moment(one.starts_at),
            one.status, one.agent,
        ),
    )  # fmt: skip


def _invoices(
    target: RegisterTarget, stored: Stored, invoices: Iterable[Invoice], named: Callable[[int], str | None]
) -> Batch:
    day = stored.day
    return _batches(target, stored)(
        InvoiceRow,
        ("id", "number", "vendor_id", "property_id", "amount_cents", "invoiced_on", "due_on", "paid_on", "status",
         "description"),
        invoices,
        lambda one: (
            named(one.id), one.number, target.vendor(one), target.place(one.property_id), one.amount_cents,
            day(one.invoiced_on), day(one.due_on), day(one.paid_on), one.status, one.description,
        ),
    )  # fmt: skip


def _books(
    target: RegisterTarget, stored: Stored, months: Iterable[GlMonth], named: Callable[[GlMonth], str | None]
) -> Batch:
    return _batches(target, stored)(
        GlMonthRow,
        ("id", "property_id", "month", "account", "is_income", "actual_cents", "budget_cents"),
        months,
        lambda one: (
            named(one), target.place(one.property_id), stored.day(one.month), one.account, one.is_income,
            one.actual_cents, one.budget_cents,
        ),
    )  # fmt: skip


def vendor_rows(target: RegisterTarget, stored: Stored, register: CompanyRegister) -> Iterator[Batch]:
    """The vendors, as a sync of the property source would bring them."""
    day, batch = stored.day, _batches(target, stored)
    yield batch(
        VendorRow,
        ("id", "name", "category", "phone", "email", "property_ids", "insured_until", "rating"),
        register.vendors,
        lambda one: (
            target.there(one.id), one.name, one.category, one.phone, one.email,
            "|".join(map(target.place, one.property_ids)) or target.there("*"), day(one.insured_until), None,
        ),
    )  # fmt: skip


def crm_rows(target: RegisterTarget, stored: Stored, register: CompanyRegister) -> Iterator[Batch]:
    """Companies, contacts, deals, notes and tasks, table by table."""
    day, moment = stored.day, stored.moment
    batch = _batches(target, stored)
    yield batch(
        CompanyRow,
        ("id", "name", "domain", "kind"),
        register.companies,
        lambda one: (crm(one.id), one.name, one.domain, one.kind),
    )
    yield batch(
        ContactRow,
        ("id", "name", "search_name", "company_id", "role", "email", "phone"),
        register.contacts,
        lambda one: (
            crm(one.id), one.name, one.name.lower(), crm(one.company_id), one.role, one.email, one.phone,
        ),
    )  # fmt: skip
    yield batch(
        DealRow,
        ("id", "name", "company_id", "owner", "stage", "amount_cents", "close_on", "updated_at"),
        register.deals,
        lambda one: (
            crm(one.id), one.name, crm(one.company_id), one.owner, one.stage, one.amount_cents, day(one.close_on),
            moment(one.updated_at),
        ),
    )  # fmt: skip
    yield batch(
        CallNoteRow,
        ("id", "contact_id", "note", "created_at", "created_by"),
        register.notes,
        lambda one: (crm(one.id), crm(one.contact_id), one.note, moment(one.created_at), one.created_by),
    )
    yield batch(
        TaskRow,
        ("id", "title", "assignee", "due_on", "status", "created_at", "created_by"),
        register.tasks,
        lambda one: (
            crm(one.id), one.title, one.assignee, day(one.due_on), one.status, moment(one.created_at), one.created_by,
        ),
    )  # fmt: skip


def call_rows(target: RegisterTarget, stored: Stored, register: CompanyRegister) -> Iterator[Batch]:
    """Recorded calls, for where none come from a recording system."""
    moment, batch = stored.moment, _batches(target, stored)
    yield batch(
        CallRow,
        ("id", "title", "contact_id", "company_id", "host", "started_at", "seconds", "transcript"),
        register.calls,
        lambda one: (
            own(one.id), one.title, crm(one.contact_id), crm(one.company_id), one.host, moment(one.started_at),
            one.seconds, one.transcript,
        ),
    )  # fmt: skip


def _batches(target: RegisterTarget, stored: Stored) -> Callable[..., Batch]:
    start = (target.workspace_id, stored.moment(target.as_of))

    def batch(
        model: type[Base], columns: tuple[str, ...], records: Iterable[T], values: Callable[[T], tuple[Any, ...]]
    ) -> Batch:
        rows = ((*start, *values(record)) for record in records)
        return Batch(model.__tablename__, ("workspace_id", "as_of", *columns), rows)

    return batch
