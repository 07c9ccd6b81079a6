"""Files shared with Sophia become documents of those who could see them, and are forgotten when they go."""

from __future__ import annotations

from typing import Any

import docx
import pptx
import pytest

from app.channels.slack.files import SlackFiles
from app.domain.errors import Fixable, NotAllowed
from app.http.outbound import Outbound
from app.knowledge.passages import Document
from handlers.core.shared_files import take_in
from tests.handlers.conftest import Scene
from tests.handlers.house import WATCHED, person
from tests.handlers.test_conversation import words
from tests.knowledge.reading.files import locked, pdf, saved, workbook
from tests.runtime.conftest import until

PETS = b"# Pets\n\nA household may keep two cats."


async def documents(scene: Scene) -> list[Document]:
    deps = scene.house.deps
    return await deps.library.documents(deps.bot.team_id, "slack:")


async def forgotten(scene: Scene) -> None:
    async def none_left() -> bool:
        return not await documents(scene)

    await until(none_left)


async def share(scene: Scene, who: str, where: str, text: str, files: dict[str, bytes]) -> dict[str, Any]:
    ts = await scene.people.say(who, where, text, files=files)
    return await scene.people.wait_for_reply(who, where, after=ts)


async def test_a_file_in_a_direct_message_is_read_for_that_person_alone(socket_scene: Scene) -> None:
    reply = await share(socket_scene, "jen", "@Sophia", "", {"pets.md": PETS, "empty.txt": b" "})
    assert "I read “Pets” and can answer from it now." in words(reply)
    assert "“empty.txt” holds no text." in words(reply)
    (document,) = await documents(socket_scene)
    said = next(one for one in await socket_scene.people.messages("jen", "@Sophia") if one.get("files"))
    assert document.readers == {f"user:{said['user']}"}
    assert document.link.endswith("/pets.md")


async def test_a_file_with_a_question_is_read_before_the_question_is_answered(socket_scene: Scene) -> None:
    reply = await share(socket_scene, "jen", "@Sophia", "how many cats?", {"pets.md": PETS})
    assert "I read “Pets”" in words(reply)
    assert [turn.text for turn in socket_scene.agent.turns] == ["how many cats?"]


async def test_a_file_in_a_channel_is_read_for_the_channel(socket_scene: Scene) -> None:
    bot = socket_scene.house.deps.bot.user_id
    await share(socket_scene, "luis", "#C07MAINTNC", f"<@{bot}> keep this", {"pets.md": PETS})
    (document,) = await documents(socket_scene)
    assert document.readers == {"channel:C07MAINTNC"}


async def test_a_file_shared_once_more_stays_readable_where_it_was(socket_scene: Scene) -> None:
    bot = socket_scene.house.deps.bot
    await share(socket_scene, "luis", "#C07MAINTNC", f"<@{bot.user_id}> keep this", {"pets.md": PETS})
    (document,) = await documents(socket_scene)
    luis = person(bot.team_id, "U07LUIS001")
    files = [{"id": document.id.removeprefix("slack:")}]
    await take_in(socket_scene.house.deps, luis, "C07OPSOPS1", files, private=False)
    (document,) = await documents(socket_scene)
    assert document.readers == {"channel:C07MAINTNC", "channel:C07OPSOPS1"}


async def test_a_file_whose_message_is_deleted_is_forgotten(socket_scene: Scene) -> None:
    ts = await socket_scene.people.say("jen", "@Sophia", "", files={"pets.md": PETS})
    await socket_scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    assert len(await documents(socket_scene)) == 1
    await socket_scene.people.delete("jen", "@Sophia", ts)
    await forgotten(socket_scene)


async def test_a_file_that_is_deleted_in_slack_is_forgotten(socket_scene: Scene) -> None:
    await share(socket_scene, "jen", "@Sophia", "", {"pets.md": PETS})
    (document,) = await documents(socket_scene)
    file_id = document.id.removeprefix("slack:")
    event = {"type": "file_deleted", "file_id": file_id, "event_ts": "1760000000.000100"}
    socket_scene.slack.workspace.events.emit(event)
    await forgotten(socket_scene)


async def test_each_of_many_files_gets_its_word_and_the_good_ones_are_read(socket_scene: Scene) -> None:
    deck, letter = pptx.Presentation(), docx.Document()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Two cats at most"
    letter.add_paragraph("Two cats at most")
    good = {
        "lease.pdf": pdf(["Two cats at most"]),
        "letter.docx": saved(letter.save),
        "deck.pptx": saved(deck.save),
        "fees.xlsx": workbook({"Fees": [["Pet", "Fee"], ["Cat", 25]]}),
        "fees.csv": b"Pet,Fee\nCat,25\n",
        "page.html": b"<h1>Pets</h1><p>Two cats at most</p>",
        "mail.eml": b"Subject: Pets\nFrom: a@example.com\nContent-Type: text/plain\n\nTwo cats at most\n",
        "notes.txt": b"Two cats at most",
    }
    bad = {
        "pay.pdf": (locked(pdf(["x"])), "protected by a password"),
        "half.pdf": (pdf(["x"] * 5)[:300], "is damaged"),
        "program.docx": (b"MZ\x90\x00" + b"\0" * 100, "is a Windows program"),
        "scan.pdf": (pdf([""]), "holds pictures of pages and no text"),
    }
    files = {**good, **{name: content for name, (content, _) in bad.items()}}
    shown = words(await share(socket_scene, "jen", "@Sophia", "", files))
    for name, (_, sentence) in bad.items():
        assert any(name in line and sentence in line for line in shown.splitlines()), (name, shown)
    assert len(await documents(socket_scene)) == len(good), shown


async def test_a_file_that_is_too_large_is_not_fetched(socket_scene: Scene) -> None:
    ts = await socket_scene.people.say("jen", "@Sophia", "", files={"pets.md": PETS})
    await socket_scene.people.wait_for_reply("jen", "@Sophia", after=ts)
    (stored,) = socket_scene.slack.workspace.state.files.values()
    stored.size = 101 * 2**20
    with pytest.raises(Fixable, match="is larger than the 100 MB I read"):
        await socket_scene.house.deps.files.fetch(stored.id)


async def test_a_file_that_is_kept_elsewhere_than_at_slack_is_never_asked_for_with_her_token(
    socket_scene: Scene,
) -> None:
    await share(socket_scene, "jen", "@Sophia", "", {"pets.md": PETS})
    (stored,) = socket_scene.slack.workspace.state.files.values()
    deps = socket_scene.house.deps
    files = SlackFiles(deps.client, Outbound(deps.clock), token="xoxb-secret", api_url="https://slack.com/api/")
    with pytest.raises(NotAllowed) as refused:
        await files.fetch(stored.id)
    assert "xoxb" not in refused.value.for_people


async def marks(scene: Scene, who: str, ts: str) -> list[str]:
    """The reactions on a message in the watched channel."""
    [message] = [one for one in await scene.people.messages(who, f"#{WATCHED}") if one["ts"] == ts]
    return [reaction["name"] for reaction in message.get("reactions", [])]


async def test_a_file_in_a_watched_channel_is_read_without_a_mention_and_marked(socket_scene: Scene) -> None:
    ts = await socket_scene.people.say("luis", f"#{WATCHED}", "new pet rules", files={"pets.md": PETS})

    async def marked() -> bool:
        return await marks(socket_scene, "luis", ts) == ["books"]

    await until(marked)
    (document,) = await documents(socket_scene)
    assert document.readers == {f"channel:{WATCHED}"}
    assert socket_scene.agent.turns == []
    await socket_scene.people.delete("luis", f"#{WATCHED}", ts)
    await forgotten(socket_scene)


async def test_who_posted_an_unreadable_file_in_a_watched_channel_hears_of_it_alone(socket_scene: Scene) -> None:
    ts = await socket_scene.people.say("luis", f"#{WATCHED}", "", files={"pets.md": PETS, "empty.txt": b" "})
    told = await socket_scene.people.wait_for_reply("luis", f"#{WATCHED}", after=ts)
    assert "“empty.txt” holds no text." in words(told)
    assert "Pets" not in words(told)
    assert await marks(socket_scene, "luis", ts) == []
    assert len(await documents(socket_scene)) == 1
    assert not [one for one in await socket_scene.people.messages("mike", f"#{WATCHED}") if one.get("bot_id")]


async def test_a_file_in_a_channel_that_is_not_watched_is_left_alone(socket_scene: Scene) -> None:
    await socket_scene.people.say("mike", "#C07OPSOPS1", "look", files={"pets.md": PETS})
    ts = await socket_scene.people.say("luis", f"#{WATCHED}", "", files={"fees.csv": b"Pet,Fee\nCat,25\n"})

    async def marked() -> bool:
        return await marks(socket_scene, "luis", ts) == ["books"]

    await until(marked)
    assert [document.title for document in await documents(socket_scene)] == ["fees.csv"]
