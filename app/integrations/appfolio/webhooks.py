"""AppFolio's webhooks: checks a delivery and names the record it is about.

`X-JWS-Signature` is a detached JWS (RFC 7515 appendix F, PS256) over the body, made with one of the keys that AppFolio
publishes at `/.well-known/jwks.json` (AppFolio's own sample program). The same keys sign all customers' deliveries, so
the `client_id` inside says whether one is ours. Deliveries come at least once and in no order.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from app.domain.clock import Clock
from app.domain.errors import Fixable, NotAllowed
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.fields import moment, record_id
from app.integrations.records import text
from app.integrations.telling import Delivered, Told

OLDEST: Final = timedelta(hours=24)  # what is not taken is sent again for hours
TOPICS: Final[Mapping[str, str]] = {"work_order_updates": "work_orders"}
"""What is read again at once, by resource; what other topics tell comes with the next sync."""
_FRESH: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(minutes=1)
_PADDING: Final = PSS(MGF1(hashes.SHA256()), PSS.DIGEST_LENGTH)  # RFC 7518, section 3.5
_SMALLEST: Final = 2048  # bits of a key, the same section

_log = structlog.get_logger(__name__)


@dataclass
class Keys:
    """AppFolio's public keys by id, fetched again after an hour, or after a minute for an id that is not known: made-up
    ids must not cost a call each."""

    database: DatabaseClient
    clock: Clock
    _known: Mapping[str, RSAPublicKey] = field(default_factory=dict[str, RSAPublicKey])
    _at: datetime | None = None
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, key_id: str) -> RSAPublicKey | None:
        """The key of that id. Raises SophiaErrors when the keys can't be fetched."""
        async with self._fetching:
            now = self.clock.now()
            good_for = _FRESH if key_id in self._known else _AGAIN
            if self._at is None or now - self._at >= good_for:
                self._known = dict(filter(None, map(_key, await self.database.signing_keys())))
                self._at = now
            return self._known.get(key_id)


@dataclass(frozen=True)
class Webhooks:
    """What deliveries are checked against."""

    keys: Keys
    client_id: str
    clock: Clock

    async def told(self, delivered: Delivered) -> tuple[Told, ...]:
        """See `Telling.told`. Deliveries for another client are left out."""
        await self._check(delivered)
        try:
            event = orjson.loads(delivered.body)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            raise Fixable("That is no event.", code="webhook_unreadable")
        self._check_age(event)
        if event.get("client_id") != self.client_id:
            _log.warning("appfolio_event_of_another_client", client=str(event.get("client_id"))[:40])
            return ()
        resource = TOPICS.get(str(event.get("topic")))
        try:
            key, entity = text(event.get("id"))[:80], record_id(event.get("entity_id"))
        except ValueError:
            return ()
        return (Told(key, resource, entity),) if resource and key else ()

    async def _check(self, delivered: Delivered) -> None:
        """Raises NotAllowed unless AppFolio signed this body."""
        head, _, rest = delivered.headers.get("x-jws-signature", "").partition(".")
        payload, dot, signature = rest.partition(".")
        if payload or not dot:
            raise _refused("no detached signature")
        about = _header(head)
        key = await self.keys.of(str(about.get("kid"))[:200])
        if key is None:
            raise _refused("unknown key")
        body = delivered.body if about.get("b64") is False else _encoded(delivered.body)
        try:
            key.verify(_decoded(signature), head.encode() + b"." + body, _PADDING, hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise _refused("wrong signature") from None

    def _check_age(self, event: Mapping[str, Any]) -> None:
        try:
            sent = moment(event.get("message_sent_at"))
        except ValueError:
            sent = None
        if sent is None or abs(self.clock.now() - sent) > OLDEST:
            raise _refused("too old")


def _header(head: str) -> Mapping[str, Any]:
    """The protected header. Raises NotAllowed for another algorithm than AppFolio's, and for anything critical that is
    not understood (RFC 7515, section 4.1.11; `b64` is RFC 7797's)."""
    try:
        about = orjson.loads(_decoded(head))
    except ValueError:
        about = None
    if not isinstance(about, dict) or about.get("alg") != "PS256":
        raise _refused("not signed with PS256")
    if about.get("crit", ["b64"]) != ["b64"] or (about.get("b64") is False and "crit" not in about):
        raise _refused("a header that is not understood")
    return about


def _key(raw: Any) -> tuple[str, RSAPublicKey] | None:
    """A key of the published set; None for one that is no RSA key for signatures, or too small."""
    if not isinstance(raw, dict) or raw.get("kty") != "RSA" or raw.get("use", "sig") != "sig" or not raw.get("kid"):
        return None
    try:
        modulus, exponent = (int.from_bytes(_decoded(str(raw[name]))) for name in ("n", "e"))
        key = RSAPublicNumbers(exponent, modulus).public_key()
    except (KeyError, ValueError):
        return None
    return (str(raw["kid"])[:200], key) if key.key_size >= _SMALLEST else None


def _decoded(part: str) -> bytes:
    """Base64url without padding. Raises ValueError."""
    try:
        return base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("is no base64url") from None


def _encoded(body: bytes) -> bytes:
    return base64.urlsafe_b64encode(body).rstrip(b"=")


def _refused(why: str) -> NotAllowed:
    return NotAllowed("That did not come from AppFolio.", code="webhook_refused", detail=f"appfolio webhook: {why}")
