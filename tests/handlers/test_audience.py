"""Who reads along: answers that tell of persons, asked for in channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.answer import ASKER_ALONE, Answer, AnswerKind
from app.domain.principal import Principal, Role
from handlers.jobs.turn import ELSEWHERE
from tests.handlers.conftest import Scene

SECRET = "Avery Zhang owes $3,028.85 and has not paid for a while, which is to say for 57 days by now."
QUESTION = "who is behind?"
TELLS_OF_PERSONS = Answer(AnswerKind.ANSWER, SECRET, readers_need=("collections:read",))


async def ask_in(scene: Scene, who: str, channel: str) -> tuple[str, dict[str, Any]]:
    """The question's ts, and the reply in the channel."""
    scene.agent.answers[QUESTION] = TELLS_OF_PERSONS
    ts = await scene.people.say(who, channel, f"<@{scene.house.deps.bot.user_id}> {QUESTION}")
    return ts, await scene.people.wait_for_reply(who, channel, after=ts)


async def in_their_direct_message(scene: Scene, who: str) -> dict[str, Any]:
    return await scene.people.wait_for_message(who, "@Sophia", lambda message: "Avery Zhang" in message["text"])


async def test_in_a_public_channel_it_goes_to_the_asking_person_alone(socket_scene: Scene) -> None:
    _, reply = await ask_in(socket_scene, "mike", "#C07LEASING")
    assert reply["text"] == ELSEWHERE.text
    assert (await in_their_direct_message(socket_scene, "mike"))["text"] == SECRET


async def test_words_that_were_on_their_way_are_held_back_while_it_is_not_known_who_may_read_them(
    socket_scene: Scene,
) -> None:
    socket_scene.agent.streams = True
    ts, _ = await ask_in(socket_scene, "mike", "#C07LEASING")
    await in_their_direct_message(socket_scene, "mike")
    shown = str(await socket_scene.people.messages("mike", "#C07LEASING"))
    assert ts in shown
    assert "Avery" not in shown


async def test_in_a_private_channel_whose_members_all_have_the_right_it_stands_where_it_was_asked(
    socket_scene: Scene,
) -> None:
    _, reply = await ask_in(socket_scene, "mike", "#C07FINANCE")
    assert reply["text"] == SECRET


async def test_what_is_for_the_asking_person_alone_stands_in_no_channel(socket_scene: Scene) -> None:
    socket_scene.agent.answers[QUESTION] = replace(TELLS_OF_PERSONS, readers_need=(ASKER_ALONE,))
    ts = await socket_scene.people.say("mike", "#C07FINANCE", f"<@{socket_scene.house.deps.bot.user_id}> {QUESTION}")
    reply = await socket_scene.people.wait_for_reply("mike", "#C07FINANCE", after=ts)
    assert reply["text"] == ELSEWHERE.text
    await in_their_direct_message(socket_scene, "mike")


async def test_one_member_without_the_right_or_without_the_communities_is_enough_to_answer_in_private(
    socket_scene: Scene,
) -> None:
    known = socket_scene.house.deps.principal_of

    async def rachel_leases(workspace_id: str, user_id: str) -> Principal:
        person = await known(workspace_id, user_id)
        return replace(person, roles=frozenset({Role.LEASING})) if user_id == "U07RACHEL1" else person

    async def rachel_sees_one_community(workspace_id: str, user_id: str) -> Principal:
        person = await known(workspace_id, user_id)
        return replace(person, property_ids=frozenset({"entrata:1"})) if user_id == "U07RACHEL1" else person

    for lookup in (rachel_leases, rachel_sees_one_community):
        object.__setattr__(socket_scene.house.deps, "principal_of", lookup)
        _, reply = await ask_in(socket_scene, "mike", "#C07FINANCE")
        assert reply["text"] == ELSEWHERE.text
