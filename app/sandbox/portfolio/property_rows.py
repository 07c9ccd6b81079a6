"""The property side of the demo portfolio as rows of the read model, the same as a sync would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.models.base import Base
from app.db.models.leasing import Lease as LeaseRow
from app.db.models.leasing import LedgerEntry as LedgerRow
from app.db.models.leasing import Resident as ResidentRow
from app.db.models.maintenance import WorkOrder as WorkOrderRow
from app.db.models.property import FloorPlan as FloorPlanRow
from app.db.models.property import Property as PropertyRow
from app.db.models.property import Unit as UnitRow
from app.sandbox.portfolio.bulk import Batch, Stored
from app.sandbox.portfolio.portfolio import Community
from app.sandbox.portfolio.records import FloorPlan, Lease, LedgerEntry, Property, Resident, Unit, WorkOrder

Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Target:
    """Where rows go: the workspace, the source key of the property system, and the moment it confirmed them."""

    workspace_id: str
    source: str
    as_of: datetime

    def id(self, record_id: int) -> str:
        return f"{self.source}:{record_id}"

    def ref(self, record_id: int | None) -> str | None:
        return None if record_id is None else f"{self.source}:{record_id}"


def community_rows(target: Target, stored: Stored, community: Community) -> Iterator[Batch]:
    """Everything of one community, table by table."""
    yield _batch(PropertyRow, _PROPERTY, _properties(target, stored, [community.property]))
    yield _batch(FloorPlanRow, _FLOOR_PLAN, _floor_plans(target, stored, community.floor_plans))
    yield _batch(UnitRow, _UNIT, _units(target, stored, community.units))
    yield _batch(ResidentRow, _RESIDENT, _residents(target, stored, community.residents))
    yield _batch(LeaseRow, _LEASE, _leases(target, stored, community.leases))
    yield _batch(LedgerRow, _ENTRY, _entries(target, stored, community.ledger))
    yield _batch(WorkOrderRow, _WORK_ORDER, _work_orders(target, stored, community.work_orders))


def _batch(model: type[Base], columns: tuple[str, ...], rows: Rows) -> Batch:
    return Batch(model.__tablename__, ("workspace_id", "as_of", *columns), rows)


_PROPERTY = (
    "id", "name", "aliases", "street", "city", "state", "postal_code", "year_built", "unit_count", "pet_friendly",
    "timezone",
)  # fmt: skip


def _properties(target: Target, stored: Stored, properties: Iterable[Property]) -> Rows:
    start = (target.workspace_id, stored.moment(target.as_of))
    for one in properties:
        yield (
            *start, target.id(one.id), one.name, "|".join(one.aliases), one.street, one.city, one.state,
            one.postal_code, one.year_built, one.unit_count, one.pet_friendly, one.timezone,
        )  # fmt: skip


_FLOOR_PLAN = ("id", "property_id", "name", "bedrooms", "bathrooms", "square_feet", "market_rent_cents", "amenities")


def _floor_plans(target: Target, stored: Stored, plans: Iterable[FloorPlan]) -> Rows:
    start = (target.workspace_id, stored.moment(target.as_of))
    for one in plans:
        yield (
            *start, target.id(one.id), target.id(one.property_id), one.name, one.bedrooms, one.bathrooms,
            one.square_feet, one.market_rent_cents, "|".join(one.amenities),
        )  # fmt: skip


_UNIT = (
    "id", "property_id", "floor_plan_id", "number", "building", "floor", "bedrooms", "bathrooms", "square_feet",
    "market_rent_cents", "status", "available_on", "pet_friendly", "amenities",
)  # fmt: skip


def _units(target: Target, stored: Stored, units: Iterable[Unit]) -> Rows:
    start = (target.workspace_id, stored.moment(target.as_of))
    for one in units:
        yield (
            *start, target.id(one.id), target.id(one.property_id), target.id(one.floor_plan_id), one.number,
            one.building, one.floor, one.bedrooms, one.bathrooms, one.square_feet, one.market_rent_cents, one.status,
            stored.day(one.available_on), one.pet_friendly, "|".join(one.amenities),
        )  # fmt: skip


_RESIDENT = ("id", "property_id", "name", "search_name", "email", "phone", "sms_consent")


def _residents(target: Target, stored: Stored, residents: Iterable[Resident]) -> Rows:
    start = (target.workspace_id, stored.moment(target.as_of))
    for one in residents:
        yield (
            *start, target.id(one.id), target.id(one.property_id), one.name, one.name.lower(), one.email, one.phone,
            one.sms_consent,
        )  # fmt: skip


_LEASE = (
    "id", "property_id", "unit_id", "resident_id", "occupants", "status", "start_on", "end_on", "move_in_on",
    "move_out_on", "notice_given_on", "rent_cents", "deposit_cents", "renewed_from_id", "clauses", "balance_cents",
    "past_due_cents", "renewed",
)  # fmt: skip


def _leases(target: Target, stored: Stored, leases: Iterable[Lease]) -> Rows:
    """What is worked out (app/portfolio/balances.py, renewals.py) is left at zero."""
    start, day = (target.workspace_id, stored.moment(target.as_of)), stored.day
    for one in leases:
        yield (
            *start, target.id(one.id), target.id(one.property_id), target.id(one.unit_id), target.id(one.resident_id),
            "|".join(one.occupants), one.status, day(one.start_on), day(one.end_on), day(one.move_in_on),
            day(one.move_out_on), day(one.notice_given_on), one.rent_cents, one.deposit_cents,
            target.ref(one.renewed_from_id), "|".join(one.clauses), 0, 0, False,
        )  # fmt: skip


_ENTRY = ("id", "lease_id", "property_id", "kind", "code", "description", "amount_cents", "posted_on", "due_on")


def _entries(target: Target, stored: Stored, entries: Iterable[LedgerEntry]) -> Rows:
    workspace_id, as_of, day, source = target.workspace_id, stored.moment(target.as_of), stored.day, target.source
    for one in entries:  # the biggest table by far: no calls that are not needed
        yield (
            workspace_id, as_of, f"{source}:{one.id}", f"{source}:{one.lease_id}", f"{source}:{one.property_id}",
            one.kind, one.code, one.description, one.amount_cents, day(one.posted_on), day(one.due_on),
        )  # fmt: skip


_WORK_ORDER = (
    "id", "number", "property_id", "unit_id", "resident_id", "description", "category", "priority", "status",
    "assignee", "permission_to_enter", "created_at", "scheduled_on", "completed_at", "updated_at",
)  # fmt: skip


def _work_orders(target: Target, stored: Stored, orders: Iterable[WorkOrder]) -> Rows:
    start, moment = (target.workspace_id, stored.moment(target.as_of)), stored.moment
    for one in orders:
        yield (
            *start, target.id(one.id), str(one.id), target.id(one.property_id), target.ref(one.unit_id),
            target.ref(one.resident_id), one.description, one.category, one.priority, one.status, one.assignee,
            one.permission_to_enter, moment(one.created_at), stored.day(one.scheduled_on), moment(one.completed_at),
            moment(one.updated_at),
        )  # fmt: skip
