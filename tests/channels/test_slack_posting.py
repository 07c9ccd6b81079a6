"""Posting and streaming when Slack is slow, refuses, or goes away: whole, once, never raw."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.channels.slack.failures import NotDelivered
from app.channels.slack.message import messages
from app.channels.slack.post import Part, Place, Poster
from app.channels.slack.session import Sessions
from app.channels.slack.stream import AnswerStream, Tempo
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import SystemClock
from app.runtime.deliveries import Deliveries
from tests.channels import samples
from tests.channels.slack_schemas import texts
from tests.channels.slack_stub import SlackStub
from tests.runtime.conftest import until

DM = Place("T1", "D1", "1699999999.000001", private=True, user="U1", team="T1")
CHANNEL = Place("T1", "C1", "1699999999.000001", private=False, user="U1", team="T1")
PART = Part("run", "answer")
QUICK = Tempo(before_stream=0.0, between_appends=0.0, between_updates=0.0, roll_over=1000)
WORDS = "The occupancy is 94.7% at Maple Court and 91.2% at Oakwood Terrace today."


@pytest.fixture
async def slack(shared) -> AsyncIterator[SlackStub]:
    stub = SlackStub(shared)
    await stub.start()
    yield stub
    await stub.stop()


class Waits:
    """A sleep that only counts."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def poster(slack, sqlite_db, waits) -> Poster:
    return Poster(slack.client, Deliveries(sqlite_db, SystemClock()), sleep=waits)


def stream(poster: Poster, place: Place = DM, tempo: Tempo = QUICK) -> AnswerStream:
    session = Sessions(poster.client).of(place.channel, place.thread)
    return AnswerStream(poster, session, place, "run", asked_at=place.thread, bot_user="UBOT", tempo=tempo)


def whole(text: str = WORDS):
    return messages(Answer(AnswerKind.ANSWER, text), samples.READER, "run")[0]


def shown(slack: SlackStub) -> str:
    """What a person reads in the only message there is."""
    (message,) = slack.messages.values()
    return message["streamed"] + " ".join(texts(message["blocks"]))


async def test_a_post_is_made_once_however_often_it_is_asked_for(slack, poster):
    first = await poster.post(DM, PART, "hello", [])
    assert await poster.post(DM, PART, "hello", []) == first
    (call,) = slack.named("chat.postMessage")
    assert call["metadata"] == {"event_type": "sophia_message", "event_payload": {"run": "run", "part": "answer"}}
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(slack, poster):
    slack.failures["chat.postMessage"] = [("lost", 200)]
    ts = await poster.post(DM, PART, "hello", [])
    assert list(slack.messages) == [ts]
    assert len(slack.named("chat.postMessage")) == 1


async def test_a_post_whose_answer_was_lost_is_found_at_the_end_of_a_long_thread(slack, poster):
    for number in range(450):
        slack.messages[f"1690000000.{number:06d}"] = {"ts": f"1690000000.{number:06d}", "user": "U2", "metadata": None}
    slack.failures["chat.postMessage"] = [("lost", 200)]
    ts = await poster.post(DM, PART, "hello", [])
    assert len(slack.named("chat.postMessage")) == 1
    assert ts == list(slack.messages)[-1]


async def test_a_crash_after_a_post_finds_it_again(slack, poster):
    await poster.deliveries.begin("T1", "run", "answer", "D1", DM.thread)
    sent = await slack.client.chat_postMessage(channel="D1", text="hello", metadata=PART.metadata)
    assert await poster.post(DM, PART, "hello", []) == sent["ts"]
    assert len(slack.messages) == 1


async def test_a_crash_before_a_post_posts_it(slack, poster):
    await poster.deliveries.begin("T1", "run", "answer", "D1", DM.thread)
    await poster.post(DM, PART, "hello", [])
    assert len(slack.messages) == 1


async def test_an_outage_of_slack_is_waited_out(slack, poster, waits):
    slack.failures["chat.postMessage"] = [503, 503, ("ratelimited", 7), 500]
    await poster.post(DM, PART, "hello", [])
    assert len(slack.messages) == 1
    assert waits.seconds == [1.0, 2.0, 7.0, 8.0]


async def test_slack_out_of_reach_is_waited_out(slack, poster, waits, shared):
    base_url = slack.client.base_url
    poster.client.base_url = "http://127.0.0.1:9/api/"
    posting = asyncio.create_task(poster.post(DM, PART, "hello", []))
    await until(lambda: len(waits.seconds) > 3)
    poster.client.base_url = base_url
    await posting
    assert len(slack.messages) == 1


async def test_a_channel_that_is_gone_is_said_so(slack, poster):
    slack.failures["chat.postMessage"] = ["is_archived"]
    with pytest.raises(NotDelivered, match="is_archived"):
        await poster.post(DM, PART, "hello", [])
    assert (await poster.deliveries.look("T1", "run", "answer")).state == "new"


async def test_blocks_that_slack_does_not_take_are_said_more_plainly(slack, poster):
    slack.failures["chat.postMessage"] = ["msg_blocks_too_long"]
    message = messages(samples.WITH_TABLE, samples.READER, "run")[0]
    await poster.post(DM, PART, message.text, message.all_blocks)
    kinds = [block["type"] for block in next(iter(slack.messages.values()))["blocks"]]
    assert "table" not in kinds
    assert "markdown" in kinds


async def test_a_quick_answer_is_one_post_without_a_stream(slack, poster):
    running = stream(poster, tempo=Tempo())
    running.begin()
    await running.delta("The occupancy ")
    await running.finish(whole())
    assert [name for name, _ in slack.calls if name.startswith("chat.")] == ["chat.postMessage"]
    statuses = [call["status"] for call in slack.named("agents.sessions.setStatus")]
    assert statuses == ["processing", "active"]


async def begun(slack: SlackStub, running: AnswerStream, words: str = WORDS[:40]) -> None:
    """A stream that shows a first piece."""
    running.begin()
    await running.step("look", "Checking occupancy", "in_progress")
    await until(lambda: bool(slack.named("chat.startStream")))
    await until(lambda: running._mode != "waiting")
    await running.delta(words)
    await running.step("look", "Checking occupancy", "complete")


async def test_a_streamed_answer_is_appended_to_and_never_repeated(slack, poster):
    running = stream(poster)
    await begun(slack, running)
    await until(lambda: bool(slack.named("chat.appendStream")))
    await running.finish(whole(), suspended=True)
    assert shown(slack).count("The occupancy is 94.7%") == 1
    assert WORDS in shown(slack)
    (stop,) = slack.named("chat.stopStream")
    assert stop["session_status"] == "suspended"
    assert stop["metadata"] == PART.metadata
    assert "recipient_team_id" not in slack.named("chat.startStream")[0]


async def test_a_stream_in_a_channel_names_its_recipient(slack, poster):
    running = stream(poster, CHANNEL)
    await begun(slack, running)
    await running.finish(whole())
    (start,) = slack.named("chat.startStream")
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U1", "T1")


@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "channel_type_not_supported"])
async def test_where_streams_are_refused_the_message_is_updated(slack, poster, code):
    slack.failures["chat.startStream"] = [code]
    running = stream(poster)
    await begun(slack, running)
    await until(lambda: bool(slack.named("chat.update")))
    await running.finish(whole())
    assert shown(slack).count(WORDS) == 1
    assert "Checking occupancy" not in shown(slack)


async def test_too_many_streams_at_once_means_the_answer_comes_in_one_piece(slack, poster):
    slack.failures["chat.startStream"] = [("ratelimited", 30)]
    running = stream(poster)
    running.begin()
    await running.delta(WORDS[:30])
    await until(lambda: running._mode == "quiet")
    await running.finish(whole())
    assert shown(slack).count(WORDS) == 1


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("failure", [("lost", 200), 503, "message_not_in_streaming_state", ("ratelimited", 1)])
async def test_a_stream_that_breaks_still_ends_as_one_whole_answer(slack, poster, method, failure):
    running = stream(poster)
    slack.failures[method] = [failure]
    await begun(slack, running)
    if method == "chat.appendStream":
        await until(lambda: running._mode == "quiet")
    await running.finish(whole())
    assert shown(slack).count("The occupancy is 94.7%") == 1
    assert WORDS in shown(slack)


async def test_a_start_whose_answer_was_lost_is_found_and_completed(slack, poster):
    slack.failures["chat.startStream"] = [("lost", 200)]
    running = stream(poster)
    running.begin()
    await running.delta(WORDS[:30])
    await until(lambda: running._mode == "quiet")
    await running.finish(whole())
    assert shown(slack).count("The occupancy is 94.7%") == 1


async def test_a_stream_ends_before_slack_would_end_it(slack, poster):
    running = stream(poster, tempo=Tempo(before_stream=0, between_appends=0, between_updates=0, roll_over=-1))
    await begun(slack, running)
    await until(lambda: bool(slack.named("chat.stopStream")))
    await running.delta(WORDS[40:60])
    await until(lambda: bool(slack.named("chat.update")))
    await running.finish(whole())
    assert shown(slack).count(WORDS) == 1


async def test_an_answer_that_differs_from_what_was_streamed_replaces_it(slack, poster):
    running = stream(poster)
    await begun(slack, running, "The occupancy is 99.9% everywhere ")
    await until(lambda: bool(slack.named("chat.appendStream")))
    await running.finish(whole())
    assert "99.9%" not in shown(slack)
    assert shown(slack).count(WORDS) == 1


async def test_after_a_crash_another_process_completes_what_was_streamed(slack, poster, sqlite_db):
    before = stream(poster)
    await begun(slack, before)
    await before._stop_flushing()
    after = stream(Poster(slack.client, Deliveries(sqlite_db, SystemClock())))
    await after.finish(whole())
    assert shown(slack).count("The occupancy is 94.7%") == 1
    await stream(poster).finish(whole())
    assert len(slack.messages) == 1


async def test_half_a_link_is_never_shown(slack, poster):
    running = stream(poster)
    await begun(slack, running, "See [the deal](https://evil.exam")
    await running.delta("ple/?q=secret) now ")
    await until(lambda: "now" in shown(slack))
    assert "](" not in shown(slack)
    assert "evil" not in shown(slack)
    await running.finish(whole("See the deal now or later."))


async def test_sessions_fall_back_to_the_older_status(slack, poster):
    slack.failures["agents.sessions.setStatus"] = ["unknown_method"]
    running = stream(poster, tempo=Tempo())
    running.begin()
    await until(lambda: bool(slack.named("assistant.threads.setStatus")))
    await running.status("is checking the rent roll…")
    await running.finish(whole())
    said = [call.get("status", "") for call in slack.named("assistant.threads.setStatus")]
    assert "is checking the rent roll…" in said
    assert said[-1] == ""
    assert len(slack.named("agents.sessions.setStatus")) == 1
