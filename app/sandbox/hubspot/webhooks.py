"""Webhooks v3: changes are told to one address, signed, in batches, at least once, and not always in order
(developers.hubspot.com/docs, "Webhooks" and "Validating requests")."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import orjson

from app.domain.clock import Clock
from app.sandbox.hubspot.store import Thing
from app.sandbox.hubspot.wire import epoch_ms

LARGEST_BATCH: Final = 100
ATTEMPTS: Final = 3
_WORDS: Final = {"contacts": "contact", "companies": "company", "deals": "deal"}  # notes and tasks tell nobody


@dataclass
class Webhooks:
    """Tells `address` of changes; an empty one hears nothing. `app_id` and `portal_id` are what HubSpot calls the app
    and the account."""

    clock: Clock
    address: str = ""
    client_secret: str = ""
    app_id: int = 31_337
    portal_id: int = 7_654_321
    waiting: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    told: int = 0
    _number: int = 100
    _telling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def heard(self, thing: Thing, what: str, names: tuple[str, ...]) -> None:
        """One event for a creation or deletion, one for each property that changed."""
        word = _WORDS.get(thing.kind)
        if not self.address or word is None:
            return
        for name in names or ("",):
            self._number += 1
            event: dict[str, Any] = {
                "eventId": self._number,
                "subscriptionId": 25,
                "portalId": self.portal_id,
                "appId": self.app_id,
                "occurredAt": epoch_ms(thing.updated),
                "subscriptionType": f"{word}.{what}",
                "attemptNumber": 0,
                "objectId": thing.id,
                "changeSource": "CRM",
            }
            if name:
                event |= {"propertyName": name, "propertyValue": thing.properties.get(name, "")}
            self.waiting.append(event)

    async def deliver(self) -> None:
        """Tells what waits, the newest first: order is no promise. What is not taken is told again, then dropped."""
        async with self._telling:
            while self.waiting:
                batch, self.waiting = self.waiting[-LARGEST_BATCH:][::-1], self.waiting[:-LARGEST_BATCH]
                for attempt in range(ATTEMPTS):
                    for event in batch:
                        event["attemptNumber"] = attempt
                    if await self._send(batch):
                        self.told += len(batch)
                        break

    async def _send(self, batch: Sequence[dict[str, Any]]) -> bool:
        body = orjson.dumps(list(batch))
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
                answer = await client.post(self.address, content=body, headers=self.headers(body))
        except httpx.TransportError:
            return False
        return answer.status_code < 300

    def headers(self, body: bytes) -> dict[str, str]:
        """What a signed request carries."""
        moment = str(epoch_ms(self.clock.now()))
        text = b"POST" + self.address.encode() + body + moment.encode()
        digest = hmac.new(self.client_secret.encode(), text, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "HubSpot Connect 2.0 (https://dev.hubspot.com/)",
            "X-HubSpot-Request-Timestamp": moment,
            "X-HubSpot-Signature-Version": "v3",
            "X-HubSpot-Signature-v3": base64.b64encode(digest).decode(),
        }
