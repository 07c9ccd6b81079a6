"""HubSpot as a taker of writes: a deal's stage, notes, tasks and contacts; each is made once, read back, and stored in
the read model.

HubSpot takes no idempotency key. A note or task that Sophia makes carries a mark made from the action's key behind its
text; before a create, and after a lost answer, the mark is searched for. A search shows a new record only after some
seconds, so after a lost answer it is looked for more than once. A contact is known by its address, which HubSpot gives
to one contact only, or else by its name and number. A deal's stage ends the same however often it is set.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from app.db.bulk import upsert
from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import Fixable, OutcomeUnknown, RetryLater, SophiaError
from app.integrations.hubspot.client import HubSpotClient, Request
from app.integrations.hubspot.contacts import Contacts
from app.integrations.hubspot.directory import Directory
from app.integrations.hubspot.fields import rich_text
from app.integrations.hubspot.ids import hubspot_id, mark_of, read_model_id
from app.integrations.hubspot.reading import CrmReader
from app.integrations.hubspot.searching import Searching
from app.integrations.writing import NOT_KEPT_THERE, RecordKind, Write

NOTE_TO_CONTACT: Final = 202  # HubSpot's number of that association
_REMEMBERED: Final = 1000
_END_OF_WORK: Final = time(17)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tools:
    """What writing works with. `zone` is the company's."""

    client: HubSpotClient
    directory: Directory
    reader: CrmReader
    db: Database
    clock: Clock
    zone: ZoneInfo
    sleep: Callable[[float], Awaitable[None]]


class HubSpotRecords:
    """Takes records for HubSpot (`app.integrations.writing.RecordSystem`)."""

    source = "hubspot"
    writes: frozenset[RecordKind] = frozenset({"deal", "note", "task", "contact"})

    def __init__(self, tools: Tools) -> None:
        self._t = tools
        self._searching = Searching(tools.client, tools.sleep)
        self._contacts = Contacts(tools.client, self._searching, tools.clock)
        self._one_by_one = asyncio.Lock()
        self._made: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def write(self, write: Write) -> str:
        """Makes the record, or changes a deal's stage."""
        if write.kind == "deal":
            return await self._move(write)
        resource = f"{write.kind}s"
        async with self._one_by_one:
            key = (write.workspace_id, write.idempotency_key)
            number = self._made.get(key) or await self._make(write)
            self._made[key] = number
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return await self._read_back(write.workspace_id, resource, number)

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        """The note or task with the key's mark. A contact or deal can't be told by a key alone."""
        if kind not in ("note", "task"):
            raise OutcomeUnknown("I can't tell by itself whether HubSpot took that.", next_step="Please look there.")
        number = await self._searching.marked(f"{kind}s", mark_of(workspace_id, idempotency_key), patient=True)
        return await self._read_back(workspace_id, f"{kind}s", number) if number else None

    async def _make(self, write: Write) -> str:
        """HubSpot's id of the record, made now unless it was made before."""
        if write.kind == "contact":
            made = await self._contacts.ensure(write)
            if made.new_company:
                await self._read_back(write.workspace_id, "companies", made.new_company)
            return made.number
        resource, mark = f"{write.kind}s", mark_of(write.workspace_id, write.idempotency_key)
        body = await (self._note(write.values, mark) if write.kind == "note" else self._task(write.values, mark))
        found = await self._searching.marked(resource, mark, patient=write.again)
        return found or await self._searching.create(resource, body)

    async def _note(self, values: Mapping[str, Any], mark: str) -> dict[str, Any]:
        reference = await self._t.directory.reference("owners")
        author = reference.owner_named(str(values.get("author") or ""))
        properties = {
            "hs_note_body": f"{rich_text(str(values['note']))}<br>{mark}",
            "hs_timestamp": _moment(self._t.clock.now()),
        }
        if author is not None:
            properties["hubspot_owner_id"] = author.id
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_CONTACT}
        link = {"to": {"id": hubspot_id(str(values["contact_id"]))}, "types": [kind]}
        return {"properties": properties, "associations": [link]}

    async def _task(self, values: Mapping[str, Any], mark: str) -> dict[str, Any]:
        due = values.get("due_on")
        if not isinstance(due, date):
            raise Fixable("HubSpot keeps no task without a due date.", next_step="When is it due?", code=NOT_KEPT_THERE)
        reference = await self._t.directory.reference("owners")
        owner = reference.owner_of(str(values["assignee"]), str(values.get("assignee_email") or ""))
        properties = {
            "hs_task_subject": str(values["title"]),
            "hs_task_body": mark,
            "hs_task_status": "NOT_STARTED",
            "hs_task_type": "TODO",
            "hs_timestamp": _moment(datetime.combine(due, _END_OF_WORK, self._t.zone)),
            "hubspot_owner_id": owner.id,
        }
        return {"properties": properties, "associations": []}

    async def _move(self, write: Write) -> str:
        """Sets a deal's stage, to the stage of that meaning in the deal's own pipeline."""
        number, wanted = hubspot_id(write.record_id), str(write.values["stage"])
        pipeline, stage = await self._stage_of(number)
        stages = (await self._t.directory.reference("stages")).stages
        if stages.canonical(pipeline, stage)[0] != wanted:
            target = stages.theirs(pipeline, wanted).id
            body = {"properties": {"dealstage": target}}
            path = f"/crm/v3/objects/deals/{number}"
            request = Request("move_deal", "PATCH", path, body=body, writes=True, idempotent=True)
            try:
                await self._t.client.call(request)
            except RetryLater as lost:
                if not await self._took(number, target, lost):
                    raise
        return await self._read_back(write.workspace_id, "deals", number)

    async def _took(self, number: str, target: str, lost: RetryLater) -> bool:
        """Whether a change was made whose answer is missing. Raises OutcomeUnknown when nobody can tell."""
        if lost.code == "vendor_rate_limited":
            return False  # refused before it was looked at
        try:
            return (await self._stage_of(number))[1] == target
        except SophiaError as failed:
            raise _unconfirmed(failed) from lost

    async def _stage_of(self, number: str) -> tuple[str, str]:
        """A deal's pipeline and stage, in HubSpot's ids."""
        path, params = f"/crm/v3/objects/deals/{number}", {"properties": "pipeline,dealstage"}
        answer = await self._t.client.call(Request("read_deal", "GET", path, params))
        held = answer.get("properties")
        values = held if isinstance(held, dict) else {}
        return str(values.get("pipeline") or ""), str(values.get("dealstage") or "")

    async def _read_back(self, workspace_id: str, resource: str, number: str) -> str:
        """Puts the record, as HubSpot has it now, into the read model. What is written is written: a failure here is an
        outcome that must be looked up, never one that did not happen."""
        now = self._t.clock.now()
        try:
            page = await self._t.reader.one(resource, number)
        except SophiaError as failed:
            raise _unconfirmed(failed) from failed
        for problem in page.problems:
            _log.warning("hubspot_write_read_back", kind=problem.kind, record=problem.record)
        stored = [row["id"] for batch in page.batches for row in batch.rows]
        if read_model_id(number) not in stored:
            raise _unconfirmed(None)
        async with self._t.db.transaction() as session:
            for batch in page.batches:
                await upsert(session, batch.model, workspace_id, [{**row, "as_of": now} for row in batch.rows])
        return read_model_id(number)


def _unconfirmed(failed: SophiaError | None) -> OutcomeUnknown:
    return OutcomeUnknown(
        "HubSpot didn't confirm the change, so it may or may not have been made.",
        next_step="I'll look it up there before anybody repeats it.",
        code="vendor_outcome_unknown",
        detail=str(failed) if failed is not None else "what was written can't be read back",
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
