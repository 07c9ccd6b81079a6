import asyncio
import json

from app.tools.core.outcomes import Decision, Settled
from handlers.core.settling import settle_cards
from tests.channels import samples
from tests.channels.slack_schemas import texts
from tests.handlers.conftest import Scene
from tests.runtime.conftest import until


async def card_for(scene: Scene, who: str = "jen") -> dict:
    scene.agent.answers["open a work order"] = samples.APPROVAL
    scene.gate.cards["apr_1"] = samples.CARD
    ts = await scene.people.say(who, "@Sophia", "open a work order")
    card = await scene.people.wait_for_reply(
        who, "@Sophia", after=ts, matching=lambda m: "approval.approve" in json.dumps(m)
    )
    await scene.people.wait_for_screen(who, lambda screen: "suspended" in json.dumps(screen))
    return card


async def redrawn(scene: Scene, card: dict, words: str) -> dict:
    return await scene.people.wait_for_message(
        "jen", "@Sophia", lambda m: m["ts"] == card["ts"] and words in " ".join(texts(m["blocks"]))
    )


async def test_an_approval_is_decided_and_the_card_says_so(scene: Scene):
    card = await card_for(scene)
    await scene.people.click("jen", card, "approval.approve")
    shown = await redrawn(scene, card, "Done: WO-1042 is open.")
    assert "actions" not in [block["type"] for block in shown["blocks"]]
    assert "Kitchen faucet leaks <badly> & floods" in " ".join(texts(shown["blocks"]))
    assert scene.gate.calls == [("apr_1", "U07JENNY01", "approve", None)]
    await scene.people.wait_for_screen("jen", lambda screen: "suspended" not in json.dumps(screen))


async def test_a_declined_card_says_so(scene: Scene):
    card = await card_for(scene)
    await scene.people.click("jen", card, "approval.decline")
    await redrawn(scene, card, "Declined. Nothing was changed.")


async def test_two_clicks_are_decided_one_after_the_other(socket_scene: Scene):
    card = await card_for(socket_scene)
    clicks = [socket_scene.people.click("jen", card, f"approval.{verdict}") for verdict in ("approve", "decline")]
    await asyncio.gather(*clicks)
    await until(lambda: len(socket_scene.gate.calls) == 2)
    await until(lambda: not socket_scene.house.runtime._running)
    assert len(socket_scene.gate.decided) == 1


async def test_whoever_may_not_approve_is_told_alone_and_the_card_stays(socket_scene: Scene):
    card = await card_for(socket_scene)
    socket_scene.gate.refuses.add("U07JENNY01")
    await socket_scene.people.click("jen", card, "approval.approve")
    told = await socket_scene.people.wait_for_message(
        "jen", "@Sophia", lambda m: "Only a property manager can approve this." in m.get("text", "")
    )
    assert told["ts"] != card["ts"]
    assert "approval.approve" in json.dumps(await redrawn(socket_scene, card, "Open a work order"))


async def test_an_edit_is_approved_with_what_was_written(scene: Scene):
    card = await card_for(scene)
    await scene.people.click("jen", card, "approval.edit")
    form = await scene.people.wait_for_modal("jen")
    assert [block.get("block_id") for block in form["blocks"]][:2] == ["description", "priority"]
    values = {"description": "Faucet drips", "priority": ""}
    filled = {block["block_id"]: {"value": values[block["block_id"]]} for block in form["blocks"][:2]}
    await scene.people._do("jen", "submit", {"view_id": form["id"], "values": filled})
    await redrawn(scene, card, "Done: WO-1042 is open.")
    assert scene.gate.calls == [("apr_1", "U07JENNY01", "approve", {"description": "Faucet drips", "priority": None})]


async def test_a_card_that_ended_without_a_click_says_so(socket_scene: Scene):
    card = await card_for(socket_scene)
    expired = Decision("expired", "This request has expired. Please ask me again.")
    conversation = f"{card['channel']}:{card['thread_ts']}"
    workspace = socket_scene.house.deps.bot.team_id
    socket_scene.gate.settled = [Settled(workspace, "apr_1", conversation, expired)]
    await settle_cards(socket_scene.house.deps)
    shown = await redrawn(socket_scene, card, "This request has expired.")
    assert "actions" not in [block["type"] for block in shown["blocks"]]


async def test_a_write_that_did_not_go_through_can_be_approved_once_more_from_its_card(socket_scene: Scene):
    card = await card_for(socket_scene)
    sentence = "The answer got lost, so I looked it up: it did not go through. You can approve it once more."
    again = Decision("failed", sentence, card=samples.CARD)
    workspace = socket_scene.house.deps.bot.team_id
    socket_scene.gate.settled = [Settled(workspace, "apr_1", "", again, "U07JENNY01")]
    await settle_cards(socket_scene.house.deps)
    shown = await redrawn(socket_scene, card, "You can approve it once more.")
    assert "suspended" in json.dumps(await socket_scene.people.wait_for_screen("jen", lambda _: True))
    await socket_scene.people.click("jen", shown, "approval.approve")
    await redrawn(socket_scene, card, "Done: WO-1042 is open.")


async def test_what_somebody_else_must_approve_is_put_before_them_and_every_card_says_what_came_of_it(
    socket_scene: Scene,
):
    scene = socket_scene
    scene.gate.may_approve = ["U07MIKE001"]
    card = await card_for(scene)
    asked = await scene.people.wait_for_message("mike", "@Sophia", lambda m: "approval.approve" in json.dumps(m))
    assert "Jen Park asks for your approval" in "".join(texts(asked["blocks"]))
    await scene.people.click("mike", asked, "approval.approve")
    await redrawn(scene, card, "Done: WO-1042 is open.")
    closed = await scene.people.wait_for_message(
        "mike", "@Sophia", lambda m: m["ts"] == asked["ts"] and "Done: WO-1042" in " ".join(texts(m["blocks"]))
    )
    assert "actions" not in [block["type"] for block in closed["blocks"]]
    assert scene.gate.calls == [("apr_1", "U07MIKE001", "approve", None)]
