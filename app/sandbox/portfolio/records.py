"""What a property system holds, in canonical terms. Ids are stable integers; the read-model id is `<source>:<id>`.

Money is in cents, days are dates at the property, moments are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

LeaseStatus = Literal["applicant", "future", "current", "notice", "past", "cancelled"]
UnitStatus = Literal["occupied", "notice", "vacant", "vacant_leased", "down"]
EntryKind = Literal["charge", "payment", "credit"]
WorkOrderStatus = Literal["open", "in_progress", "completed", "on_hold", "cancelled"]
Priority = Literal["low", "normal", "high", "emergency"]
WorkCategory = Literal["plumbing", "electrical", "hvac", "appliance", "pest", "general"]


@dataclass(frozen=True, slots=True)
class Property:
    id: int
    name: str
    aliases: tuple[str, ...]
    street: str
    city: str
    state: str
    postal_code: str
    year_built: int
    unit_count: int
    pet_friendly: bool
    timezone: str
    phone: str  # the leasing office, E.164
    email: str


@dataclass(frozen=True, slots=True)
class FloorPlan:
    id: int
    property_id: int
    name: str
    bedrooms: int  # a studio has 0
    bathrooms: float
    square_feet: int
    market_rent_cents: int
    amenities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """`available_on` is the day it can be moved into; None when occupied without notice, leased ahead, or down."""

    id: int
    property_id: int
    floor_plan_id: int
    number: str
    building: str
    floor: int
    bedrooms: int
    bathrooms: float
    square_feet: int
    market_rent_cents: int
    status: UnitStatus
    available_on: date | None
    pet_friendly: bool
    amenities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resident:
    id: int
    property_id: int
    name: str
    email: str
    phone: str  # E.164, always of the range reserved for fiction
    sms_consent: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """One term of one household in one unit.

    A household that renews gets a further term: same `tenancy_id`, `renewed_from_id` = the term before. Its
    `move_in_on` stands on the first term only, `move_out_on` and `notice_given_on` on the last only. Terms of one unit
    never overlap. (In Entrata a tenancy is the lease and a term is a lease interval.)
    """

    id: int
    tenancy_id: int
    property_id: int
    unit_id: int
    resident_id: int
    occupants: tuple[str, ...]
    status: LeaseStatus
    start_on: date
    end_on: date
    move_in_on: date | None
    move_out_on: date | None
    notice_given_on: date | None
    rent_cents: int
    deposit_cents: int
    renewed_from_id: int | None
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Charges are positive; payments and credits are negative. The sum over a lease is its balance."""

    id: int
    lease_id: int
    property_id: int
    kind: EntryKind
    code: str
    description: str
    amount_cents: int
    posted_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """`id` is the number people say: 1042 for WO-1042."""

    id: int
    property_id: int
    unit_id: int | None
    resident_id: int | None
    description: str
    category: WorkCategory
    priority: Priority
    status: WorkOrderStatus
    assignee: str
    permission_to_enter: bool
    created_at: datetime
    scheduled_on: date | None
    completed_at: datetime | None
    updated_at: datetime
