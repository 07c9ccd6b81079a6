"""AppFolio as a taker of work orders and of notes on them: every write is made once, read back, and stored in the read
model.

A create goes under an Idempotency-Key, and its description ends in a mark by which it is found again after a lost
answer. A change (PATCH) takes no key: the work order is read before, and not changed when it reads as wanted already.
What was written shows in lists only after a while; until then the read model holds it as it was sent.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from app.db.bulk import upsert
from app.db.engine import Database
from app.db.models.maintenance import WorkOrder as WorkOrderRow
from app.domain.clock import Clock
from app.domain.errors import Fixable, NotFound, OutcomeUnknown, RetryLater
from app.integrations.appfolio import models
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.directory import Directory
from app.integrations.appfolio.fields import optional_id, plain_name
from app.integrations.appfolio.ids import SOURCE, appfolio_id, read_model_id
from app.integrations.appfolio.maintenance import WorkOrderReader, key_of, mark_of
from app.integrations.appfolio.statuses import PRIORITY_ON_THE_WIRE, WORK_ORDER_ON_THE_WIRE
from app.integrations.base import Problems
from app.integrations.records import parsed, text
from app.integrations.writing import NOT_KEPT_THERE, RecordKind, Write

VISIBLE_WITHIN: Final = timedelta(minutes=10)  # AppFolio: "seconds to minutes"
_LOOK_BACK: Final = timedelta(days=2)  # how long after a lost answer its work order is still looked for
_LONGEST: Final = 1800  # characters of a description, the mark not counted
_ENTRY: Final = "Permission to enter was given."

_log = structlog.get_logger(__name__)


class AppFolioWorkOrders:
    """Takes work orders and their notes for AppFolio (`app.integrations.writing.RecordSystem`)."""

    source = SOURCE
    writes: frozenset[RecordKind] = frozenset({"work_order", "note"})

    def __init__(self, database: DatabaseClient, directory: Directory, db: Database, clock: Clock) -> None:
        self._database, self._directory, self._db, self._clock = database, directory, db, clock
        self._reader = WorkOrderReader(database, directory)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tried: dict[str, datetime] = {}  # marks of creates, by when they were last sent
        self._opened_at = clock.now()

    async def write(self, write: Write) -> str:
        """Opens a work order, changes one, or leaves a note on one."""
        if write.kind == "note":
            return await self._note(write)
        return await (self._change(write) if write.record_id else self._create(write))

    async def _create(self, write: Write) -> str:
        order = write.values
        mark = mark_of(write.workspace_id, write.idempotency_key)
        body: dict[str, Any] = {
            "PropertyId": appfolio_id(order["property_id"]),
            "JobDescription": f"{_described(order)} {mark}",
            "Priority": PRIORITY_ON_THE_WIRE[order.get("priority") or "normal"],
        }
        if order.get("unit_id"):
            body["UnitId"] = appfolio_id(order["unit_id"])
        self._tried[mark] = self._clock.now()
        answer = await self._keyed("create_work_order", "work_orders", body, write)
        made = models.WorkOrder.model_validate(
            {**body, "Id": answer.get("Id"), "Link": answer.get("Link"), "Status": "New", **self._stamps()}
        )
        return await self._store(write.workspace_id, await self._shown(made.id) or made)

    async def _note(self, write: Write) -> str:
        """Leaves a note on a work order; returns the note's id. Notes are not in the read model."""
        if not write.values.get("work_order_id"):
            raise Fixable("AppFolio keeps notes on work orders only.", code=NOT_KEPT_THERE)
        order = appfolio_id(write.values["work_order_id"])
        body = {"Body": str(write.values["note"]).strip()[:_LONGEST]}
        answer = await self._keyed("create_work_order_note", f"work_orders/{order}/notes", body, write)
        return read_model_id(text(answer.get("Id")))

    async def _keyed(self, operation: str, path: str, body: Mapping[str, Any], write: Write) -> dict[str, Any]:
        """A POST under the write's key; answers are lost, not refused, when no attempt got one."""
        key = key_of(write.workspace_id, write.idempotency_key)
        try:
            answer = await self._database.create(operation, path, body, key)
        except RetryLater as failed:
            if failed.code == "vendor_unreachable":
                raise self._database.failures.unknown_outcome(operation, "no attempt got an answer") from failed
            raise
        try:
            if optional_id(answer.get("Id")):
                return answer
        except ValueError:
            pass
        raise self._database.failures.unknown_outcome(operation, "the answer names no record")

    async def _change(self, write: Write) -> str:
        """Changes status, assignee, priority or description; nothing is sent when it all reads so already."""
        number = appfolio_id(write.record_id)
        async with self._db.reading() as session:
            known = await session.get(WorkOrderRow, (write.workspace_id, write.record_id))
        if known is None:
            raise NotFound("I don't have that work order.", next_step="Please check its number.")
        async with self._turns[number]:  # a second change at the same time would fail
            before = await self._shown(number) or _as_known(known)
            body = await self._wanted(write.values, before)
            if not body:
                return await self._store(write.workspace_id, before)
            try:
                await self._database.change("change_work_order", f"work_orders/{number}", body)
            except OutcomeUnknown:
                after = await self._shown(number)
                if after is None or await self._wanted(write.values, after):
                    raise
                return await self._store(write.workspace_id, after)
            after = await self._shown(number)
            if after is None or await self._wanted(write.values, after):  # taken, but not shown yet
                after = _with(before, body, self._clock.now())
            return await self._store(write.workspace_id, after)

    async def _wanted(self, changes: Mapping[str, Any], now: models.WorkOrder) -> dict[str, Any]:
        """What has to be sent so that the work order reads as it should; empty when it does."""
        body: dict[str, Any] = {}
        if status := changes.get("status"):
            wire = WORK_ORDER_ON_THE_WIRE[status]
            if now.status != wire:
                body["Status"] = wire
                places = await self._directory.places()
                today = self._clock.now().astimezone(places.zone(now.property_id)).date().isoformat()
                if status in ("completed", "cancelled"):
                    body["CompletedOn" if status == "completed" else "CanceledOn"] = today
        if (priority := changes.get("priority")) and now.priority != PRIORITY_ON_THE_WIRE[priority]:
            body["Priority"] = PRIORITY_ON_THE_WIRE[priority]
        if (description := changes.get("description")) and now.description != str(description)[:_LONGEST]:
            body["JobDescription"] = str(description)[:_LONGEST]
        if name := changes.get("assignee"):
            body |= await self._assignment(str(name), now)
        return body

    async def _assignment(self, name: str, now: models.WorkOrder) -> dict[str, Any]:
        """Who takes it: a vendor, or a user who is a maintenance technician there. Raises NotFound."""
        wanted = plain_name(name)
        for vendor_id, vendor in (await self._directory.named("vendors")).items():
            if plain_name(vendor) == wanted:
                return {} if now.vendor_id == vendor_id else {"VendorId": vendor_id}
        users = await self._directory.named("users")
        for user_id, user in users.items():
            if plain_name(user) == wanted:
                same = now.users == [user_id] and now.vendor_id is None
                return {} if same else {"AssignedUsers": [user_id], "VendorId": None}
        first = wanted.partition(" ")[0]
        raise NotFound(
            f"AppFolio has no technician or vendor called “{name}”.",
            near=tuple(user for user in users.values() if first in plain_name(user))[:3],
            next_step="Please give me the full name as it stands in AppFolio.",
            code="assignee_unknown",
        )

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        """Looks for the mark of a lost create among the newest work orders. A note can't be looked for: sent again
        under its key it is still left once.

        Raises OutcomeUnknown while it may have been made without showing yet.
        """
        if kind == "note":
            raise self._database.failures.unknown_outcome("find_note", "notes can't be listed")
        mark, now = mark_of(workspace_id, idempotency_key), self._clock.now()
        found = parsed(
            models.WorkOrder,
            await self._database.listing("work_orders", now - _LOOK_BACK).whole(),
            Problems(),
            id_key="Id",
        )
        for order in found:
            if order.description.endswith(mark):
                return await self._store(workspace_id, order)
        if now - self._tried.get(mark, self._opened_at) < VISIBLE_WITHIN:
            raise self._database.failures.unknown_outcome("find_work_order", "not shown, but too early to tell")
        return None

    async def _shown(self, number: str) -> models.WorkOrder | None:
        """The work order as lists show it now, None when they don't show it (yet)."""
        found = parsed(models.WorkOrder, await self._database.by_id("work_orders", [number]), Problems(), id_key="Id")
        return next((order for order in found if order.id == number), None)

    def _stamps(self) -> dict[str, str]:
        now = self._clock.now().isoformat()
        return {"CreatedAt": now, "LastUpdatedAt": now}

    async def _store(self, workspace_id: str, order: models.WorkOrder) -> str:
        """Puts the work order into the read model."""
        problems, now = Problems(), self._clock.now()
        row = await self._reader.row(order, await self._directory.places(), problems)
        async with self._db.transaction() as session:
            await upsert(session, WorkOrderRow, workspace_id, [{**row, "as_of": now}])
        for problem in problems.all():
            _log.warning("appfolio_write_read_back", kind=problem.kind, record=problem.record)
        return str(row["id"])


def _described(order: Mapping[str, Any]) -> str:
    """The description that is sent; AppFolio has no field for the permission to enter."""
    description = str(order["description"]).strip()[:_LONGEST]
    if not order.get("permission_to_enter"):
        return description
    return f"{description}{'' if description.endswith(('.', '!', '?')) else '.'} {_ENTRY}"


def _as_known(row: WorkOrderRow) -> models.WorkOrder:
    """A work order that lists don't show yet, as the read model holds it."""
    return models.WorkOrder.model_validate(
        {
            "Id": appfolio_id(row.id),
            "PropertyId": appfolio_id(row.property_id),
            "UnitId": appfolio_id(row.unit_id) if row.unit_id else None,
            "Status": WORK_ORDER_ON_THE_WIRE.get(row.status, ""),
            "Priority": PRIORITY_ON_THE_WIRE.get(row.priority, ""),
            "JobDescription": row.description,
            "CreatedAt": row.created_at.isoformat(),
            "LastUpdatedAt": row.updated_at.isoformat(),
            "Link": row.number,
        }
    )


def _with(order: models.WorkOrder, body: Mapping[str, Any], now: datetime) -> models.WorkOrder:
    """The work order as it reads once AppFolio shows what it took."""
    changed = models.WorkOrder.model_validate({"Id": order.id, "PropertyId": order.property_id, **body})
    return order.model_copy(
        update={name: getattr(changed, name) for name in changed.model_fields_set} | {"updated": now}
    )
