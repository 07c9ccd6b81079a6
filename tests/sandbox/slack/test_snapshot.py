"""The workspace over a restart: what was said is still there, a broken file does not stop it."""

from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.outbox import OutMessage
from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM
from tests.sandbox.slack.samples import section


async def test_conversations_files_home_and_outbox_survive_a_restart(tmp_path: Path) -> None:
    config = SandboxConfig(data_dir=tmp_path / "workspace", retry_delays=())
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        web = AsyncWebClient(token=config.bot_token, base_url=slack.api_url)
        ts = await people.say("jen", "@Sophia", "the rent roll", files={"roll.csv": b"a,b\n"})
        await web.chat_startStream(channel=JEN_DM, thread_ts=ts, markdown_text="half an ans")
        await web.views_publish(user_id=JEN, view={"type": "home", "blocks": [section("Hello")]})
        slack.outbox.accept(OutMessage("SM1", "sms", 1.0, "+1", ("+2",), "Hi"))
        before = await people.messages("jen", "@Sophia")
        event_ids = {d["payload"]["event_id"] for d in await people.deliveries()}
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        after = await people.messages("jen", "@Sophia")
        assert [(m["text"], m["ts"], m.get("thread_ts")) for m in after] == [
            (m["text"], m["ts"], m.get("thread_ts")) for m in before
        ]
        assert after[1]["streaming_state"] == "completed"
        assert slack.workspace.state.files[after[0]["files"][0]["id"]].content == b"a,b\n"
        assert (await people.screen("jen"))["home"]["blocks"][0]["text"]["text"] == "Hello"
        assert [m.body for m in slack.outbox.messages] == ["Hi"]
        await people.say("jen", "@Sophia", "and now?", thread=ts)
        assert event_ids.isdisjoint(d["payload"]["event_id"] for d in await people.deliveries())


async def test_a_file_that_cannot_be_read_is_put_aside_and_the_workspace_starts_empty(tmp_path: Path) -> None:
    (tmp_path / "workspace.json").write_text('{"version": 1, "rooms": [{"broken": true}]}')
    async with LocalSlack(SandboxConfig(data_dir=tmp_path)) as slack, SlackDriver(slack.url) as people:
        assert await people.messages("jen", "@Sophia") == []
    assert (tmp_path / "workspace.unreadable.json").exists()
