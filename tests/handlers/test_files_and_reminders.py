from datetime import timedelta

from app.db.models.assistant import Reminder
from app.domain.clock import SystemClock
from tests.channels import samples
from tests.channels.test_slack_messages import with_table
from tests.handlers.conftest import Scene
from tests.runtime.conftest import until


async def table_in(scene: Scene, who: str, where: str, said: str) -> dict:
    scene.agent.answers["delinquents"] = with_table(samples.long_table(150))
    ts = await scene.people.say(who, where, said)
    return await scene.people.wait_for_reply(who, where, after=ts)


async def test_a_table_is_downloaded_as_csv_with_every_row(socket_scene: Scene):
    answer = await table_in(socket_scene, "jen", "@Sophia", "delinquents")
    await socket_scene.people.click("jen", answer, "answer.csv.0")
    message = await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: bool(m.get("files")))
    (file,) = message["files"]
    assert file["name"] == "delinquent-residents.csv"
    stored = socket_scene.slack.workspace.state.files[file["id"]]
    lines = bytes(stored.content).decode("utf-8-sig").splitlines()
    assert len(lines) == 151
    assert message["thread_ts"] == answer["thread_ts"]


async def test_in_a_channel_only_the_person_who_asked_gets_the_file_and_gets_it_alone(socket_scene: Scene):
    scene = socket_scene
    bot = scene.house.deps.bot.user_id
    answer = await table_in(scene, "luis", "#C07MAINTNC", f"<@{bot}> delinquents")
    await scene.people.click("jen", answer, "answer.csv.0")
    await scene.people.wait_for_message("jen", "#C07MAINTNC", lambda m: "Only the person who asked" in m["text"])
    await scene.people.click("luis", answer, "answer.csv.0")
    await scene.people.wait_for_message("luis", "@Sophia", lambda m: bool(m.get("files")))
    told = await scene.people.messages("jen", "#C07MAINTNC")
    assert not any(message.get("files") for message in told)


async def test_a_due_reminder_is_one_direct_message(socket_scene: Scene, sqlite_db):
    now = SystemClock().now()
    async with sqlite_db.transaction() as session:
        session.add(
            Reminder(
                workspace_id=socket_scene.house.deps.bot.team_id,
                id="sophia:1",
                as_of=now,
                user_id="U07JENNY01",
                text="call Ana & <b>ask</b>",
                remind_at=now - timedelta(minutes=1),
            )
        )
    await socket_scene.house.runtime.reminders.collect()
    message = await socket_scene.people.wait_for_message("jen", "@Sophia", lambda m: "Reminder" in m["text"])
    assert message["text"] == ":alarm_clock: Reminder: call Ana &amp; &lt;b&gt;ask&lt;/b&gt;"

    async def sent() -> bool:
        async with sqlite_db.reading() as session:
            row = await session.get(Reminder, (socket_scene.house.deps.bot.team_id, "sophia:1"))
            return row is not None and row.status == "sent"

    await until(sent)
