"""Entrata as a taker of work orders: every write is made once, read back, and stored in the read model.

Entrata takes no idempotency key. A created work order therefore carries a mark made from the key behind its
description; before a create, and after a lost answer, the mark is looked for among the newest work orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.bulk import upsert
from app.db.engine import Database
from app.db.models.leasing import Lease, Resident
from app.db.models.maintenance import WorkOrder as WorkOrderRow
from app.db.models.property import Property, Unit
from app.domain.clock import Clock
from app.domain.errors import Fixable, NotFound, OutcomeUnknown
from app.integrations.base import Problems
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import (
    as_list,
    attributes,
    inside,
    mountain_day,
    optional_id,
    text,
    wire_day,
    wire_moment,
)
from app.integrations.entrata.ids import SOURCE, entrata_id, read_model_id
from app.integrations.entrata.maintenance import fetch, mark_of, row_of
from app.integrations.entrata.pick_lists import PickListCache, unknown_assignee
from app.integrations.entrata.statuses import WORK_ORDER
from app.integrations.entrata.vendors import VENDORS
from app.integrations.writing import RecordKind, Write

SEND: Final = Method("maintenance", "sendWorkOrders", writes=True)
UPDATE: Final = Method("maintenance", "updateWorkOrders", "r2", writes=True, idempotent=True)
MITS_UNITS: Final = Method("propertyunits", "getMitsPropertyUnits")
_LOOK_BACK: Final = timedelta(days=2)  # how long after a lost answer its work order is still looked for
_LONGEST: Final = 1800  # characters of a description, the mark not counted

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Place:
    """Where a work order is for, in Entrata's terms."""

    property_id: int
    unit_number: str
    building: str
    customer_id: int | None
    phone: str


class EntrataWorkOrders:
    """Takes work orders for Entrata (`app.integrations.writing.RecordSystem`). Entrata wants a
    number to call with every work order: the resident's, or the community's office where nobody lives."""

    source = SOURCE
    writes: frozenset[RecordKind] = frozenset({"work_order"})

    def __init__(self, client: EntrataClient, db: Database, clock: Clock) -> None:
        self._client = client
        self._db = db
        self._clock = clock
        self._lists = PickListCache(client, clock)

    async def write(self, write: Write) -> str:
        """Opens a work order, or changes one."""
        return await (self._update(write) if write.record_id else self._create(write))

    async def _create(self, write: Write) -> str:
        """Opens a work order once, however often it is called with the same key."""
        workspace_id, order = write.workspace_id, write.values
        property_id = entrata_id(order["property_id"])
        mark = mark_of(workspace_id, write.idempotency_key)
        made = await self._marked(property_id, mark)
        if made is None:
            place = await self._place(workspace_id, order)
            answer = await self._client.call(SEND, await self._request(order, place, mark))
            made = await self._made(property_id, mark, answer)
        return await self._store(workspace_id, property_id, made)

    async def _update(self, write: Write) -> str:
        """Changes status, assignee, priority or description. Repeating it ends in the same state."""
        workspace_id, work_order_id, changes = write.workspace_id, write.record_id, write.values
        async with self._db.reading() as session:
            known = await session.get(WorkOrderRow, (workspace_id, work_order_id))
        if known is None:
            raise NotFound("I don't have that work order.", next_step="Please check its number.")
        property_id, number = entrata_id(known.property_id), entrata_id(work_order_id)
        lists = await self._lists.of(property_id)
        before = await self._one(property_id, number)
        problem = lists.problems.get(before.problem.lower()) or lists.problem(before.description)
        params: dict[str, Any] = {"propertyId": property_id, "workOrderId": number, "maintenanceProblemId": problem}
        if changes.get("status"):
            params["maintenanceStatusTypeId"] = lists.status(changes["status"])
            if changes["status"] == "completed":
                params["completedDateTime"] = wire_moment(self._clock.now())
        if changes.get("priority"):
            params["maintenancePriorityId"] = lists.priority(changes["priority"])
        if changes.get("assignee"):
            params |= await self._assignment(changes["assignee"], property_id)
        if changes.get("description"):
            params["problemDescription"] = changes["description"][:_LONGEST]
        try:
            answer = await self._client.call(UPDATE, params)
            _check_update(answer, number)
        except OutcomeUnknown:
            after = await self._one(property_id, number)
            if not _took(after, changes):
                raise
            return await self._store(workspace_id, property_id, after)
        return await self._store(workspace_id, property_id, await self._one(property_id, number))

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        """Looks for the mark of a lost create at every property; None when nothing carries it."""
        mark = mark_of(workspace_id, idempotency_key)
        async with self._db.reading() as session:
            homes = await session.scalars(
                select(Property.id).where(
                    Property.workspace_id == workspace_id,
                    Property.id.startswith(f"{SOURCE}:"),
                    Property.deleted_at.is_(None),
                )
            )
        for home in homes.all():
            property_id = entrata_id(home)
            made = await self._marked(property_id, mark)
            if made is not None:
                return await self._store(workspace_id, property_id, made)
        return None

    async def _request(self, order: Mapping[str, Any], place: _Place, mark: str) -> dict[str, Any]:
        lists = await self._lists.of(place.property_id)
        description = str(order["description"]).strip()[:_LONGEST]
        params: dict[str, Any] = {
            "propertyId": place.property_id,
            "mainPhoneNumber": int(place.phone),
            "permissionToEnter": 1 if order.get("permission_to_enter") else 0,
            "maintenanceLocationId": lists.location(),
            "maintenanceCategoryId": lists.category(order.get("category") or "general"),
            "maintenanceProblemId": lists.problem(description),
            "maintenancePriorityId": lists.priority(order.get("priority") or "normal"),
            "problemDescription": f"{description} {mark}",
        }
        if place.unit_number:
            params |= {"unitNumber": place.unit_number}
        if place.building:
            params |= {"buildingName": place.building}
        if place.customer_id is not None:
            params |= {"customerId": place.customer_id}
        return params

    async def _place(self, workspace_id: str, order: Mapping[str, Any]) -> _Place:
        async with self._db.reading() as session:
            unit = await session.get(Unit, (workspace_id, order["unit_id"])) if order.get("unit_id") else None
            resident = await _resident_for(session, workspace_id, order)
        property_id = entrata_id(order["property_id"])
        phone = resident.phone if resident is not None else ""
        phone = phone or await self._office_phone(property_id)
        digits = "".join(char for char in phone if char.isdigit())
        if not digits:
            raise Fixable(
                "Entrata wants a phone number with every work order, and it has none for this unit or its office.",
                next_step="Please add the office's number in Entrata.",
                code="entrata_contact_phone",
            )
        return _Place(
            property_id=property_id,
            unit_number=unit.number if unit is not None else "",
            building=unit.building if unit is not None else "",
            customer_id=entrata_id(resident.id) if resident is not None else None,
            phone=digits.removeprefix("1") if len(digits) == 11 else digits,
        )

    async def _office_phone(self, property_id: int) -> str:
        """The number of the community's office, "" when Entrata has none."""
        found = await self._client.call(MITS_UNITS, {"propertyIds": str(property_id)})
        for home in as_list(inside(found, "PhysicalProperty", "Property")):
            for phone in as_list(inside(home, "PropertyID", "Phone")):
                if number := text(inside(phone, "PhoneNumber")):
                    return number
        return ""

    async def _assignment(self, name: str, property_id: int) -> dict[str, int]:
        lists = await self._lists.of(property_id)
        employee = lists.employee(name)
        if employee is not None:
            return {"assignedTo": employee}
        found = await self._client.call(VENDORS)
        for vendor in as_list(inside(found, "vendors", "vendor")):
            if text(inside(vendor, "vendorName")).lower() == name.lower().strip():
                return {"vendorId": int(text(inside(vendor, "id")))}
        raise unknown_assignee(name, lists)

    async def _made(self, property_id: int, mark: str, answer: Any) -> models.WorkOrder:
        """The work order that the answer names, read back; by its mark when the answer names none."""
        for success in as_list(inside(answer, "Success")):
            reference = optional_id(attributes(success).get("reference_id"))
            if reference is not None:
                return await self._one(property_id, int(reference))
        made = await self._marked(property_id, mark)
        if made is None:
            raise OutcomeUnknown(
                "Entrata took the work order but doesn't show it yet.",
                next_step="I'll look it up there before anybody repeats it.",
                code="vendor_outcome_unknown",
                detail="sendWorkOrders: no reference and no marked work order",
            )
        return made

    async def _marked(self, property_id: int, mark: str) -> models.WorkOrder | None:
        since = mountain_day(self._clock.now() - _LOOK_BACK)
        params = {"propertyId": property_id, "createdOnFromDate": wire_day(since)}
        for order in await fetch(self._client, params, Problems()):
            if order.description.endswith(mark):
                return order
        return None

    async def _one(self, property_id: int, number: int) -> models.WorkOrder:
        orders = await fetch(self._client, {"propertyId": property_id, "workOrderId": number}, Problems())
        for order in orders:
            if order.id == str(number):
                return order
        raise NotFound(
            f"Entrata no longer has work order {number}.", next_step="Please check it there.", code="record_gone"
        )

    async def _store(self, workspace_id: str, property_id: int, order: models.WorkOrder) -> str:
        """Puts the work order, as it was read, into the read model."""
        problems, now = Problems(), self._clock.now()
        async with self._db.transaction() as session:
            home = read_model_id(str(property_id))
            units = await session.execute(
                select(Unit.number, Unit.id).where(
                    Unit.workspace_id == workspace_id,
                    Unit.property_id == home,
                    Unit.number == order.unit_number.upper(),
                )
            )
            unit_ids = {row.number: row.id for row in units.all()}
            row = row_of(order, str(property_id), unit_ids, problems)
            row |= {"as_of": now, "updated_at": now}
            await upsert(session, WorkOrderRow, workspace_id, [row])
        for problem in problems.all():
            _log.warning("entrata_write_read_back", kind=problem.kind, record=problem.record)
        return str(row["id"])


async def _resident_for(session: AsyncSession, workspace_id: str, order: Mapping[str, Any]) -> Resident | None:
    """The resident the order names, else the one who lives in its unit."""
    resident_id = order.get("resident_id")
    if not resident_id and order.get("unit_id"):
        resident_id = await session.scalar(
            select(Lease.resident_id)
            .where(
                Lease.workspace_id == workspace_id,
                Lease.unit_id == order["unit_id"],
                Lease.status.in_(("current", "notice")),
                Lease.deleted_at.is_(None),
            )
            .limit(1)
        )
    return await session.get(Resident, (workspace_id, resident_id)) if resident_id else None


def _check_update(answer: Any, number: int) -> None:
    """An update's answer has a status for each work order. Raises Fixable when ours failed."""
    for entry in as_list(inside(answer, "workOrders", "workOrder")):
        said = attributes(entry)
        if text(said.get("workOrderId")) == str(number) and text(said.get("status")).lower() not in (
            "success",
            "1",
            "",
        ):
            raise Fixable(
                f"Entrata didn't take the change of work order {number}.",
                next_step="Please check its state there.",
                code="vendor_refused",
                detail=f"updateWorkOrders: {text(said.get('message'))[:200]}",
            )


def _took(order: models.WorkOrder, changes: Mapping[str, Any]) -> bool:
    """True when the work order, as read back, shows every change."""
    status = WORK_ORDER.get(order.status.lower())
    return (
        changes.get("status") in (None, status)
        and str(changes.get("assignee") or "").lower() in order.assigned_to.lower()
        and (not changes.get("description") or order.description == changes["description"][:_LONGEST])
    )
