import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.models.assistant import Reminder
from app.domain.clock import SystemClock
from app.domain.errors import RetryLater
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.intake import Arrival, Intake
from app.runtime.presence import Presence
from app.runtime.runtime import Runtime
from tests.runtime.conftest import until


def arrival(key: str, **changes) -> Arrival:
    return replace(Arrival("T1", key, f"delivery-{key}", "turn", {"text": key}), **changes)


class Work:
    """A job that notes what it was given, and can be held back."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, entry: Entry, steps: Steps) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.seen.append(entry.id)
        await self.gate.wait()
        await steps.once("work", self.step)
        self.at_once -= 1

    async def step(self) -> str:
        return "done"


async def test_an_arrival_is_worked_on_once_however_often_it_is_delivered(runtime):
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    assert await runtime.accept(arrival("a")) is True
    assert await runtime.accept(arrival("a", delivery_id="a third retry under a new event id")) is False
    assert await runtime.accept(arrival("a as another event", delivery_id="delivery-a")) is False
    await until(lambda: work.seen == ["a"])
    await until(lambda: not runtime._running)
    assert await runtime.accept(arrival("a")) is False
    assert (await runtime.backlog()).running == 0
    assert work.seen == ["a"]


async def test_equal_arrivals_in_one_commit_are_one_arrival(runtime):
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    taken = await asyncio.gather(*(runtime.accept(arrival("a")) for _ in range(20)))
    assert sorted(taken) == [False] * 19 + [True]
    await until(lambda: work.seen == ["a"])


async def test_the_same_key_in_two_workspaces_is_two_things(runtime):
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    assert await runtime.accept(arrival("a"))
    assert await runtime.accept(arrival("a", workspace_id="T2"))
    await until(lambda: work.seen == ["a", "a"])


async def test_a_lane_is_worked_on_in_order_one_at_a_time(runtime):
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    for number in range(6):
        await runtime.accept(arrival(f"m{number}", lane="thread"))
    await until(lambda: len(work.seen) == 6)
    assert work.seen == [f"m{number}" for number in range(6)]
    assert work.most_at_once == 1


async def test_a_flood_from_one_workspace_does_not_delay_another(store, options):
    runtime = Runtime(store, SystemClock(), replace(options, max_running=2))
    work = Work()
    work.gate.clear()
    runtime.register({"turn": work})
    await runtime.start()
    for number in range(30):
        await runtime.accept(arrival(f"flood{number}"))
    await runtime.accept(arrival("quiet", workspace_id="T2"))
    work.gate.set()
    await until(lambda: len(work.seen) == 31)
    await runtime.drain(2)
    assert work.seen.index("quiet") <= 3


async def test_a_job_that_fails_ends_its_entry_and_leaves_its_lane_free(runtime):
    seen: list[str] = []

    async def job(entry: Entry, steps: Steps) -> None:
        seen.append(entry.id)
        if entry.id == "bad":
            raise RuntimeError("broken")

    runtime.register({"turn": job})
    await runtime.start()
    await runtime.accept(arrival("bad", lane="thread"))
    await runtime.accept(arrival("good", lane="thread"))
    await until(lambda: seen == ["bad", "good"])
    await until(lambda: not runtime._running)


async def test_a_kind_that_nobody_registered_ends_as_failed(runtime):
    await runtime.start()
    await runtime.accept(arrival("a"))

    async def ended() -> bool:
        return (await runtime.backlog()).waiting == 0 and not runtime._running

    await until(ended)
    assert await runtime.entries.held_by("one") == []


async def test_a_kind_is_registered_once(runtime):
    runtime.register({"turn": Work()})
    with pytest.raises(ValueError, match="turn"):
        runtime.register({"turn": Work()})


async def test_what_a_step_returned_can_be_read_later(runtime):
    runtime.register({"turn": Work()})
    await runtime.start()
    await runtime.accept(arrival("a"))

    async def recorded() -> bool:
        return await runtime.recorded("T1", "a", "work") == "done"

    await until(recorded)
    assert await runtime.recorded("T1", "a", "another step") is None
    assert await runtime.recorded("T1", "unknown", "work") is None


async def test_work_asked_to_stop_is_told(runtime):
    stopped: list[str] = []

    async def job(entry: Entry, steps: Steps) -> None:
        await runtime.stop_event(entry).wait()
        stopped.append(entry.id)

    runtime.register({"turn": job})
    await runtime.start()
    await runtime.accept(arrival("a", conversation="C1:1.0"))
    await until(lambda: bool(runtime._running))
    assert await runtime.request_stop("T1", "C1:2.0") == 0
    assert await runtime.request_stop("T1", "C1:1.0") == 1
    await until(lambda: stopped == ["a"])


async def test_people_who_wait_long_are_told_once(store, options):
    runtime = Runtime(store, SystemClock(), replace(options, max_running=1, busy_after=0.0))
    work = Work()
    work.gate.clear()
    told: list[tuple[str, int]] = []

    async def tell(entry: Entry, ahead: int) -> None:
        told.append((entry.id, ahead))

    runtime.register({"turn": work})
    runtime.when_busy("turn", tell)
    await runtime.start()
    for key in ("a", "b", "c"):
        await runtime.accept(arrival(key))
        await until(lambda: bool(work.seen))
    await until(lambda: len(told) == 2)
    await runtime._look_around()
    assert told == [("b", 0), ("c", 1)]
    assert (await runtime.backlog()).waiting == 2
    work.gate.set()
    await until(lambda: len(work.seen) == 3)
    await runtime.drain(2)


async def test_what_waits_for_its_own_lane_does_not_make_the_process_look_late(runtime):
    work = Work()
    work.gate.clear()
    runtime.register({"turn": work})
    await runtime.start()
    for number in range(3):
        await runtime.accept(arrival(f"m{number}", lane="webhooks"))
    await until(lambda: work.seen == ["m0"])
    backlog = await runtime.backlog()
    assert (backlog.waiting, backlog.running, backlog.oldest) == (2, 1, 0.0)
    work.gate.set()
    await until(lambda: len(work.seen) == 3)


async def test_what_waits_for_a_place_is_late(store, options):
    runtime = Runtime(store, SystemClock(), replace(options, max_running=1))
    work = Work()
    work.gate.clear()
    runtime.register({"turn": work})
    await runtime.start()
    for key in ("a", "b"):
        await runtime.accept(arrival(key))
        await until(lambda: bool(work.seen))
    assert (await runtime.backlog()).oldest > 0
    work.gate.set()
    await until(lambda: len(work.seen) == 2)
    await runtime.drain(2)


async def test_who_waits_is_told_of_the_questions_of_their_own_company_only(store, options):
    runtime = Runtime(store, SystemClock(), replace(options, max_running=1, busy_after=0.0))
    work = Work()
    work.gate.clear()
    told: list[tuple[str, int]] = []

    async def tell(entry: Entry, ahead: int) -> None:
        told.append((entry.id, ahead))

    runtime.register({"turn": work, "changed_record": work})
    runtime.when_busy("turn", tell)
    await runtime.start()
    await runtime.accept(arrival("a"))
    await until(lambda: work.seen == ["a"])
    await runtime.accept(arrival("another company's", workspace_id="T2"))
    for number in range(3):
        await runtime.accept(arrival(f"change{number}", kind="changed_record"))
    await runtime.accept(arrival("mine"))
    await until(lambda: ("mine", 0) in told)
    work.gate.set()
    await until(lambda: len(work.seen) == 6)
    await runtime.drain(2)


async def test_a_drain_lets_running_work_end_and_starts_nothing_new(runtime, store):
    work = Work()
    work.gate.clear()
    runtime.register({"turn": work})
    await runtime.start()
    await runtime.accept(arrival("a"))
    await until(lambda: work.seen == ["a"])
    draining = asyncio.create_task(runtime.drain(10))
    await until(lambda: runtime.draining)
    work.gate.set()
    await draining
    assert await runtime.entries.held_by("one") == []
    assert await Presence(store, "two").others() == []
    with pytest.raises(RetryLater):
        await runtime.accept(arrival("b"))


async def test_what_a_dead_executor_left_is_finished_by_another(store, options):
    """`gone` claims two entries and dies: one had started its run, one had not."""
    gone = Runtime(store, SystemClock(), replace(options, executor_id="gone", dead_after=0.0))
    stuck = Work()
    stuck.gate.clear()
    gone.register({"turn": stuck})
    await gone.start()
    await gone.accept(arrival("started"))
    await until(lambda: stuck.seen == ["started"])
    await gone.drain(patience=0)

    heir = Runtime(store, SystemClock(), replace(options, executor_id="heir", beat_every=0.1))
    work = Work()
    heir.register({"turn": work})
    await heir.start()
    await until(lambda: work.seen == ["started"])
    await until(lambda: not heir._running)
    assert await Presence(store, "somebody").others() == ["heir"]
    await heir.drain(2)


async def test_an_entry_claimed_but_never_started_is_put_back(store, options):
    waiting = Intake(store, SystemClock(), lambda: None)
    waiting.start()
    await waiting.accept(arrival("a"))
    await waiting.stop()
    runtime = Runtime(store, SystemClock(), options)
    assert [entry.id for entry in (await runtime.entries.claim(5)).entries] == ["a"]
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    await until(lambda: work.seen == ["a"])
    await runtime.drain(2)


async def test_an_executor_that_beats_is_not_taken_over(store):
    alive, other = Presence(store, "alive"), Presence(store, "other", margin=5)
    await alive.beat()
    assert await other.inherit() == 0
    assert await other.others() == ["alive"]
    await alive.leave(unfinished=True)
    await other.inherit()
    assert await other.others() == []


async def test_a_due_reminder_is_handed_over_once_and_a_later_one_waits(runtime, store):
    now = SystemClock().now()
    async with store.transaction() as session:
        for name, due in (("due", now - timedelta(minutes=3)), ("later", now + timedelta(hours=1))):
            session.add(
                Reminder(
                    workspace_id="T1", id=f"sophia:{name}", as_of=now, user_id="U1", text="Call Ana", remind_at=due
                )
            )
    work = Work()
    runtime.register({"reminder": work})
    await runtime.start()
    await until(lambda: work.seen == ["reminder:sophia:due"])
    assert await runtime.reminders.collect() == 0
    await runtime.reminders.mark_sent("T1", "sophia:due")
    await until(lambda: not runtime._running)
    assert work.seen == ["reminder:sophia:due"]


async def test_old_entries_and_their_runs_are_forgotten(store, options):
    runtime = Runtime(store, SystemClock(), replace(options, keep=timedelta(0)))
    runtime.register({"turn": Work()})
    await runtime.start()
    await runtime.accept(arrival("a"))

    async def done() -> bool:
        return await runtime.recorded("T1", "a", "work") == "done" and not runtime._running

    await until(done)
    await runtime._forget_old()
    assert await runtime.recorded("T1", "a", "work") is None
    await runtime.drain(2)


async def test_a_locked_database_refuses_the_arrival_so_that_it_is_delivered_again(sqlite_db, options, tmp_path):
    import sqlite3

    work = Work()
    runtime = Runtime(sqlite_db, SystemClock(), options)
    runtime.register({"turn": work})
    await runtime.start()
    await runtime.accept(arrival("first"))
    other = sqlite3.connect(tmp_path / "sophia.db", isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RetryLater):
        await runtime.accept(arrival("second"))
    other.execute("ROLLBACK")
    other.close()
    await runtime.accept(arrival("second"))
    await until(lambda: sorted(work.seen) == ["first", "second"])
    await runtime.drain(2)


async def test_a_full_disk_refuses_the_arrival_and_later_ones_are_taken(sqlite_db):
    intake = Intake(sqlite_db, SystemClock(), lambda: None)
    intake.start()
    await intake.accept(arrival("fits"))
    async with sqlite_db.engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    connection = await intake._connect()
    await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    await connection.commit()
    with pytest.raises(Exception, match="full"):
        await intake._commit(connection, [intake._row(arrival(f"x{n}", payload={"t": "y" * 4000})) for n in range(50)])
    await connection.close()
    assert await intake.accept(arrival("later"))
    await intake.stop()


async def test_runs_are_recorded_in_postgresql_too(postgres_db, options):
    url = postgres_db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    runtime = Runtime(postgres_db, SystemClock(), replace(options, system_url=url))
    work = Work()
    runtime.register({"turn": work})
    await runtime.start()
    await runtime.accept(arrival("a"))

    async def recorded() -> bool:
        return await runtime.recorded("T1", "a", "work") == "done"

    await until(recorded)
    await runtime.drain(2)
    assert work.seen == ["a"]
