"""Tasks, reminders, digests, usage and documents, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import func, select

from app.db.models.assistant import DigestSchedule, Reminder
from app.db.models.business import Task
from app.domain.errors import Ambiguous, Fixable, NotFound
from app.domain.slots import next_slot
from tests.tools import world
from tests.tools.conftest import Desk


async def test_open_tasks_of_a_teammate_say_how_many_are_overdue(desk: Desk) -> None:
    shown = await desk.ask("list_tasks", assignee="Jen")
    assert shown.text == (
        "There are 2 open tasks for Jen Wu. 1 of them is overdue. "
        "The oldest is “Renew the elevator permit”, due Mar 10, 2026."
    )
    assert shown.table is not None
    assert [row[0] for row in shown.table.rows] == ["Renew the elevator permit", "Walk the vacant units"]


async def test_overdue_and_due_by_narrow_the_tasks(desk: Desk) -> None:
    overdue = await desk.ask("list_tasks", status="overdue")
    assert overdue.text.startswith("There is 1 overdue task for the team.")
    assert (await desk.ask("list_tasks", assignee="Jen", due_by="2026-03-22")).text.startswith("There are 2 open tasks")
    none = await desk.ask("list_tasks", assignee="Luis")
    assert none.text == "There are no open tasks for Luis Ortega."


async def test_an_unknown_teammate_is_said_with_who_comes_near(desk: Desk) -> None:
    with pytest.raises(NotFound) as missing:
        await desk.ask("list_tasks", assignee="Jenn Wuu")
    assert missing.value.near == ("Jen Wu",)


async def test_a_task_is_written_once_however_often_it_is_repeated(desk: Desk) -> None:
    card = await desk.prepare("create_task", title="Walk the roof", assignee="Luis", due_date="2026-03-19")
    assert card.arguments == {"title": "Walk the roof", "assignee": "Luis Ortega", "due_date": "2026-03-19"}
    assert card.consequence == "The task is added to Luis Ortega's list."
    for _ in range(2):
        shown = await desk.do("create_task", title="Walk the roof", assignee="Luis", due_date="2026-03-19")
    assert shown.text == "“Walk the roof” is on Luis Ortega's list, due Mar 19, 2026."
    async with desk.db.reading() as session:
        found = await session.scalar(select(func.count()).select_from(Task).where(Task.title == "Walk the roof"))
    assert found == 1


async def test_a_task_without_an_assignee_is_the_persons_own(desk: Desk) -> None:
    card = await desk.prepare("create_task", title="Call the bank")
    assert card.arguments == {"title": "Call the bank", "assignee": "Sarah Jennings"}
    assert card.consequence == "The task is added to your list."


async def test_a_task_for_a_day_that_has_passed_is_refused_with_a_question(desk: Desk) -> None:
    with pytest.raises(Fixable, match="has passed already"):
        await desk.prepare("create_task", title="Too late", due_date="2026-03-01")


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ({"date": "2026-03-19", "time": "15:00"}, datetime(2026, 3, 19, 20, 0, tzinfo=UTC)),
        ({"time": "12:30"}, datetime(2026, 3, 18, 17, 30, tzinfo=UTC)),  # it is 10:30 in Chicago
        ({"time": "09:00"}, datetime(2026, 3, 19, 14, 0, tzinfo=UTC)),  # passed today, so tomorrow
        ({"date": "2026-03-31"}, datetime(2026, 3, 31, 14, 0, tzinfo=UTC)),
        ({"date": "2026-11-02", "time": "09:00"}, datetime(2026, 11, 2, 15, 0, tzinfo=UTC)),  # standard time again
    ],
)
async def test_a_reminder_is_kept_in_the_persons_time(desk: Desk, given: dict[str, str], when: datetime) -> None:
    await desk.do("set_reminder", text="check the boiler", **given)
    async with desk.db.reading() as session:
        kept = (await session.scalars(select(Reminder).where(Reminder.workspace_id == world.WS))).one()
    assert (kept.remind_at, kept.user_id, kept.text) == (when, "U1", "check the boiler")


async def test_a_reminder_without_a_moment_or_in_the_past_asks_back(desk: Desk) -> None:
    with pytest.raises(Fixable) as unclear:
        await desk.prepare("set_reminder", text="call Dana")
    assert unclear.value.next_step == "When should I remind you?"
    with pytest.raises(Fixable, match="has passed already"):
        await desk.prepare("set_reminder", text="call Dana", date="2026-03-18", time="09:00")


async def test_a_digest_is_scheduled_and_says_when_the_first_one_comes(desk: Desk) -> None:
    shown = await desk.do(
        "schedule_digest", topic="maintenance", frequency="weekly", channel="#ops", day_of_week="thursday"
    )
    assert shown.text == (
        "The maintenance digest is scheduled every Thursday at 8:00 AM in #ops; the first one comes "
        "Thu, Mar 19, 2026 at 8:00 AM. Please invite me there if I'm not in it yet: /invite @Sophia."
    )
    async with desk.db.reading() as session:
        kept = (await session.scalars(select(DigestSchedule).where(DigestSchedule.workspace_id == world.WS))).one()
    assert (kept.channel, kept.day_of_week, kept.time) == ("#ops", "thursday", "08:00")


async def test_a_daily_digest_with_a_day_of_the_week_asks_what_is_meant(desk: Desk) -> None:
    with pytest.raises(Fixable, match="no day of the week"):
        await desk.prepare("schedule_digest", topic="kpi", frequency="daily", day_of_week="friday")


@pytest.mark.parametrize(
    ("frequency", "day", "now", "due"),
    [
        ("daily", "", datetime(2026, 3, 18, 12, 0, tzinfo=UTC), datetime(2026, 3, 18, 13, 0, tzinfo=UTC)),
        ("daily", "", datetime(2026, 3, 18, 13, 0, tzinfo=UTC), datetime(2026, 3, 19, 13, 0, tzinfo=UTC)),
        ("daily", "", datetime(2026, 10, 31, 14, 0, tzinfo=UTC), datetime(2026, 11, 1, 14, 0, tzinfo=UTC)),
        ("weekly", "monday", datetime(2026, 3, 18, 12, 0, tzinfo=UTC), datetime(2026, 3, 23, 13, 0, tzinfo=UTC)),
        ("monthly", "", datetime(2026, 3, 1, 20, 0, tzinfo=UTC), datetime(2026, 4, 1, 13, 0, tzinfo=UTC)),
    ],
)
def test_the_first_slot_follows_the_local_clock(frequency: str, day: str, now: datetime, due: datetime) -> None:
    assert next_slot(now, frequency, day, time(8), "America/Chicago") == due


async def test_usage_adds_up_exactly(desk: Desk) -> None:
    shown = await desk.ask("get_usage_report", group_by="user")
    assert shown.text == (
        "For Mar 1–18, 2026, AI cost $0.01: 3 questions, 3 model calls, 3,000 tokens in and 500 out. "
        "Most went to Mike Torres: $0.01."
    )
    assert shown.table is not None
    assert [row[0] for row in shown.table.rows] == ["Mike Torres", "Sarah Jennings"]


async def test_a_month_without_usage_is_said_so(desk: Desk) -> None:
    shown = await desk.ask("get_usage_report", start_date="2026-01-01", end_date="2026-01-31")
    assert shown.text == "Nobody used a model for Jan 1–31, 2026, so AI cost nothing."


async def test_without_documents_she_says_so_and_does_not_guess(desk: Desk) -> None:
    shown = await desk.ask("search_knowledge", query="can residents sublet")
    assert "no company documents" in shown.text
    assert shown.table is None


async def test_two_teammates_of_a_name_are_a_question(desk: Desk) -> None:
    from app.db.models.security import Person

    async with desk.db.transaction() as session:
        session.add(Person(workspace_id=world.WS, id="U7", name="Ben Stone"))
    with pytest.raises(Ambiguous) as which:
        await desk.prepare("create_task", title="x", assignee="Ben")
    assert which.value.options == ("Ben Fox", "Ben Stone")
