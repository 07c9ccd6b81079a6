"""The demo portfolio's companies, contacts, deals, notes and tasks as HubSpot records. A record's id there is its
number in the portfolio, so that what other stand-ins say of it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.sandbox.hubspot.wire import iso
from app.sandbox.portfolio.calendar import local_moment
from app.sandbox.portfolio.portfolio import CompanyRegister, Portfolio
from app.sandbox.slack.seed import Workspace, demo_workspace

PIPELINE = "default"
STAGES: tuple[tuple[str, str, str, str], ...] = (
    ("prospecting", "appointmentscheduled", "Prospecting", "0.1"),
    ("qualified", "qualifiedtobuy", "Qualified", "0.3"),
    ("proposal", "presentationscheduled", "Proposal", "0.5"),
    ("negotiation", "contractsent", "Negotiation", "0.8"),
    ("closed_won", "closedwon", "Closed Won", "1.0"),
    ("closed_lost", "closedlost", "Closed Lost", "0.0"),
)
_STAGE_IDS = {ours: stage for ours, stage, _, _ in STAGES}
_FIRST_OWNER = 7_001


@dataclass(frozen=True)
class Seed:
    """One record at the start. `linked` are pairs of object type and id."""

    kind: str
    id: int
    properties: dict[str, str]
    created: datetime
    updated: datetime
    linked: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Seeded:
    records: tuple[Seed, ...]
    owners: tuple[dict[str, Any], ...]
    pipelines: tuple[dict[str, Any], ...]


def seeded(portfolio: Portfolio, workspace: Workspace | None = None) -> Seeded:
    """A portfolio's business side; the team of the workspace are the owners."""
    team = workspace or demo_workspace()
    register = portfolio.company_register()
    owners = tuple(_owners(team, portfolio.today))
    ids = {f"{one['firstName']} {one['lastName']}".strip(): one["id"] for one in owners}
    return Seeded(tuple(_records(register, ids, portfolio.today)), owners, (_pipeline(portfolio.today),))


def _owners(team: Workspace, today: date) -> Iterator[dict[str, Any]]:
    made = iso(_start(today))
    for number, person in enumerate(one for one in team.people if one.seat != "guest"):
        first, _, last = person.name.partition(" ")
        yield {
            "id": str(_FIRST_OWNER + number),
            "email": team.email(person),
            "type": "PERSON",
            "firstName": first,
            "lastName": last,
            "userId": 40_000 + number,
            "createdAt": made,
            "updatedAt": made,
            "archived": False,
            "teams": [],
        }


def _pipeline(today: date) -> dict[str, Any]:
    made = iso(_start(today))
    stages = [
        {
            "id": stage,
            "label": label,
            "displayOrder": place,
            "metadata": {"isClosed": "true" if probability in ("0.0", "1.0") else "false", "probability": probability},
            "createdAt": made,
            "updatedAt": made,
            "archived": False,
        }
        for place, (_, stage, label, probability) in enumerate(STAGES)
    ]
    return {
        "id": PIPELINE,
        "label": "Sales Pipeline",
        "displayOrder": 0,
        "stages": stages,
        "createdAt": made,
        "updatedAt": made,
        "archived": False,
    }


def _start(today: date) -> datetime:
    return datetime.combine(today - timedelta(days=400), time(9), UTC)


def _records(register: CompanyRegister, owners: dict[str, str], today: date) -> Iterator[Seed]:
    start = _start(today)
    for company in register.companies:
        kind = company.kind.upper().replace(" ", "_")
        values = {"name": company.name, "domain": company.domain, "type": kind}
        yield Seed("companies", company.id, values, start, start)
    for contact in register.contacts:
        first, _, last = contact.name.partition(" ")
        values = {
            "firstname": first,
            "lastname": last,
            "email": contact.email,
            "phone": contact.phone,
            "jobtitle": contact.role,
        }
        yield Seed("contacts", contact.id, values, start, start, (("companies", contact.company_id),))
    for deal in register.deals:
        dollars, cents = divmod(deal.amount_cents, 100)
        values = {
            "dealname": deal.name,
            "amount": f"{dollars}.{cents:02d}" if cents else str(dollars),
            "pipeline": PIPELINE,
            "dealstage": _STAGE_IDS[deal.stage],
            "closedate": iso(local_moment(deal.close_on, 12 * 60)),
            "hubspot_owner_id": owners[deal.owner],
        }
        yield Seed("deals", deal.id, values, start, deal.updated_at, (("companies", deal.company_id),))
    for note in register.notes:
        values = {"hs_note_body": f"<p>{note.note}</p>", "hs_timestamp": iso(note.created_at)}
        values["hubspot_owner_id"] = owners.get(note.created_by, "")
        yield Seed("notes", note.id, values, note.created_at, note.created_at, (("contacts", note.contact_id),))
    for task in register.tasks:
        values = {
            "hs_task_subject": task.title,
            "hs_task_status": "COMPLETED" if task.status == "done" else "NOT_STARTED",
            "hs_task_priority": "MEDIUM",
            "hs_task_type": "TODO",
            "hubspot_owner_id": owners[task.assignee],
        }
        if task.due_on is not None:
            values["hs_timestamp"] = iso(local_moment(task.due_on, 17 * 60))
        yield Seed("tasks", task.id, values, task.created_at, task.created_at)
