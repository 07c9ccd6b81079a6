"""E-mail through Resend, which honors idempotency keys for 24 hours.

https://resend.com/docs/api-reference/emails/send-email. Within those hours the same message under the same key is
sent once however often it arrives, so a lost answer is cleared up by asking again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, Reply, ServicePolicy
from app.http.retry import Repeat
from app.security.outgoing import Message

BASE_URL = "https://api.resend.com"
_ANSWERED = frozenset({200, 201, 400, 401, 403, 409, 422})


class ResendEmail:
    """Sends plain-text mail from one address (`Sunrise <hello@example.com>`)."""

    name = "resend"
    label = "Resend"
    keyed = True

    def __init__(self, outbound: Outbound, *, api_key: str, sender: str, base_url: str = BASE_URL) -> None:
        policy = ServicePolicy(
            key=self.name,
            label=self.label,
            egress=EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL),
            attempt_seconds=20.0,
        )
        self._client = outbound.service(policy)
        self._url = f"{base_url.rstrip('/')}/emails"
        self._sender = sender
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}

    async def send(self, message: Message) -> Delivery:
        mail = {"from": self._sender, "to": [message.to], "subject": message.subject, "text": message.body}
        call = Call(
            operation="send_email",
            method="POST",
            url=self._url,
            repeat=Repeat.KEYED,
            headers={**self._headers, "Idempotency-Key": message.key[:256]},
            body=orjson.dumps(mail),
            accept=_ANSWERED,
        )
        reply = await self._client.send(call)
        answer = _object(reply)
        if reply.status in (200, 201) and isinstance(answer.get("id"), str):
            return Delivery(self.name, answer["id"], "queued")
        if reply.status in (200, 201):
            raise self._client.failures.unknown_outcome(call.operation, "no id in the answer")
        raise self._refusal(reply.status, answer, message.to)

    async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
        """Resend can't list by key; sending again under the same key is the way to find out."""
        return await self.send(message)

    def _refusal(self, status: int, answer: dict[str, Any], to: str) -> SophiaError:
        name, failures = str(answer.get("name", "")), self._client.failures
        if status == 409:
            # concurrent_idempotent_requests: another attempt is on its way. invalid_idempotent_request: the key was
            # used for another text, so that one was sent. Neither says what became of this message.
            return failures.unknown_outcome("send_email", name or "HTTP 409")
        if name in ("invalid_from_address", "invalid_access") or (status == 403 and "domain" in str(answer)):
            return NotAllowed(
                "Resend won't send from our address.",
                next_step="An administrator can check EMAIL_FROM and its domain in Resend.",
                code="sender_refused",
                detail=f"resend {status} {name}",
            )
        if status in (401, 403):
            return failures.credentials("send_email", status)
        return Fixable(
            f"Resend didn't accept this email to {to}.",
            next_step="Please check the address.",
            code="email_refused",
            detail=f"resend {status} {name}",
        )


def _object(reply: Reply) -> dict[str, Any]:
    try:
        answer = reply.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
