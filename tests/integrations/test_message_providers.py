"""Twilio, Resend and SendGrid over real sockets: what is sent, what answers mean, and how lost ones are found."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from app.domain.clock import SystemClock
from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, OutcomeUnknown, RetryLater, SophiaError
from app.domain.phone import e164, segments, spoken_phone
from app.http.outbound import Outbound
from app.integrations.resend import ResendEmail
from app.integrations.sendgrid import SendGridEmail
from app.integrations.twilio import TwilioSms
from app.security.outgoing import Message
from tests.http.scripted import Scripted, answer, scripted

TEXT = Message("sms", "apr_1", "+15125550142", "Your plumber comes at 3 & stays – ok?")
MAIL = Message("email", "apr_1", "pat@example.com", "Hello Pat", "Your visit")
SID = "AC" + "0" * 32
BEGUN = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async def no_pause(_seconds: float) -> None:
        return None

    made = Outbound(SystemClock(), sleep=no_pause)
    yield made
    await made.close()


def twilio(outbound: Outbound, server: Scripted, sender: str = "+15125550100") -> TwilioSms:
    return TwilioSms(outbound, account_sid=SID, auth_token="tok", sender=sender, base_url=server.url)


def resend(outbound: Outbound, server: Scripted) -> ResendEmail:
    return ResendEmail(outbound, api_key="re_x", sender="Sunrise <hi@sunrise.example>", base_url=server.url)


def sendgrid(outbound: Outbound, server: Scripted) -> SendGridEmail:
    return SendGridEmail(outbound, api_key="SG.x", sender="Sunrise <hi@sunrise.example>", base_url=server.url)


def twilio_error(code: int, status: int = 400) -> bytes:
    return answer(status, json.dumps({"code": code, "message": "internal words", "status": status}).encode())


def sent(sid: str, **values: Any) -> dict[str, Any]:
    return {
        "sid": sid,
        "status": "delivered",
        "direction": "outbound-api",
        "to": TEXT.to,
        "body": TEXT.body,
        "date_created": "Wed, 18 Mar 2026 15:30:02 +0000",
    } | values


def listing(*messages: dict[str, Any], more: str | None = None) -> bytes:
    return answer(200, json.dumps({"messages": list(messages), "next_page_uri": more}).encode())


async def test_a_text_is_posted_as_a_form_with_the_accounts_login(outbound: Outbound) -> None:
    async with scripted(answer(201, b'{"sid": "SM1", "status": "queued"}')) as server:
        assert await twilio(outbound, server).send(TEXT) == Delivery("twilio", "SM1", "queued")
    head, _, body = server.seen[0].decode().partition("\r\n\r\n")
    assert head.startswith(f"POST /2010-04-01/Accounts/{SID}/Messages.json HTTP/1.1")
    assert "authorization: basic" in head.lower()
    assert parse_qs(body) == {"To": [TEXT.to], "From": ["+15125550100"], "Body": [TEXT.body]}


async def test_a_messaging_service_is_named_as_one(outbound: Outbound) -> None:
    async with scripted(answer(201, b'{"sid": "SM1", "status": "accepted"}')) as server:
        await twilio(outbound, server, "MG" + "1" * 32).send(TEXT)
    assert b"MessagingServiceSid=MG" in server.seen[0]
    assert b"From=" not in server.seen[0]


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (twilio_error(21610), NotAllowed, "(512) 555-0142 has opted out of our text messages"),
        (twilio_error(21211), Fixable, "(512) 555-0142 can't receive text messages."),
        (twilio_error(21614), Fixable, "can't receive text messages"),
        (twilio_error(21408), NotAllowed, "We may not text numbers of that country"),
        (twilio_error(30034), NotAllowed, "Twilio won't send from our number"),
        (twilio_error(20003, 401), NotAllowed, "Twilio refused my credentials"),
        (twilio_error(99999), Fixable, "Twilio didn't accept the request"),
        (answer(400, b"<html>"), Fixable, "Twilio didn't accept the request"),
        (twilio_error(20429, 429), RetryLater, "Twilio asks me to slow down"),
        (answer(500), OutcomeUnknown, "Twilio didn't confirm"),
        (answer(201, b"{}"), OutcomeUnknown, "Twilio didn't confirm"),
        (answer(201, b'{"sid": "SM', length=40), OutcomeUnknown, "Twilio didn't confirm"),
        (None, OutcomeUnknown, "Twilio didn't confirm"),
    ],
)
async def test_each_answer_of_twilio_has_its_consequence(
    outbound: Outbound, reply: bytes | None, kind: type[SophiaError], says: str
) -> None:
    async with scripted(reply) as server:
        with pytest.raises(kind) as refused:
            await twilio(outbound, server).send(TEXT)
    assert says in refused.value.sentence
    assert "internal words" not in refused.value.for_people
    if kind is OutcomeUnknown:
        assert len(server.seen) == 1, "a text whose answer was lost is never sent twice"


async def test_a_twilio_that_cannot_be_reached_has_sent_nothing(outbound: Outbound) -> None:
    async with scripted(None) as server:
        client = twilio(outbound, server)
    with pytest.raises(RetryLater):
        await client.send(TEXT)


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([sent("SM7")], Delivery("twilio", "SM7", "sent")),
        ([sent("SM7", status="queued")], Delivery("twilio", "SM7", "queued")),
        ([sent("SM7", status="undelivered")], None),
        ([sent("SM7", body="other words"), sent("SM8")], Delivery("twilio", "SM8", "sent")),
        ([sent("SM-OURS")], None),
        ([sent("SM7", direction="inbound")], None),
        ([sent("SM7", date_created="Wed, 18 Mar 2026 15:20:00 +0000")], None),
        ([], None),
    ],
)
async def test_a_lost_text_is_looked_up_among_those_to_the_number(
    outbound: Outbound, listed: list[dict[str, Any]], found: Delivery | None
) -> None:
    async with scripted(listing(*listed)) as server:
        assert await twilio(outbound, server).find(TEXT, since=BEGUN, not_these=frozenset({"SM-OURS"})) == found
    assert b"To=%2B15125550142" in server.seen[0]


async def test_the_look_up_goes_on_to_the_next_page(outbound: Outbound) -> None:
    more = f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1&PageToken=PAx"
    async with scripted(listing(sent("SM1", body="newer"), more=more), listing(sent("SM2"))) as server:
        found = await twilio(outbound, server).find(TEXT, since=BEGUN, not_these=frozenset())
    assert found == Delivery("twilio", "SM2", "sent")
    assert b"PageToken=PAx" in server.seen[1]


async def test_a_look_up_that_fails_says_nothing_about_the_text(outbound: Outbound) -> None:
    async with scripted(answer(200, b"[]")) as server:
        with pytest.raises(RetryLater):
            await twilio(outbound, server).find(TEXT, since=BEGUN - timedelta(days=1), not_these=frozenset())


async def test_an_email_carries_its_key_and_one_recipient(outbound: Outbound) -> None:
    async with scripted(answer(200, b'{"id": "e-1"}')) as server:
        assert await resend(outbound, server).send(MAIL) == Delivery("resend", "e-1", "queued")
    head, _, body = server.seen[0].decode().partition("\r\n\r\n")
    assert "idempotency-key: apr_1" in head.lower()
    assert json.loads(body) == {
        "from": "Sunrise <hi@sunrise.example>",
        "to": ["pat@example.com"],
        "subject": "Your visit",
        "text": "Hello Pat",
    }


async def test_a_lost_answer_of_resend_is_asked_for_again_under_the_same_key(outbound: Outbound) -> None:
    async with scripted(None, answer(503), answer(200, b'{"id": "e-1"}')) as server:
        assert (await resend(outbound, server).send(MAIL)).message_id == "e-1"
    keys = [line for raw in server.seen for line in raw.decode().lower().split("\r\n") if "idempotency-key" in line]
    assert keys == ["idempotency-key: apr_1"] * 3


@pytest.mark.parametrize(
    ("status", "name", "kind", "says"),
    [
        (422, "validation_error", Fixable, "Resend didn't accept this email to pat@example.com"),
        (409, "concurrent_idempotent_requests", OutcomeUnknown, "Resend didn't confirm"),
        (409, "invalid_idempotent_request", OutcomeUnknown, "Resend didn't confirm"),
        (401, "missing_api_key", NotAllowed, "Resend refused my credentials"),
        (422, "invalid_from_address", NotAllowed, "Resend won't send from our address"),
    ],
)
async def test_each_answer_of_resend_has_its_consequence(
    outbound: Outbound, status: int, name: str, kind: type[SophiaError], says: str
) -> None:
    body = json.dumps({"statusCode": status, "name": name, "message": "internal words"}).encode()
    async with scripted(answer(status, body)) as server:
        with pytest.raises(kind) as refused:
            await resend(outbound, server).send(MAIL)
    assert says in refused.value.sentence
    assert "internal words" not in refused.value.for_people


async def test_sendgrid_takes_an_email_with_an_empty_answer(outbound: Outbound) -> None:
    async with scripted(answer(202, b"", "X-Message-Id: m-1")) as server:
        assert await sendgrid(outbound, server).send(MAIL) == Delivery("sendgrid", "m-1", "queued")
    body = json.loads(server.seen[0].decode().partition("\r\n\r\n")[2])
    assert body["from"] == {"email": "hi@sunrise.example", "name": "Sunrise"}
    assert body["personalizations"] == [{"to": [{"email": "pat@example.com"}], "custom_args": {"sophia_key": "apr_1"}}]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(answer(400), Fixable), (answer(403), NotAllowed), (answer(500), OutcomeUnknown), (None, OutcomeUnknown)],
)
async def test_a_lost_answer_of_sendgrid_is_unknown_and_not_repeated(
    outbound: Outbound, reply: bytes | None, kind: type[SophiaError]
) -> None:
    async with scripted(reply) as server:
        client = sendgrid(outbound, server)
        with pytest.raises(kind):
            await client.send(MAIL)
        assert len(server.seen) == 1
        with pytest.raises(OutcomeUnknown):
            await client.find(MAIL, since=BEGUN, not_these=frozenset())


@pytest.mark.parametrize(
    ("written", "number"),
    [("(512) 555-0142", "+15125550142"), ("512.555.0142", "+15125550142"), ("+44 20 7946 0958", "+442079460958")],
)
def test_numbers_are_taken_as_people_write_them(written: str, number: str) -> None:
    assert e164(written) == number
    assert e164(spoken_phone(number)) == number


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("–" + "a" * 69, 1),
        ("–" + "a" * 70, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_carriers_bill_them(body: str, count: int) -> None:
    assert segments(body) == count
