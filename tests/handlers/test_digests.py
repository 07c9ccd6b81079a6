"""A digest that comes due, through the local workspace: posted once, stopped by who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule
from app.digests.core.schedules import collect_due, schedule_of
from app.domain.clock import SystemClock
from app.tools.core.outcomes import CallOrigin, Done, Outcome
from app.tools.core.registry import all_tools
from app.tools.core.tool import Presentation
from tests.handlers.conftest import Scene


async def _read(principal: Any, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
    tool, said = all_tools()[name], f"{name} for {principal.user_id}: 3 <open> & urgent."
    return Done(tool, arguments, tool.result.model_construct(sources=()), Presentation(text=said))


async def due(
    scene: Scene,
    db: Database,
    channel: str,
    *,
    topic: str = "maintenance",
    slot: datetime | None = None,
    call: Any = _read,
) -> None:
    """Schedules a digest of Jen's and lets its time come."""
    now, deps = SystemClock().now(), scene.house.deps
    scene.house.gate.call = call  # type: ignore[method-assign]
    async with db.transaction() as session:
        session.add(
            DigestSchedule(
                workspace_id=deps.bot.team_id,
                id="sophia:d1",
                as_of=now,
                topic=topic,
                frequency="daily",
                channel=channel,
                time="08:00",
                timezone="America/Chicago",
                created_by="U07JENNY01",
                next_at=slot or now - timedelta(minutes=1),
            )
        )
    await collect_due(db, deps.clock, deps.runtime.accept)


async def test_a_digest_is_posted_in_its_channel_and_stopped_by_who_may(
    socket_scene: Scene, sqlite_db: Database
) -> None:
    scene, people = socket_scene, socket_scene.people
    await due(scene, sqlite_db, "#maintenance")
    posted = await people.wait_for_message("jen", "#C07MAINTNC", lambda m: "Maintenance digest" in m["text"])
    assert posted["text"].count("list_work_orders for U07JENNY01: 3 &lt;open&gt; &amp; urgent.") == 3
    await people.click("luis", posted, "digest.stop")
    told = await people.wait_for_message(
        "luis", "#C07MAINTNC", lambda m: "stopped this Maintenance digest" in m["text"]
    )
    assert "stopped this Maintenance digest" in told["text"]
    assert told["thread_ts"] == posted["ts"]
    assert await schedule_of(sqlite_db, scene.house.deps.bot.team_id, "sophia:d1") is None
    await people.click("jen", posted, "digest.stop")
    await people.wait_for_message("jen", "#C07MAINTNC", lambda m: "stopped already" in m["text"])


async def test_without_a_channel_it_is_a_direct_message(socket_scene: Scene, sqlite_db: Database) -> None:
    await due(socket_scene, sqlite_db, "")
    await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: "Maintenance digest" in m["text"])


async def test_where_sophia_is_not_the_person_is_told(socket_scene: Scene, sqlite_db: Database) -> None:
    await due(socket_scene, sqlite_db, "#nowhere")
    told = await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: "couldn't post" in m["text"])
    assert "#nowhere: I'm not in that channel" in told["text"]


async def test_who_may_not_schedule_digests_does_not_stop_others(socket_scene: Scene, sqlite_db: Database) -> None:
    scene, people = socket_scene, socket_scene.people
    await due(scene, sqlite_db, "#maintenance")
    posted = await people.wait_for_message("jen", "#C07MAINTNC", lambda m: "Maintenance digest" in m["text"])
    await people.click("pete", posted, "digest.stop")
    await people.wait_for_message("pete", "#C07MAINTNC", lambda m: "members of the team" in m["text"])
    assert await schedule_of(sqlite_db, scene.house.deps.bot.team_id, "sophia:d1") is not None


async def test_a_slot_that_is_found_twice_is_posted_once(socket_scene: Scene, sqlite_db: Database) -> None:
    scene, deps = socket_scene, socket_scene.house.deps
    slot = SystemClock().now() - timedelta(minutes=1)
    await due(scene, sqlite_db, "#maintenance", slot=slot)
    await scene.people.wait_for_message("jen", "#C07MAINTNC", lambda m: "Maintenance digest" in m["text"])
    async with sqlite_db.transaction() as session:  # as if the process had died before it moved the schedule on
        await session.execute(update(DigestSchedule).values(next_at=slot))
    await collect_due(sqlite_db, deps.clock, deps.runtime.accept)
    await scene.people.say("jen", "@Sophia", "are you done?")
    await scene.people.wait_for_message("jen", "@Sophia", lambda m: "You said" in m["text"])
    posted = [m for m in await scene.people.messages("jen", "#C07MAINTNC") if "Maintenance digest" in m["text"]]
    assert len(posted) == 1


async def test_a_topic_that_is_gone_is_said_to_who_scheduled_it(socket_scene: Scene, sqlite_db: Database) -> None:
    await due(socket_scene, sqlite_db, "#maintenance", topic="weather")
    told = await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: "couldn't put together" in m["text"])
    assert "There are no digests about weather any more." in told["text"]


async def test_a_bug_in_a_digest_is_not_silence(socket_scene: Scene, sqlite_db: Database) -> None:
    async def broken(*given: Any) -> Outcome:
        raise ValueError("what only developers read")

    await due(socket_scene, sqlite_db, "#maintenance", call=broken)
    told = await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: "couldn't put together" in m["text"])
    assert "developers" not in told["text"]
