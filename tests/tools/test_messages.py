"""Text messages and e-mail: the right person, the exact address, nobody who does not want it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.db.models.leasing import Resident
from app.domain.errors import Ambiguous, Fixable, NotAllowed, NotFound
from tests.tools import world
from tests.tools.conftest import Desk


async def test_a_text_goes_once_to_the_number_on_the_card(desk: Desk) -> None:
    card = await desk.prepare("send_sms", recipient="Devon Carter", message="Your package is here.")
    assert card.recipients == ("Devon Carter (resident, Harbor Point 318), (512) 555-0109",)
    assert card.arguments["recipient"] == "Devon Carter <+15125550109>"
    assert card.property_id == world.HARBOR
    for _ in range(2):
        shown = await desk.do("send_sms", recipient="Devon Carter", message="Your package is here.")
    assert shown.text == "The text to Devon Carter, (512) 555-0109, is on its way: “Your package is here.”"
    assert desk.outbox.sent == {"k1": ("sms", "+15125550109", "Your package is here.")}


async def test_a_name_is_not_shown_beside_a_number_that_is_not_theirs(sqlite_desk: Desk) -> None:
    card = await sqlite_desk.prepare("send_sms", recipient="Devon Carter <+15125559999>", message="Hello")
    assert card.recipients == ("(512) 555-9999",)
    mail = await sqlite_desk.prepare("send_email", recipient="Grace Kim <someone@else.example>", body="Hello")
    assert mail.recipients == ("someone@else.example",)


async def test_who_does_not_want_texts_gets_none_by_name_or_by_number(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        await session.execute(update(Resident).where(Resident.id == "entrata:r7").values(sms_consent=False))
    for recipient in ("Grace Kim", "512-555-0143", "Grace Kim <+15125550143>"):
        with pytest.raises(NotAllowed) as refused:
            await desk.prepare("send_sms", recipient=recipient, message="Hello")
        assert refused.value.sentence == "Grace Kim has asked not to get text messages."
    assert not desk.outbox.sent


async def test_two_people_of_one_name_are_asked_back_with_their_homes(sqlite_desk: Desk) -> None:
    with pytest.raises(Ambiguous) as which:
        await sqlite_desk.prepare("send_sms", recipient="Maria Gonzalez", message="Hello")
    assert "Maria Gonzalez (resident, Maple Grove 101)" in which.value.sentence
    for option in which.value.options:
        card = await sqlite_desk.prepare("send_sms", recipient=option, message="Hello")
        assert card.recipients[0].startswith("Maria Gonzalez (resident, ")


async def test_a_first_name_means_a_teammate(sqlite_desk: Desk) -> None:
    card = await sqlite_desk.prepare("send_email", recipient="Jen", body="the budget meeting moved to 3pm")
    assert card.recipients == ("Jen Wu (teammate), u3@sophia.test",)
    assert card.arguments["subject"] == "The budget meeting moved to 3pm"


async def test_residents_of_other_communities_cannot_be_written_to_by_name(sqlite_desk: Desk) -> None:
    with pytest.raises(NotFound):
        await sqlite_desk.prepare("send_sms", world.MANAGER, recipient="Devon Carter", message="Hello")


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("send_sms", {"recipient": "Grace Kim", "message": "  "}),
        ("send_sms", {"recipient": "Grace Kim", "message": "x" * 1601}),
        ("send_sms", {"recipient": "Emily Chen", "message": "Hello"}),
        ("send_sms", {"recipient": "555-0143", "message": "Hello"}),
        ("send_email", {"recipient": "foo@bar", "body": "Hello"}),
        ("send_email", {"recipient": "Carlos Rivera", "body": "Hello"}),
        ("send_email", {"recipient": "a@b.example, c@d.example", "body": "Hello"}),
        ("send_email", {"recipient": "Grace Kim", "body": ""}),
    ],
)
async def test_a_message_that_cannot_arrive_is_asked_back(sqlite_desk: Desk, tool: str, given: dict[str, str]) -> None:
    with pytest.raises(Fixable):
        await sqlite_desk.prepare(tool, **given)


async def test_a_subject_cannot_smuggle_a_second_header(sqlite_desk: Desk) -> None:
    card = await sqlite_desk.prepare(
        "send_email", recipient="Grace Kim", subject="Hello\r\nBcc: all@example.com", body="Hello"
    )
    assert card.arguments["subject"] == "Hello Bcc: all@example.com"


async def test_after_a_lost_answer_a_message_is_found_again_by_its_key(sqlite_desk: Desk) -> None:
    from app.tools.send_sms import TOOL

    args = TOOL.args.model_validate({"recipient": "Grace Kim <+15125550143>", "message": "Hello"})
    assert TOOL.reconcile is not None
    assert await TOOL.reconcile(sqlite_desk.context(key="k1"), args) is None
    await TOOL.run(sqlite_desk.context(key="k1"), args)
    found = await TOOL.reconcile(sqlite_desk.context(key="k1"), args)
    assert found is not None and found.number == "+15125550143"
