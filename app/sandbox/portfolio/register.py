"""What the demo portfolio has besides homes and people: leasing interest, comps, vendors, invoices, budgets, and the
CRM. Ids are stable integers; the read-model id is the one of the system that holds a record, `sophia:<id>` where none
does.

`property_id` is the property system's integer id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class GuestCard:
    id: int
    property_id: int
    name: str
    email: str
    phone: str
    bedrooms: int
    status: str  # new, contacted, toured, applied, leased, lost
    lead_source: str
    inquired_on: date


@dataclass(frozen=True, slots=True)
class Tour:
    id: int
    property_id: int
    prospect: str
    guest_card_id: int | None
    starts_at: datetime
    status: str  # booked, done, no_show, cancelled
    agent: str


@dataclass(frozen=True, slots=True)
class MarketComp:
    id: int
    property_id: int
    competitor: str
    distance_miles: float
    bedrooms: int
    square_feet: int
    asking_rent_cents: int
    effective_rent_cents: int
    occupancy: float
    concession: str
    surveyed_on: date


@dataclass(frozen=True, slots=True)
class Vendor:
    """`property_ids` empty = approved everywhere."""

    id: int
    name: str
    category: str
    phone: str
    email: str
    property_ids: tuple[int, ...]
    insured_until: date
    rating: float


@dataclass(frozen=True, slots=True)
class Invoice:
    id: int
    number: str
    vendor_id: int
    property_id: int
    amount_cents: int
    invoiced_on: date
    due_on: date
    paid_on: date | None
    status: str  # unpaid, paid, pending_approval
    description: str


@dataclass(frozen=True, slots=True)
class GlMonth:
    id: int
    property_id: int
    month: date
    account: str
    is_income: bool
    actual_cents: int | None  # None: the month is not closed
    budget_cents: int


@dataclass(frozen=True, slots=True)
class Company:
    id: int
    name: str
    domain: str
    kind: str


@dataclass(frozen=True, slots=True)
class Contact:
    id: int
    name: str
    company_id: int
    role: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Deal:
    id: int
    name: str
    company_id: int
    owner: str
    stage: str
    amount_cents: int
    close_on: date
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    id: int
    title: str
    contact_id: int | None
    company_id: int | None
    host: str
    started_at: datetime
    seconds: int
    transcript: str


@dataclass(frozen=True, slots=True)
class CallNote:
    id: int
    contact_id: int
    note: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    title: str
    assignee: str
    due_on: date | None
    status: str  # open, done
    created_at: datetime
    created_by: str
