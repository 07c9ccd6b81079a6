"""E-mail through SendGrid's v3 mail/send, for companies that have it already.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send. It takes no idempotency key and can't be asked
what it sent, so after a lost answer only a person can tell.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

import orjson

from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat
from app.security.outgoing import Message

BASE_URL = "https://api.sendgrid.com"
_ANSWERED = frozenset({202, 400, 401, 403, 413})


class SendGridEmail:
    """Sends plain-text mail from one address."""

    name = "sendgrid"
    label = "SendGrid"
    keyed = False

    def __init__(self, outbound: Outbound, *, api_key: str, sender: str, base_url: str = BASE_URL) -> None:
        policy = ServicePolicy(
            key=self.name,
            label=self.label,
            egress=EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL),
            attempt_seconds=20.0,
        )
        self._client = outbound.service(policy)
        self._url = f"{base_url.rstrip('/')}/v3/mail/send"
        name, address = parseaddr(sender)
        self._sender = {"email": address, **({"name": name} if name else {})}
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}

    async def send(self, message: Message) -> Delivery:
        mail = {
            "personalizations": [{"to": [{"email": message.to}], "custom_args": {"sophia_key": message.key}}],
            "from": self._sender,
            "subject": message.subject or "(no subject)",
            "content": [{"type": "text/plain", "value": message.body}],
        }
        call = Call(
            operation="send_email",
            method="POST",
            url=self._url,
            repeat=Repeat.NEVER,
            headers=self._headers,
            body=orjson.dumps(mail),
            accept=_ANSWERED,
        )
        reply = await self._client.send(call)
        if reply.status == 202:
            return Delivery(self.name, reply.headers.get("X-Message-Id", ""), "queued")
        raise self._refusal(reply.status, message.to)

    async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
        raise self._client.failures.unknown_outcome("find_email", "SendGrid can't list what it sent")

    def _refusal(self, status: int, to: str) -> SophiaError:
        if status == 401:
            return self._client.failures.credentials("send_email", status)
        if status == 403:
            return NotAllowed(
                "SendGrid won't send from our address.",
                next_step="An administrator can check EMAIL_FROM and the key's rights in SendGrid.",
                code="sender_refused",
                detail="sendgrid 403",
            )
        return Fixable(
            f"SendGrid didn't accept this email to {to}.",
            next_step="Please check the address and the length.",
            code="email_refused",
            detail=f"sendgrid {status}",
        )
