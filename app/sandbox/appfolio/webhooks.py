"""Webhooks: each change is told to one address, signed with a key whose public half is published. The account's client
id is inside, the record only by its id."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from uuid import uuid4

import httpx
import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS

from app.domain.clock import Clock
from app.sandbox.appfolio.wire import moment

ATTEMPTS: Final = 3


@dataclass
class Webhooks:
    """Tells `address` of changes; an empty one hears nothing."""

    clock: Clock
    client_id: str
    address: str = ""
    key_id: str = "stand-in-1"
    waiting: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    told: int = 0

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65_537, 2_048)

    @property
    def published(self) -> dict[str, Any]:
        """The key set at `/.well-known/jwks.json`."""
        numbers = self.key.public_key().public_numbers()
        n, e = (_encoded(one.to_bytes(-(-one.bit_length() // 8))) for one in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "PS256", "kid": self.key_id, "n": n, "e": e}]}

    def heard(self, topic: str, entity_id: str) -> None:
        """Something changed."""
        if self.address:
            self.waiting.append(self.event(topic, entity_id))

    def event(self, topic: str, entity_id: str) -> dict[str, Any]:
        now = moment(self.clock.now())
        return {
            "client_id": self.client_id,
            "id": str(uuid4()),
            "topic": topic,
            "entity_id": entity_id,
            "update_timestamp": now,
            "message_sent_at": now,
        }

    async def deliver(self) -> None:
        """Tells what waits, the newest first: order is no promise. What is not taken is told again, then dropped."""
        while self.waiting:
            body = orjson.dumps(self.waiting.pop())
            for _ in range(ATTEMPTS):
                if await self._send(body):
                    self.told += 1
                    break

    async def _send(self, body: bytes) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
                answer = await client.post(self.address, content=body, headers=self.headers(body))
        except httpx.TransportError:
            return False
        return answer.status_code < 300

    def headers(self, body: bytes, about: Mapping[str, Any] | None = None) -> dict[str, str]:
        """What a signed request carries. `about`: the signature's header, where another one is wanted."""
        head = _encoded(orjson.dumps(about or {"alg": "PS256", "kid": self.key_id}))
        padding = PSS(MGF1(hashes.SHA256()), PSS.DIGEST_LENGTH)
        signed = self.key.sign(f"{head}.{_encoded(body)}".encode(), padding, hashes.SHA256())
        return {"Content-Type": "application/json", "X-JWS-Signature": f"{head}..{_encoded(signed)}"}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
