"""Work orders as canonical rows, and the mark by which a work order that Sophia made is known again."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.db.models.maintenance import WorkOrder as WorkOrderRow
from app.integrations.appfolio import models
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.directory import Directory, Places
from app.integrations.appfolio.ids import read_model_id
from app.integrations.appfolio.statuses import CATEGORY, PRIORITY, WORK_ORDER
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import UNKNOWN, canonical, parsed, sample_of

_MARK: Final = re.compile(r"(?<!\s)\s*\[ref ([0-9a-f]{12})\]\s*$")
_NUMBER: Final = re.compile(r"(\d{1,18})/?$")


def key_of(workspace_id: str, idempotency_key: str) -> str:
    """The Idempotency-Key of a write: of one workspace, and printable whatever the key holds."""
    return hashlib.sha256(f"{workspace_id}\n{idempotency_key}".encode()).hexdigest()


def mark_of(workspace_id: str, idempotency_key: str) -> str:
    """The mark that goes behind a description, so that a work order can be found by its key: AppFolio takes the key
    but can't be asked for it."""
    return f"[ref {key_of(workspace_id, idempotency_key)[:12]}]"


def without_mark(description: str) -> str:
    """The description as people shall see it."""
    return _MARK.sub("", description)


class WorkOrderReader:
    """Reads work orders by their last change; a full reading takes all that changed since the horizon, and so all that
    were made since."""

    def __init__(self, database: DatabaseClient, directory: Directory) -> None:
        self._database, self._directory = database, directory

    async def read(self, reading: Reading) -> Page:
        since = reading.since or datetime.combine(reading.horizon, time(), UTC)
        step = await self._database.listing("work_orders", since).step(Mark.of(reading.cursor))
        return await self._page(step.records, step.cursor())

    async def one(self, order_id: str) -> Page:
        """A single work order as lists show it now; an empty page when they don't."""
        return await self._page(await self._database.by_id("work_orders", [order_id]))

    async def _page(self, records: list[Any], cursor: str = "") -> Page:
        problems = Problems()
        orders = parsed(models.WorkOrder, records, problems, id_key="Id")
        places = await self._directory.places()
        rows = [
            await self.row(order, places, problems)
            for order in orders
            if places.living(order.property_id, order.id, "work order", problems)
        ]
        return Page((Batch(WorkOrderRow, rows),), cursor, problems.all(), sample=sample_of(records, "Id"))

    async def row(self, order: models.WorkOrder, places: Places, problems: Problems) -> Row:
        """The canonical row."""
        unit_id = order.unit_id
        if unit_id is not None and unit_id not in places.units:
            problems.add("work order for an unknown unit", order.id)
            unit_id = None
        created = order.created or order.updated
        if order.created is None:
            problems.add("work order without a creation time; its last change stands for it", order.id)
        zone = places.zone(order.property_id)
        completed = _moment(order.completed, zone)
        if created is None:
            created = completed or datetime(1970, 1, 1, tzinfo=UTC)
        if (
            type(order.completed) is date
            and completed is not None
            and created.astimezone(zone).date() == order.completed
        ):
            completed = created  # nothing is done before it was asked for
        priority = canonical(order.priority, PRIORITY, "work order priority", order.id, problems)
        return {
            "id": read_model_id(order.id),
            "number": number_of(order),
            "property_id": read_model_id(order.property_id),
            "unit_id": read_model_id(unit_id) if unit_id else None,
            "description": without_mark(order.description) or "No description",
            "category": _category(order, problems),
            "priority": "normal" if priority == UNKNOWN else priority,
            "status": canonical(order.status, WORK_ORDER, "work order status", order.id, problems),
            "assignee": await self._assignee(order, problems),
            "created_at": created,
            "scheduled_on": order.scheduled,
            "completed_at": completed,
            "updated_at": order.updated or created,
        }

    async def _assignee(self, order: models.WorkOrder, problems: Problems) -> str:
        """The vendor's name, else the first technician's; "" when nobody is on it or the name is not known."""
        for kind, key in (("vendors", order.vendor_id), ("users", next(iter(order.users), None))):
            if key:
                name = (await self._directory.named(kind, holding=key)).get(key, "")
                if not name:
                    problems.add(f"work order assigned to one of the {kind} that is not known", order.id)
                return name
        return ""


def _moment(at: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    """The moment itself, or the beginning of a bare day at the property: in UTC it would be the day before there."""
    return datetime.combine(at, time(), zone) if at is not None and not isinstance(at, datetime) else at


def number_of(order: models.WorkOrder) -> str:
    """What people call it: the number at the end of its link, else the beginning of its id."""
    match = _NUMBER.search(order.link)
    return match[1] if match else order.id[:8].upper()


def _category(order: models.WorkOrder, problems: Problems) -> str:
    """The trade of the vendor it is for; AppFolio's work orders have no category of their own."""
    if not order.vendor_trade:
        return "general"
    category = canonical(order.vendor_trade, CATEGORY, "vendor trade", order.id, problems)
    return "general" if category == UNKNOWN else category
