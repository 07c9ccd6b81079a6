import asyncio
import json

from app.domain.answer import Answer, AnswerKind, Column, Table
from app.domain.errors import RetryLater
from tests.channels import samples
from tests.channels.slack_schemas import texts
from tests.handlers.conftest import Scene
from tests.runtime.conftest import until


def words(message: dict) -> str:
    """What a person reads: the blocks, and the streamed text where it is no block."""
    blocks = message.get("blocks") or []
    streamed = "" if any(block["type"] == "markdown" for block in blocks) else message.get("text", "")
    return " ".join([streamed, *texts(blocks)])


def own(messages: list[dict]) -> list[dict]:
    return [message for message in messages if message.get("bot_id")]


async def test_a_direct_message_is_answered_in_its_thread(scene: Scene):
    ts = await scene.people.say("jen", "@Sophia", "How full is <b>Maple Grove</b> & co?")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert reply["thread_ts"] == ts
    assert "You said: How full is" in words(reply)
    (turn,) = scene.agent.turns
    assert turn.text == "How full is <b>Maple Grove</b> & co?"
    assert (turn.principal.name, turn.conversation.private) == ("Jen Park", True)


async def test_a_mention_in_a_channel_is_answered_once_in_a_thread(scene: Scene):
    bot = scene.house.deps.bot.user_id
    ts = await scene.people.say("luis", "#C07MAINTNC", f"<@{bot}> open work orders?")
    reply = await scene.people.wait_for_reply("luis", "#C07MAINTNC", after=ts)
    assert reply["thread_ts"] == ts
    await until(lambda: not scene.house.runtime._running)
    names = [(delivery.get("type") or "") for delivery in await scene.people.deliveries()]
    assert len(scene.agent.turns) == 1, names
    assert scene.agent.turns[0].text == "open work orders?"
    assert scene.agent.turns[0].conversation.private is False


async def test_a_follow_up_needs_no_mention_but_talk_among_others_is_left_alone(scene: Scene):
    bot = scene.house.deps.bot.user_id
    ts = await scene.people.say("luis", "#C07MAINTNC", f"<@{bot}> open work orders?")
    await scene.people.wait_for_reply("luis", "#C07MAINTNC", after=ts)
    await scene.people.say("jen", "#C07MAINTNC", "I think there are three", thread=ts)
    await scene.people.say("luis", "#C07MAINTNC", "<@U07JENNY01> are you sure?", thread=ts)
    await scene.people.say("luis", "#C07MAINTNC", "unrelated, not in the thread")
    second = await scene.people.say("luis", "#C07MAINTNC", "and at Oakwood?", thread=ts)
    await scene.people.wait_for_reply("luis", "#C07MAINTNC", after=second)
    assert [turn.text for turn in scene.agent.turns] == ["open work orders?", "and at Oakwood?"]
    history = scene.agent.turns[1].history
    assert [(remark.name, remark.text, remark.trusted) for remark in history] == [
        ("Jen Park", "I think there are three", False),
        ("Luis Ortega", "@Jen Park are you sure?", False),
    ]


async def test_what_was_said_last_in_a_long_thread_is_what_she_is_told(socket_scene: Scene):
    scene, bot = socket_scene, socket_scene.house.deps.bot.user_id
    ts = await scene.people.say("jen", "#C07MAINTNC", "who has the keys of 204?")
    for number in range(40):
        await scene.people.say("jen", "#C07MAINTNC", f"remark {number}", thread=ts)
    asked = await scene.people.say("luis", "#C07MAINTNC", f"<@{bot}> what do you think?", thread=ts)
    await scene.people.wait_for_reply("luis", "#C07MAINTNC", after=asked)
    assert [remark.text for remark in scene.agent.turns[0].history] == [f"remark {number}" for number in range(25, 40)]


async def test_an_edit_of_an_answered_message_changes_nothing(scene: Scene):
    ts = await scene.people.say("jen", "@Sophia", "first")
    await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    await scene.people.edit("jen", "@Sophia", ts, "second")
    later = await scene.people.say("jen", "@Sophia", "third")
    await scene.people.wait_for_reply("jen", "@Sophia", after=later)
    assert [turn.text for turn in scene.agent.turns] == ["first", "third"]


async def test_a_streamed_answer_ends_as_one_whole_message(socket_scene: Scene):
    scene = socket_scene
    scene.agent.streams = True
    scene.agent.answers["rent roll"] = samples.WITH_TABLE
    ts = await scene.people.say("jen", "@Sophia", "rent roll")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert len(own(await scene.people.messages("jen", "@Sophia"))) == 1
    shown = words(reply)
    assert shown.count("Maple Court has") == 1
    assert {"table", "data_visualization"} <= {block["type"] for block in reply["blocks"]}
    assert len(scene.agent.turns) == 1


async def test_a_streamed_answer_that_turns_out_different_is_replaced(socket_scene: Scene):
    scene = socket_scene
    scene.agent.streams = True
    scene.agent.gate.clear()
    scene.agent.answers["x"] = Answer(AnswerKind.ANSWER, "The rent is 1,999 dollars, I believe, and so on.")
    scene.agent.final = Answer(AnswerKind.ANSWER, "The rent is $1,895.")
    ts = await scene.people.say("jen", "@Sophia", "x")
    await scene.people.wait_for_message("jen", "@Sophia", lambda m: bool(m.get("bot_id")) and "1,999" in words(m))
    scene.agent.gate.set()
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "The rent is $1,895." in words(reply)
    assert "1,999" not in words(reply)
    assert len(own(await scene.people.messages("jen", "@Sophia"))) == 1


async def test_failures_are_sentences_and_never_exception_text(socket_scene: Scene):
    scene = socket_scene
    scene.agent.answers["later"] = RetryLater("Entrata does not answer.", next_step="Please try again in a minute.")
    scene.agent.answers["bug"] = KeyError("secret internals")
    ts = await scene.people.say("jen", "@Sophia", "later")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "Entrata does not answer. Please try again in a minute." in words(reply)
    ts = await scene.people.say("jen", "@Sophia", "bug")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "Something went wrong on my side" in words(reply)
    assert "secret internals" not in json.dumps(reply)


async def test_an_answer_that_cannot_be_kept_or_drawn_is_still_given(socket_scene: Scene):
    scene = socket_scene
    scene.agent.answers["keep"] = Answer(AnswerKind.ANSWER, "Kept.", calls=(("tool", {"when": object()}),))
    ragged = Table("Ragged", (Column("a", "A"), Column("b", "B")), (("only one",),))
    scene.agent.answers["draw"] = Answer(AnswerKind.ANSWER, "Drawn.", tables=(ragged,))
    for said, expected in (("keep", "Kept."), ("draw", "Drawn.")):
        ts = await scene.people.say("jen", "@Sophia", said)
        assert expected in words(await scene.people.wait_for_reply("jen", "@Sophia", after=ts))


async def test_messages_without_a_question_get_a_helpful_sentence(socket_scene: Scene):
    people, agent = socket_scene.people, socket_scene.agent
    for said, expected in (
        ("🎉🎉", "I'm Sophia."),
        ("?!", "I'm Sophia."),
        ("x" * 9000, "too long for me (9,000 characters"),
    ):
        ts = await people.say("jen", "@Sophia", said)
        reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
        assert expected in words(reply)
    ts = await people.say("jen", "@Sophia", "", files={"plan.pdf": b"%PDF-1.7 broken"})
    reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "“plan.pdf” is damaged" in words(reply)
    assert agent.turns == []
    ts = await people.say("jen", "@Sophia", "summarize this", files={"plan.pdf": b"%PDF-1.7 broken"})
    reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "“plan.pdf” is damaged" in words(reply)
    assert [turn.text for turn in agent.turns] == ["summarize this"]


async def test_words_in_any_language_arrive_as_they_were(socket_scene: Scene):
    for said in (
        "¿Cuántas unidades vacías hay en Maple Grove?",
        "تقرير الإشغال",
        "空室はいくつ？ 🏠",
        "<script>alert(1)</script>",
    ):
        ts = await socket_scene.people.say("jen", "@Sophia", said)
        await socket_scene.people.wait_for_reply("jen", "@Sophia", after=ts)
        assert socket_scene.agent.turns[-1].text == said


async def test_the_stop_button_stops_the_turn(socket_scene: Scene):
    scene = socket_scene
    scene.agent.gate.clear()
    ts = await scene.people.say("jen", "@Sophia", "a long question")
    await until(lambda: len(scene.agent.turns) == 1)
    await scene.people.wait_for_screen("jen", lambda screen: "processing" in json.dumps(screen))
    await scene.people.stop("jen", "@Sophia", ts)
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "Stopped, as you asked." in words(reply)


async def test_the_stop_button_stops_what_was_asked_by_command(socket_scene: Scene):
    scene = socket_scene
    scene.agent.gate.clear()
    await scene.people.slash("jen", "#C07LEASING", "/sophia a long question")
    await until(lambda: len(scene.agent.turns) == 1)
    thread = scene.agent.turns[0].conversation.thread
    await scene.people.stop("jen", "@Sophia", thread)
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=thread)
    assert "Stopped, as you asked." in words(reply)


async def test_an_answer_that_cannot_be_shown_is_never_silence(socket_scene: Scene, monkeypatch):
    async def broken(*_: object) -> bool:
        raise RuntimeError("internals")

    monkeypatch.setattr("handlers.jobs.turn.may_all_read", broken)
    ts = await socket_scene.people.say("jen", "@Sophia", "hello there, who are you")
    reply = await socket_scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert "Something went wrong while I was showing my answer" in words(reply)
    assert "internals" not in json.dumps(reply)
    await socket_scene.people.wait_for_screen("jen", lambda screen: "processing" not in json.dumps(screen))


async def test_a_double_click_on_a_choice_is_one_turn(socket_scene: Scene):
    scene = socket_scene
    scene.agent.answers["rent roll"] = samples.QUESTION
    ts = await scene.people.say("jen", "@Sophia", "rent roll")
    question = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    await asyncio.gather(*(scene.people.click("jen", question, "answer.choose.2") for _ in range(2)))
    await scene.people.wait_for_reply("jen", "@Sophia", after=question["ts"])
    await until(lambda: not scene.house.runtime._running)
    assert [turn.text for turn in scene.agent.turns] == ["rent roll", "Rent roll for Maple Court"]


async def test_choices_follow_ups_and_their_clicks_are_turns_of_whoever_clicks(scene: Scene):
    scene.agent.answers["rent roll"] = samples.QUESTION
    scene.agent.answers["Rent roll for Maple Court"] = samples.WITH_TABLE
    ts = await scene.people.say("jen", "@Sophia", "rent roll")
    question = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    await scene.people.click("jen", question, "answer.choose.2")
    answer = await scene.people.wait_for_reply("jen", "@Sophia", after=question["ts"])
    assert scene.agent.turns[-1].text == "Rent roll for Maple Court"
    chosen = await scene.people.wait_for_message(
        "jen", "@Sophia", lambda m: m["ts"] == question["ts"] and "✓ Maple Court" in json.dumps(m, ensure_ascii=False)
    )
    assert "actions" not in [block["type"] for block in chosen["blocks"]]
    await scene.people.click("jen", answer, "answer.follow_up.1")
    await until(lambda: scene.agent.turns[-1].text == "And at Oakwood Terrace?")
    assert {turn.conversation.thread for turn in scene.agent.turns} == {ts}


async def test_the_command_answers_privately_and_helps_when_empty(scene: Scene):
    helped = await scene.people.slash("jen", "#C07LEASING", "/sophia")
    assert "I'm Sophia" in json.dumps(helped) or helped
    await scene.people.slash("jen", "#C07LEASING", "/sophia how full is Maple Grove?")
    reply = await scene.people.wait_for_message(
        "jen", "@Sophia", lambda m: "You said: how full is Maple Grove?" in " ".join(texts(m.get("blocks") or []))
    )
    anchor = next(m for m in await scene.people.messages("jen", "@Sophia") if m["ts"] == reply["thread_ts"])
    assert anchor["text"] == "You asked: how full is Maple Grove?"
    assert len(scene.agent.turns) == 1


async def test_feedback_is_kept_per_person(scene: Scene, sqlite_db):
    from sqlalchemy import select

    from app.db.models.runtime import Feedback

    ts = await scene.people.say("jen", "@Sophia", "hello there")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    buttons = next(b for b in reply["blocks"] if b["type"] == "context_actions")["elements"][0]
    await scene.people.click("jen", reply, "answer.feedback", buttons["negative_button"]["value"])
    await scene.people.click("jen", reply, "answer.feedback", buttons["positive_button"]["value"])

    async def kept() -> bool:
        async with sqlite_db.reading() as session:
            return [row.verdict for row in await session.scalars(select(Feedback))] == ["good"]

    await until(kept)


async def test_being_invited_is_greeted_once(socket_scene: Scene):
    await socket_scene.people.invite_app("sarah", "#C07RANDOM1")
    await socket_scene.people.wait_for_message("sarah", "#C07RANDOM1", lambda m: "Hi, I'm Sophia" in m.get("text", ""))


async def test_the_home_tab_and_suggested_questions_are_shown(socket_scene: Scene):
    socket_scene.gate.cards["apr_1"] = samples.CARD
    await socket_scene.people.open_app("jen", "home")
    screen = await socket_scene.people.wait_for_screen("jen", lambda screen: bool(screen.get("home")))
    shown = json.dumps(screen["home"])
    assert "Hello Jen Park" in shown
    assert "Open a work order" in shown
