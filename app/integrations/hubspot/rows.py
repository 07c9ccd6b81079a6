"""HubSpot's records as canonical rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from app.db.models.base import Sourced
from app.db.models.business import CallNote as CallNoteRow
from app.db.models.business import Company as CompanyRow
from app.db.models.business import Contact as ContactRow
from app.db.models.business import Deal as DealRow
from app.db.models.business import Task as TaskRow
from app.integrations.base import Problems, Row
from app.integrations.hubspot import models
from app.integrations.hubspot.directory import Part, Reference
from app.integrations.hubspot.ids import read_model_id
from app.integrations.records import UNKNOWN

_MARK: Final = re.compile(r"\s*\[ref [0-9a-f]{12}\]\s*$")
_OPEN: Final = frozenset({"NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED"})


@dataclass(frozen=True)
class Kind:
    """One object type: its name in HubSpot, the table it fills, the properties that are read, the object type whose
    nearest record is part of the row ("" when none is), and the reference data that a row needs."""

    object_type: str
    table: type[Sourced]
    model: type[models.CrmRecord]
    properties: tuple[str, ...]
    links_to: str = ""
    refers_to: tuple[Part, ...] = ()
    modified: str = "hs_lastmodifieddate"


KINDS: Final[Mapping[str, Kind]] = {
    "companies": Kind("companies", CompanyRow, models.Company, ("name", "domain", "type"), refers_to=("kinds",)),
    "contacts": Kind(
        "contacts",
        ContactRow,
        models.Contact,
        ("firstname", "lastname", "email", "phone", "jobtitle"),
        links_to="companies",
        modified="lastmodifieddate",
    ),
    "deals": Kind(
        "deals",
        DealRow,
        models.Deal,
        (
            "dealname",
            "amount",
            "deal_currency_code",
            "pipeline",
            "dealstage",
            "closedate",
            "hubspot_owner_id",
            "hs_lastmodifieddate",
        ),
        links_to="companies",
        refers_to=("owners", "stages"),
    ),
    "tasks": Kind(
        "tasks",
        TaskRow,
        models.Task,
        ("hs_task_subject", "hs_task_body", "hs_task_status", "hs_timestamp", "hubspot_owner_id"),
        refers_to=("owners",),
    ),
    "notes": Kind(
        "notes",
        CallNoteRow,
        models.Note,
        ("hs_note_body", "hs_timestamp", "hubspot_owner_id"),
        links_to="contacts",
        refers_to=("owners",),
    ),
}


def without_mark(body: str) -> str:
    """A text as people shall see it, without the mark of what Sophia wrote."""
    return _MARK.sub("", body)


@dataclass(frozen=True)
class RowMaker:
    """Makes rows of records. `links` lead from a record's id to that of the company or contact it hangs on."""

    reference: Reference
    zone: ZoneInfo
    problems: Problems
    links: Mapping[str, str] = field(default_factory=dict[str, str])

    def rows(self, records: Sequence[models.CrmRecord]) -> list[Row]:
        """The rows of those records that can be one; the others are problems."""
        return [row for record in records if (row := self._row(record)) is not None]

    def _row(self, record: models.CrmRecord) -> Row | None:
        match record:
            case models.Company():
                return self._company(record)
            case models.Contact():
                return self._contact(record)
            case models.Deal():
                return self._deal(record)
            case models.Task():
                return self._task(record)
            case models.Note():
                return self._note(record)
            case _:
                raise TypeError(type(record).__name__)

    def _company(self, company: models.Company) -> Row | None:
        name = company.name or company.domain
        if not name:
            return self._left_out("company without a name", company)
        kind = self.reference.kinds.get(company.kind, company.kind.replace("_", " ")).lower()
        return {"id": read_model_id(company.id), "name": name, "domain": company.domain, "kind": kind}

    def _contact(self, contact: models.Contact) -> Row | None:
        if not contact.name:
            return self._left_out("contact without a name or address", contact)
        return {
            "id": read_model_id(contact.id),
            "name": contact.name,
            "search_name": " ".join(contact.name.lower().split()),
            "company_id": self._link(contact),
            "role": contact.job_title,
            "email": contact.email,
            "phone": contact.phone,
        }

    def _deal(self, deal: models.Deal) -> Row | None:
        updated = deal.modified or deal.touched or deal.made
        if updated is None:
            return self._left_out("deal without a moment of its last change", deal)
        stage, not_understood = self.reference.stages.canonical(deal.pipeline, deal.stage)
        if stage == UNKNOWN:
            self.problems.add(f"unknown deal stage: {not_understood}", deal.id)
        cents = deal.amount or 0
        if deal.currency.upper() not in ("", "USD"):
            self.problems.add(f"deal in another currency: {deal.currency[:8]}", deal.id)
            cents = 0
        return {
            "id": read_model_id(deal.id),
            "name": deal.name,
            "company_id": self._link(deal),
            "owner": self.reference.owner_name(deal.owner_id, deal.id, self.problems),
            "stage": stage,
            "amount_cents": cents,
            "close_on": self._day(deal.closes),
            "updated_at": updated,
        }

    def _task(self, task: models.Task) -> Row | None:
        made = task.made or task.due
        if made is None:
            return self._left_out("task without a moment", task)
        if task.status != "COMPLETED" and task.status not in _OPEN:
            self.problems.add(f"unknown task status: {task.status[:40] or 'empty'}", task.id)
        owner = self.reference.owner_name(task.owner_id, task.id, self.problems)
        title = task.subject or without_mark(task.body).partition("\n")[0]
        return {
            "id": read_model_id(task.id),
            "title": title or "Task without a title",
            "assignee": owner,
            "due_on": self._day(task.due),
            "status": "done" if task.status == "COMPLETED" else "open",
            "created_at": made,
            "created_by": "",
        }

    def _note(self, note: models.Note) -> Row | None:
        written, contact = note.written or note.made, self._link(note)
        if contact is None:
            return self._left_out("note on no contact", note)
        if written is None:
            return self._left_out("note without a moment", note)
        return {
            "id": read_model_id(note.id),
            "contact_id": contact,
            "note": without_mark(note.body),
            "created_at": written,
            "created_by": self.reference.owner_name(note.owner_id, note.id, self.problems)[:64],
        }

    def _left_out(self, kind: str, record: models.CrmRecord) -> None:
        self.problems.add(kind, record.id)

    def _link(self, record: models.CrmRecord) -> str | None:
        found = self.links.get(record.id)
        return read_model_id(found) if found else None

    def _day(self, moment: datetime | None) -> date | None:
        """The day at the company. Midnight in UTC is a bare day, as HubSpot keeps one."""
        if moment is None:
            return None
        return moment.date() if moment.time() == time() else moment.astimezone(self.zone).date()
