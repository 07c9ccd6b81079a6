"""Sophia's own records through the real gate: shown, approved, made once, and found again after a crash."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule, Reminder
from app.db.models.base import Sourced
from app.db.models.business import CallNote, Contact, Task
from app.domain.clock import CountingIds
from app.domain.principal import Surface
from app.integrations.systems import ConnectedSystems
from app.portfolio.register import Register
from app.security.keys import KeyRing
from app.security.people import principal_of
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Gate, Patience, Waiting, Workbench
from app.tools.core.services import Services
from app.tools.create_contact import TOOL as CREATE_CONTACT
from app.tools.create_task import TOOL as CREATE_TASK
from app.tools.log_call_note import TOOL as LOG_CALL_NOTE
from app.tools.schedule_digest import TOOL as SCHEDULE_DIGEST
from app.tools.set_reminder import TOOL as SET_REMINDER
from tests import demo
from tests.tools.gatehouse import MovableClock

TOOLS = {tool.name: tool for tool in (CREATE_CONTACT, CREATE_TASK, LOG_CALL_NOTE, SCHEDULE_DIGEST, SET_REMINDER)}
CASES: list[tuple[str, dict[str, Any], type[Sourced]]] = [
    ("create_contact", {"name": "Zelda Quist", "company": "Quist Partners", "phone": "512-555-0142"}, Contact),
    ("create_task", {"title": "Walk the vacant units", "due_date": "2026-03-20"}, Task),
    ("log_call_note", {"note": "Wants a call back"}, CallNote),
    ("schedule_digest", {"topic": "leasing", "frequency": "weekly", "channel": "#ops"}, DigestSchedule),
    ("set_reminder", {"text": "Call the roofer", "date": "2026-03-20", "time": "9:00"}, Reminder),
]


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize(("tool", "arguments", "model"), CASES, ids=[case[0] for case in CASES])
async def test_an_own_record_is_made_once_even_when_the_process_dies(
    demo_db: Database, tool: str, arguments: dict[str, Any], model: type[Sourced], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovableClock(demo.NOW)
    safeguards = Safeguards.build(demo_db, KeyRing(b"a secret for tests only"), clock, Redactor().value)
    nothing: Any = None
    systems = ConnectedSystems(demo_db, [], {}, Register(demo_db, clock))
    bench = Workbench(demo_db, clock, CountingIds(), Services(messages=nothing, systems=systems, documents=nothing))
    gate = Gate(TOOLS, bench, safeguards, Patience(read_back_after=(0.0,)))
    person = await principal_of(demo_db, demo.WORKSPACE, demo.ADMIN.user_id)
    if tool == "log_call_note":
        arguments = arguments | {"contact": await _some_contact(demo_db)}
    before = await _count(demo_db, model)

    origin = CallOrigin(turn_id="t1", conversation="D1:1", surface=Surface.SLACK)
    waiting = await gate.call(person, tool, arguments, origin)
    assert isinstance(waiting, Waiting), waiting
    assert await _count(demo_db, model) == before, "nothing happens before somebody approves"

    async def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("app.tools.core.execution.journal.end", die)
        with pytest.raises(Killed):
            await gate.decide(waiting.card.approval_id, person, "approve")
    clock.pass_by(minutes=5)
    (settled,) = await gate.reconcile_pending()
    assert settled.decision.status == "executed", settled
    assert await _count(demo_db, model) == before + 1
    assert (await gate.decide(waiting.card.approval_id, person, "approve")).status == "already"


async def _count(db: Database, model: type[Sourced]) -> int:
    async with db.reading() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def _some_contact(db: Database) -> str:
    """A contact whose name nobody shares."""
    async with db.reading() as session:
        names = select(Contact.name).group_by(Contact.name).having(func.count() == 1).order_by(Contact.name)
        return (await session.scalars(names.limit(1))).one()
