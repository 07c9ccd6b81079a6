"""Work orders as canonical rows, and the mark by which a work order that Sophia made is known again."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any, Final

from app.db.models.maintenance import WorkOrder as WorkOrderRow
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside, mountain_day, wire_day
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import CATEGORY, PRIORITY, WORK_ORDER
from app.integrations.entrata.windows import window
from app.integrations.records import UNKNOWN, canonical, parsed, sample_of

WORK_ORDERS: Final = Method("maintenance", "getWorkOrders")
_WINDOW: Final = timedelta(days=183)
_MARK: Final = re.compile(r"(?<!\s)\s*\[ref ([0-9a-f]{12})\]\s*$")


def mark_of(workspace_id: str, idempotency_key: str) -> str:
    """The mark that goes behind a description: Entrata has no idempotency key, so the key must be readable back."""
    digest = hashlib.sha256(f"{workspace_id}\n{idempotency_key}".encode()).hexdigest()
    return f"[ref {digest[:12]}]"


def without_mark(description: str) -> str:
    """The description as people shall see it."""
    return _MARK.sub("", description)


class WorkOrderReader:
    """Reads work orders of a property: a full reading by half-years of their creation since the horizon, an
    incremental one by their last change. Entrata's "last updated" leaves out changes of the assignee alone; the full
    reading brings those."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def read(self, reading: Reading) -> Page:
        params: dict[str, Any] = {"propertyId": int(reading.property_id), "includeDeletedWorkOrders": 1}
        cursor = ""
        if reading.since is not None:
            params["lastUpdatedOnFromDate"] = wire_day(mountain_day(reading.since))
        else:
            first, last, cursor = window(reading, mountain_day(self._clock.now()), _WINDOW)
            params["createdOnFromDate"] = wire_day(first)
            if last is not None:
                params["createdOnToDate"] = wire_day(last)
        problems = Problems()
        items = await items_of(self._client, params)
        orders = understood(items, problems)
        kept = [order for order in orders if not order.deleted]
        rows = [row_of(order, reading.property_id, reading.unit_ids, problems) for order in kept]
        gone = tuple((WorkOrderRow, read_model_id(order.id)) for order in orders if order.deleted)
        sample = sample_of(items, "maintenanceRequestId")
        return Page((Batch(WorkOrderRow, rows),), cursor, problems.all(), gone, sample)


async def fetch(client: EntrataClient, params: dict[str, Any], problems: Problems) -> list[models.WorkOrder]:
    """The work orders that a getWorkOrders call brings."""
    return understood(await items_of(client, params), problems)


async def items_of(client: EntrataClient, params: dict[str, Any]) -> list[Any]:
    """The same as they came."""
    found = await client.call(WORK_ORDERS, params)
    return as_list(inside(found, "workOrders", "workOrder"))


def understood(items: list[Any], problems: Problems) -> list[models.WorkOrder]:
    """Those that can be read and say when they were made."""
    orders = parsed(models.WorkOrder, items, problems, id_key="maintenanceRequestId")
    for order in orders:
        if order.created is None:
            problems.add("work order without a creation time", order.id)
    return [order for order in orders if order.created is not None]


def row_of(order: models.WorkOrder, property_id: str, unit_ids: Any, problems: Problems) -> Row:
    """The canonical row. Entrata says when it was made, scheduled and completed, not when it was last touched."""
    assert order.created is not None
    unit_id = None
    if order.unit_number:
        number = order.unit_number.upper()
        unit_id = unit_ids.get(f"{order.building}|{number}") or unit_ids.get(number)
        if unit_id is None:
            problems.add("work order for an unknown unit", order.id)
    category = canonical(order.category, CATEGORY, "work order category", order.id, problems)
    priority = canonical(order.priority, PRIORITY, "work order priority", order.id, problems)
    return {
        "id": read_model_id(order.id),
        "number": order.id,
        "property_id": read_model_id(property_id),
        "unit_id": unit_id,
        "resident_id": read_model_id(order.customer_id) if order.customer_id else None,
        "description": without_mark(order.description) or order.problem,
        "category": "general" if category == UNKNOWN else category,
        "priority": "normal" if priority == UNKNOWN else priority,
        "status": canonical(order.status, WORK_ORDER, "work order status", order.id, problems),
        "assignee": order.assigned_to,
        "permission_to_enter": order.permission,
        "created_at": order.created,
        "scheduled_on": order.scheduled,
        "completed_at": order.completed,
        "updated_at": max(order.created, order.completed or order.created),
    }
