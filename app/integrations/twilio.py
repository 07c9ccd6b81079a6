"""Text messages through Twilio's Messages resource.

Twilio takes no idempotency key for messages, so a lost answer is looked up in the list of messages to that number.
https://www.twilio.com/docs/messaging/api/message-resource, error codes at https://www.twilio.com/docs/api/errors.
Not for: receiving messages.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.domain.phone import spoken_phone
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, Reply, ServicePolicy
from app.http.retry import Repeat
from app.security.outgoing import Message

BASE_URL = "https://api.twilio.com"
CLOCK_MARGIN = timedelta(minutes=2)  # between our clock and Twilio's
MOST_PAGES = 20
_ANSWERED = frozenset({200, 201, 400, 401, 403, 404})
_NOT_REACHED = frozenset({"failed", "undelivered", "canceled"})
_SENT = frozenset({"sent", "delivered", "read"})
_BAD_NUMBER = frozenset({21211, 21214, 21217, 21265, 21266, 21604, 21612, 21614})
_OUR_SIDE = frozenset({21212, 21603, 21606, 21659, 21660, 21701, 21703, 30034})


class TwilioSms:
    """Sends from one number (`+1…`) or messaging service (`MG…`)."""

    name = "twilio"
    label = "Twilio"
    keyed = False

    def __init__(
        self, outbound: Outbound, *, account_sid: str, auth_token: str, sender: str, base_url: str = BASE_URL
    ) -> None:
        policy = ServicePolicy(
            key=self.name,
            label=self.label,
            egress=EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL),
            attempt_seconds=20.0,
        )
        self._client = outbound.service(policy)
        self._sender = sender
        self._base_url = base_url.rstrip("/")
        self._messages = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        login = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Accept": "application/json"}

    async def send(self, message: Message) -> Delivery:
        """Twilio takes the message into its queue; whether a phone got it is known later."""
        origin = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        call = Call(
            operation="send_message",
            method="POST",
            url=self._base_url + self._messages,
            repeat=Repeat.NEVER,
            headers={**self._headers, "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({"To": message.to, origin: self._sender, "Body": message.body}).encode(),
            accept=_ANSWERED,
        )
        reply = await self._client.send(call)
        answer = _object(reply)
        if reply.status == 201 and isinstance(answer.get("sid"), str):
            return _delivery(answer)
        if reply.status in (200, 201):
            raise self._client.failures.unknown_outcome(call.operation, "no sid in the answer")
        raise self._refusal(reply.status, answer, message.to)

    async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
        """Looks through the messages to that number, newest first, for one with this text made since then."""
        path = f"{self._messages}?{urlencode({'To': message.to, 'PageSize': '100'})}"
        for _ in range(MOST_PAGES):
            page = await self._page(path)
            for sent in page["messages"]:
                if parsedate_to_datetime(sent["date_created"]) < since - CLOCK_MARGIN:
                    return None
                if sent["sid"] not in not_these and _same(sent, message):
                    return None if sent.get("status") in _NOT_REACHED else _delivery(sent)
            if not page.get("next_page_uri"):
                return None
            path = page["next_page_uri"]
        raise self._client.failures.unknown_outcome("list_messages", f"more than {MOST_PAGES} pages")

    async def _page(self, path: str) -> dict[str, Any]:
        call = Call(
            operation="list_messages",
            method="GET",
            url=self._base_url + path,
            repeat=Repeat.SAFE,
            headers=self._headers,
            accept=frozenset({200}),
        )
        page = _object(await self._client.send(call))
        if not isinstance(page.get("messages"), list):
            raise self._client.failures.nonsense(call.operation, "no list of messages")
        return page

    def _refusal(self, status: int, answer: dict[str, Any], to: str) -> SophiaError:
        code, number = answer.get("code"), spoken_phone(to)
        if code == 21610:
            return NotAllowed(
                f"{number} has opted out of our text messages, so I may not text it.",
                next_step="They can opt in again by texting START; an email or a call still works.",
                code="opted_out",
            )
        if code in _BAD_NUMBER:
            return Fixable(
                f"{number} can't receive text messages.",
                next_step="Please check the number; it may be a landline.",
                code="not_textable",
            )
        if code == 21408:
            return NotAllowed(
                f"We may not text numbers of that country ({number}).",
                next_step="An administrator can allow it in Twilio's geographic permissions.",
                code="country_not_allowed",
            )
        if code in _OUR_SIDE:
            return NotAllowed(
                "Twilio won't send from our number.",
                next_step="An administrator can check TWILIO_FROM and its registration in Twilio.",
                code="sender_refused",
                detail=f"twilio {code}",
            )
        if status in (401, 403):
            return self._client.failures.credentials("send_message", status)
        return self._client.failures.refused(f"send_message ({code})", status)


def _object(reply: Reply) -> dict[str, Any]:
    """The JSON object of an answer, empty when it is none."""
    try:
        answer = reply.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _same(sent: dict[str, Any], message: Message) -> bool:
    ours = str(sent.get("direction", "")).startswith("outbound")
    return ours and sent.get("to") == message.to and str(sent.get("body", "")).strip() == message.body.strip()


def _delivery(sent: dict[str, Any]) -> Delivery:
    return Delivery("twilio", sent["sid"], "sent" if sent.get("status") in _SENT else "queued")
