"""The definition behind a figure is one click away from the answer."""

from __future__ import annotations

from app.domain.answer import Answer, AnswerKind
from app.portfolio.definitions import DEFINITIONS
from tests.channels.slack_schemas import texts
from tests.handlers.conftest import Scene


async def test_one_click_shows_how_a_figure_is_counted_to_whoever_clicks(scene: Scene) -> None:
    scene.agent.answers["how full are we?"] = Answer(
        AnswerKind.ANSWER, "Physical occupancy is 93.9%.", definitions=("occupancy", "no_longer_there")
    )
    asked = await scene.people.say("jen", "@Sophia", "how full are we?")
    reply = await scene.people.wait_for_reply("jen", "@Sophia", after=asked)
    await scene.people.click("jen", reply, "answer.define")
    modal = await scene.people.wait_for_modal("jen")
    shown = " ".join(texts(modal["blocks"]))
    assert DEFINITIONS["occupancy"].counting[1] in shown
    assert f"That is {DEFINITIONS['occupancy'].result}." in shown
    assert len(await scene.people.messages("jen", "@Sophia")) == 2  # nothing was posted


async def test_an_answer_without_defined_figures_has_no_such_button(socket_scene: Scene) -> None:
    asked = await socket_scene.people.say("jen", "@Sophia", "hello?")
    reply = await socket_scene.people.wait_for_reply("jen", "@Sophia", after=asked)
    assert "answer.define" not in str(reply)
