"""A digest that comes due, through the local workspace: posted once, stopped by who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule
from app.digests.core.schedules import collect_due, schedule_of
from app.domain.clock import SystemClock
from app.tools.core.outcomes import CallOrigin, Done, Outcome
from app.tools.core.registry import all_tools
from app.tools.core.tool import Presentation
from tests.handlers.conftest import Scene


async def due(scene: Scene, db: Database, channel: str) -> None:
    """Schedules a maintenance digest of Jen's and lets its time come."""
    now, deps = SystemClock().now(), scene.house.deps

    async def call(principal: Any, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        tool, said = all_tools()[name], f"{name} for {principal.user_id}: 3 <open> & urgent."
        return Done(tool, arguments, tool.result.model_construct(sources=()), Presentation(text=said))

    scene.house.gate.call = call  # type: ignore[method-assign]
    async with db.transaction() as session:
        session.add(
            DigestSchedule(
                workspace_id=deps.bot.team_id,
                id="sophia:d1",
                as_of=now,
                topic="maintenance",
                frequency="daily",
                channel=channel,
                time="08:00",
                timezone="America/Chicago",
                created_by="U07JENNY01",
                next_at=now - timedelta(minutes=1),
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
