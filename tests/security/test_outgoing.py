"""Messages leave once: repeats are harmless, lost answers are looked up, and nothing is sent blindly again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.assistant import OutgoingMessage
from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, OutcomeUnknown, RetryLater
from app.domain.principal import Principal, UserId, WorkspaceId
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.security.outgoing import Message, OutgoingMessages
from app.security.redaction import Redactor
from app.security.switches import Switches
from tests.tools.gatehouse import MovableClock

SENDER = Principal(WorkspaceId("T1"), UserId("U1"), "Mia")


@dataclass
class Carrier:
    """A provider that can fail before or after taking a message."""

    name: str = "twilio"
    label: str = "Twilio"
    keyed: bool = False
    took: list[Message] = field(default_factory=list)
    before: Exception | None = None
    after: BaseException | None = None
    blind: bool = False

    async def send(self, message: Message) -> Delivery:
        if self.before is not None:
            raise self.before
        if not (self.keyed and any(taken.key == message.key for taken in self.took)):
            self.took.append(message)
        if self.after is not None:
            raise self.after
        return Delivery(self.name, f"SM{len(self.took)}", "queued")

    async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
        if self.blind:
            raise OutcomeUnknown("Nobody can tell.")
        for number, taken in enumerate(self.took, 1):
            if (taken.to, taken.body) == (message.to, message.body) and f"SM{number}" not in not_these:
                return Delivery(self.name, f"SM{number}", "sent")
        return None


@dataclass
class Post:
    db: Database
    clock: MovableClock
    sms: Carrier
    email: Carrier
    switches: Switches
    out: OutgoingMessages

    async def text(self, key: str = "k1", body: str = "Hello", to: str = "(512) 555-0142") -> Delivery:
        return await self.out.send_sms(sender=SENDER, to=to, body=body, idempotency_key=key)

    async def mail(self, key: str = "k1", to: str = "pat@example.com", subject: str = "Hi") -> Delivery:
        return await self.out.send_email(sender=SENDER, to=to, subject=subject, body="Hello", idempotency_key=key)

    async def find(self, key: str = "k1") -> Delivery | None:
        return await self.out.find(workspace_id="T1", idempotency_key=key)

    async def status(self, key: str = "k1") -> str:
        async with self.db.reading() as session:
            found = await session.scalar(select(OutgoingMessage.status).where(OutgoingMessage.id == key))
        assert found is not None
        return found


@pytest.fixture
async def post(db: Database) -> AsyncIterator[Post]:
    clock = MovableClock()
    audit = AuditLog(db, KeyRing(b"a secret for tests only").signer("audit"), clock, Redactor().value)
    switches = Switches(db, clock, audit)
    sms, email = Carrier(), Carrier("resend", "Resend", keyed=True)
    yield Post(db, clock, sms, email, switches, OutgoingMessages(db, clock, switches, sms=sms, email=email))


async def test_a_message_is_sent_once_however_often_it_is_asked_for(post: Post) -> None:
    assert await post.text() == Delivery("twilio", "SM1", "queued")
    assert await post.text() == Delivery("twilio", "SM1", "queued")
    assert [(taken.to, taken.body) for taken in post.sms.took] == [("+15125550142", "Hello")]


async def test_the_same_message_asked_for_at_once_is_sent_once(post: Post) -> None:
    await asyncio.gather(*(post.text() for _ in range(5)), return_exceptions=True)
    assert len(post.sms.took) == 1
    assert await post.find() == Delivery("twilio", "SM1", "queued")


async def test_a_key_cannot_be_used_for_another_message(post: Post) -> None:
    await post.text()
    with pytest.raises(ValueError, match="two different messages"):
        await post.text(body="Something else")
    assert len(post.sms.took) == 1


async def test_a_lost_answer_is_found_at_the_provider_and_not_sent_again(post: Post) -> None:
    post.sms.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.text()
    assert await post.status() == "unknown"
    with pytest.raises(OutcomeUnknown):
        await post.text()
    assert await post.find() == Delivery("twilio", "SM1", "sent")
    assert await post.status() == "sent"
    assert len(post.sms.took) == 1


async def test_a_lost_answer_of_a_message_that_was_not_sent_is_a_certain_no(post: Post) -> None:
    post.sms.before = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.text()
    assert await post.find() is None
    post.sms.before = None
    assert (await post.text()).status == "queued", "a certain failure may be tried again"
    assert len(post.sms.took) == 1


async def test_an_earlier_message_of_the_same_words_is_not_taken_for_the_lost_one(post: Post) -> None:
    await post.text("k1")
    post.sms.before = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.text("k2")
    assert await post.find("k2") is None


async def test_when_the_provider_cannot_tell_nobody_guesses(post: Post) -> None:
    post.sms.after, post.sms.blind = OutcomeUnknown("lost"), True
    with pytest.raises(OutcomeUnknown):
        await post.text()
    with pytest.raises(OutcomeUnknown):
        await post.find()
    assert await post.status() == "unknown"


async def test_a_crash_while_sending_is_cleared_up_by_reading_back(post: Post) -> None:
    post.sms.after = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await post.text()
    assert await post.status() == "begun"
    with pytest.raises(OutcomeUnknown):
        await post.text()
    assert await post.find() == Delivery("twilio", "SM1", "sent")


async def test_a_provider_that_honors_keys_is_asked_again_after_a_crash(post: Post) -> None:
    post.email.after = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await post.mail()
    post.email.after = None
    assert (await post.find()) == Delivery("resend", "SM1", "queued")
    assert len(post.email.took) == 1


async def test_a_key_too_old_to_be_honored_is_not_used_again(post: Post) -> None:
    post.email.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.mail()
    post.clock.pass_by(hours=24)
    post.email.after = None
    with pytest.raises(OutcomeUnknown):
        await post.find()
    assert len(post.email.took) == 1


async def test_a_key_too_old_to_be_honored_sends_nothing_however_it_is_asked_for(post: Post) -> None:
    post.email.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.mail()
    post.clock.pass_by(hours=24)
    post.email.after = None
    post.email.took[0] = Message("email", "a key it has forgotten", "", "")
    with pytest.raises(OutcomeUnknown):
        await post.mail()
    assert len(post.email.took) == 1


@pytest.mark.parametrize("refusal", [RetryLater("Busy."), NotAllowed("The key was taken back.")])
async def test_a_refused_repeat_does_not_make_a_lost_message_certainly_unsent(post: Post, refusal: Exception) -> None:
    post.email.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.mail()
    post.email.before, post.email.after = refusal, None
    for ask in (post.mail, post.find):
        with pytest.raises(OutcomeUnknown):
            await ask()
        assert await post.status() == "unknown"
    post.email.before = None
    assert await post.find() == Delivery("resend", "SM1", "queued")
    assert len(post.email.took) == 1


async def test_a_message_that_arrived_while_it_was_looked_for_is_not_noted_as_unsent(post: Post) -> None:
    begun, looking, sent = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Late(Carrier):
        async def send(self, message: Message) -> Delivery:
            begun.set()
            await looking.wait()
            return await super().send(message)

        async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
            looking.set()
            await sent.wait()
            return None

    post.out = OutgoingMessages(post.db, post.clock, post.switches, sms=Late(), email=None)
    sending = asyncio.create_task(post.text())
    await begun.wait()
    finding = asyncio.create_task(post.find())
    await sending
    sent.set()
    assert (await finding) == Delivery("twilio", "SM1", "queued")
    assert await post.status() == "queued"


async def test_a_refusal_is_passed_on_and_kept(post: Post) -> None:
    post.sms.before = NotAllowed("Opted out.", code="opted_out")
    with pytest.raises(NotAllowed, match="Opted out"):
        await post.text()
    assert await post.find() is None
    async with post.db.reading() as session:
        row = (await session.scalars(select(OutgoingMessage))).one()
    assert (row.status, row.error_code, row.created_by) == ("failed", "opted_out", "U1")


async def test_a_busy_provider_may_be_tried_again_with_the_same_key(post: Post) -> None:
    post.sms.before = RetryLater("Busy.")
    with pytest.raises(RetryLater):
        await post.text()
    post.sms.before = None
    await post.text()
    assert len(post.sms.took) == 1


async def test_a_switched_off_integration_sends_nothing_not_even_to_find_out(post: Post) -> None:
    post.email.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.mail()
    for name in ("integration:twilio", "integration:resend"):
        await post.switches.set("T1", name, on=False, by="U1")
    calls = len(post.email.took)
    for attempt in (post.text("k9"), post.mail("k8"), post.find("k1")):
        with pytest.raises(NotAllowed, match="switched off"):
            await attempt
    assert (post.sms.took, len(post.email.took)) == ([], calls)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to": "12"}, "isn't a phone number I can text"),
        ({"to": "call me"}, "isn't a phone number I can text"),
        ({"body": "  "}, "The text message is empty"),
        ({"body": "x" * 1601}, "too long: 1,601 characters, and at most 1,600 fit"),
    ],
)
async def test_a_text_that_cannot_be_sent_is_refused_before_anything_is_written(
    post: Post, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(Fixable) as refused:
        await post.text(**wrong)
    assert says in refused.value.sentence
    assert await post.find() is None


@pytest.mark.parametrize("address", ["", "pat", "pat@", "a@b", "pat@example.com, eve@x.example", "p at@example.com"])
async def test_an_address_that_is_not_one_address_is_refused(post: Post, address: str) -> None:
    with pytest.raises(Fixable, match="isn't an email address"):
        await post.mail(to=address)


async def test_a_subject_cannot_smuggle_another_line(post: Post) -> None:
    await post.mail(subject="Hi\r\nBcc: eve@x.example")
    assert post.email.took[0].subject == "Hi Bcc: eve@x.example"


async def test_without_a_provider_the_sentence_says_what_to_set(db: Database, post: Post) -> None:
    bare = OutgoingMessages(db, post.clock, post.switches, sms=None, email=None)
    with pytest.raises(NotAllowed, match="Text messages are not set up yet, so nothing was sent"):
        await bare.send_sms(sender=SENDER, to="5125550142", body="x", idempotency_key="k")
    with pytest.raises(NotAllowed, match="Email is not set up yet"):
        await bare.send_email(sender=SENDER, to="a@b.example", subject="", body="x", idempotency_key="k")


async def test_messages_of_another_workspace_are_not_found(post: Post) -> None:
    await post.text()
    assert await post.out.find(workspace_id="T2", idempotency_key="k1") is None


async def test_a_message_of_a_provider_that_was_replaced_is_left_to_a_person(post: Post) -> None:
    post.sms.after = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown):
        await post.text()
    async with post.db.transaction() as session:
        await session.execute(update(OutgoingMessage).values(provider="another"))
    with pytest.raises(OutcomeUnknown):
        await post.find()
