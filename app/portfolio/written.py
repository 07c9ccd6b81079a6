"""Calls and notes as records that can be searched like documents, each with exactly those readers who may read it in
the read model: people whose role opens calls and contacts, and of a private call those of them who took part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Call, CallNote, Company, Contact
from app.db.models.security import Person
from app.domain.principal import Role
from app.domain.scopes import Scope
from app.domain.written import Standing, WrittenRecord
from app.security.roles import ROLE_SCOPES

CALLS, NOTES = "call:", "note:"
_READING_ROLES: Final = frozenset(role for role in Role if Scope.CRM_READ in ROLE_SCOPES[role])
_STAFF: Final = frozenset(f"role:{role}" for role in _READING_ROLES)


async def standings(session: AsyncSession, workspace_id: str) -> dict[str, Standing]:
    """All calls with words and all notes that anybody may read, by document id."""
    people = await _readers_by_email(session, workspace_id)
    calls = await session.execute(
        select(Call.id, Call.as_of, Call.is_private, Call.attendees).where(
            Call.workspace_id == workspace_id,
            Call.deleted_at.is_(None),
            Call.transcript != "",
        )
    )
    found = {
        f"{CALLS}{call_id}": Standing(_of_attendees(attendees, people) if is_private else _STAFF, as_of)
        for call_id, as_of, is_private, attendees in calls
    }
    notes = await session.execute(
        select(CallNote.id, CallNote.as_of).where(
            CallNote.workspace_id == workspace_id, CallNote.deleted_at.is_(None), CallNote.note != ""
        )
    )
    found |= {f"{NOTES}{note_id}": Standing(_STAFF, as_of) for note_id, as_of in notes}
    return {one: standing for one, standing in found.items() if standing.readers}


async def written(
    session: AsyncSession, workspace_id: str, wanted: Mapping[str, frozenset[str]], zone: str
) -> list[WrittenRecord]:
    """The records of these document ids with their texts; `wanted` are their readers. Days are told in `zone`."""
    calls = [one.removeprefix(CALLS) for one in wanted if one.startswith(CALLS)]
    notes = [one.removeprefix(NOTES) for one in wanted if one.startswith(NOTES)]
    return [
        *await _calls(session, workspace_id, calls, wanted, ZoneInfo(zone)),
        *await _notes(session, workspace_id, notes, wanted, ZoneInfo(zone)),
    ]


async def _calls(
    session: AsyncSession,
    workspace_id: str,
    ids: Sequence[str],
    readers: Mapping[str, frozenset[str]],
    zone: ZoneInfo,
) -> Iterable[WrittenRecord]:
    rows = await session.execute(
        select(Call, Company.name)
        .outerjoin(Company, (Company.workspace_id == Call.workspace_id) & (Company.id == Call.company_id))
        .where(Call.workspace_id == workspace_id, Call.id.in_(ids), Call.deleted_at.is_(None))
    )
    return [
        WrittenRecord(
            id=f"{CALLS}{call.id}",
            kind="call",
            title=f"{call.title}{f' ({company})' if company else ''}, {_day(call.started_at, zone)}",
            text=call.transcript,
            dated=call.started_at,
            readers=readers[f"{CALLS}{call.id}"],
            link=call.link,
        )
        for call, company in rows
    ]


async def _notes(
    session: AsyncSession,
    workspace_id: str,
    ids: Sequence[str],
    readers: Mapping[str, frozenset[str]],
    zone: ZoneInfo,
) -> Iterable[WrittenRecord]:
    rows = await session.execute(
        select(CallNote, Contact.name, Company.name, Person.name)
        .outerjoin(Contact, (Contact.workspace_id == CallNote.workspace_id) & (Contact.id == CallNote.contact_id))
        .outerjoin(Company, (Company.workspace_id == Contact.workspace_id) & (Company.id == Contact.company_id))
        .outerjoin(Person, (Person.workspace_id == CallNote.workspace_id) & (Person.id == CallNote.created_by))
        .where(CallNote.workspace_id == workspace_id, CallNote.id.in_(ids), CallNote.deleted_at.is_(None))
    )
    return [
        WrittenRecord(
            id=f"{NOTES}{note.id}",
            kind="note",
            title=f"Note on {contact or 'a contact'}{f' ({company})' if company else ''} by "
            f"{author or note.created_by or 'a colleague'}, {_day(note.created_at, zone)}",
            text=note.note,
            dated=note.created_at,
            readers=readers[f"{NOTES}{note.id}"],
        )
        for note, contact, company, author in rows
    ]


async def _readers_by_email(session: AsyncSession, workspace_id: str) -> dict[str, set[str]]:
    """The tokens of the people whose role opens calls, by their address in lower case."""
    people = await session.scalars(select(Person).where(Person.workspace_id == workspace_id, Person.email != ""))
    found: dict[str, set[str]] = {}
    for person in people:
        if not _READING_ROLES.isdisjoint(person.roles.split("|")):
            found.setdefault(person.email.strip().lower(), set()).add(f"user:{person.id}")
    return found


def _of_attendees(attendees: str, people: Mapping[str, set[str]]) -> frozenset[str]:
    tokens = (people.get(email, set[str]()) for email in attendees.split("|") if email)
    return frozenset[str]().union(*tokens)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%b %-d, %Y}"
