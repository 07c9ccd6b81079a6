"""HubSpot's webhooks v3: checks a delivery and names the records it is about.

`X-HubSpot-Signature-v3` is base64 of HMAC-SHA256 over method, address, body and timestamp with the app's client secret
(developers.hubspot.com/docs, "Validating requests"). The address is the configured one, never the request's own.
Events come at least once and in no order, and their ids alone are not promised to be unique.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
import structlog

from app.domain.clock import Clock
from app.domain.errors import Fixable, NotAllowed
from app.integrations.hubspot.fields import record_id
from app.integrations.telling import Delivered, Told

OLDEST: Final = timedelta(minutes=5)
MOST_EVENTS: Final = 1000
_WORDS: Final = {"contact": "contacts", "company": "companies", "deal": "deals"}
_TYPE_IDS: Final = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-27": "tasks", "0-46": "notes"}
_NAMING: Final = ("objectId", "fromObjectId", "primaryObjectId", "newObjectId")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Webhooks:
    """What deliveries are checked against. Without all three nothing is taken."""

    client_secret: str
    portal_id: str
    address: str
    clock: Clock

    def told(self, delivered: Delivered) -> tuple[Told, ...]:
        """See `Telling.told`. Events of another account are left out."""
        self._check(delivered)
        try:
            events = orjson.loads(delivered.body)
        except ValueError:
            events = None
        if not isinstance(events, list) or len(events) > MOST_EVENTS:
            raise Fixable("That is no list of events.", code="webhook_unreadable")
        return tuple(told for event in events if isinstance(event, dict) for told in self._of(event))

    def _check(self, delivered: Delivered) -> None:
        """Raises NotAllowed unless the account's app sent this a moment ago."""
        if not (self.client_secret and self.portal_id and self.address):
            raise _refused("not set up")
        sent = delivered.headers.get("x-hubspot-request-timestamp", "")
        if not (sent.isascii() and sent.isdecimal() and len(sent) <= 15):
            raise _refused("no timestamp")
        signed = delivered.method.encode() + self.address.encode() + delivered.body + sent.encode()
        expected = base64.b64encode(hmac.new(self.client_secret.encode(), signed, hashlib.sha256).digest())
        given = delivered.headers.get("x-hubspot-signature-v3", "")
        if not hmac.compare_digest(given.encode(), expected):
            raise _refused("wrong signature")
        if abs(self.clock.now().timestamp() - int(sent) / 1000) > OLDEST.total_seconds():
            raise _refused("too old")

    def _of(self, event: dict[str, Any]) -> Iterator[Told]:
        if str(event.get("portalId")) != self.portal_id:
            _log.warning("hubspot_event_of_another_account", portal=str(event.get("portalId"))[:20])
            return
        resource = _resource(event)
        if resource is None:
            return
        merged = event.get("mergedObjectIds")
        named = [event[name] for name in _NAMING if name in event]
        for one in [*named, *(merged[:MOST_EVENTS] if isinstance(merged, list) else ())]:
            try:
                number = record_id(one)
            except ValueError:
                continue
            if number:
                yield Told(_key(event, number), resource, number)


def _resource(event: dict[str, Any]) -> str | None:
    word = str(event.get("subscriptionType") or "").partition(".")[0]
    if word == "object":
        return _TYPE_IDS.get(str(event.get("objectTypeId") or event.get("fromObjectTypeId") or ""))
    return _WORDS.get(word)


def _key(event: dict[str, Any], number: str) -> str:
    """The same for each delivery of one event: its id, and what tells it from another event of that id."""
    naming = [str(event.get(name)) for name in ("eventId", "subscriptionId", "portalId", "occurredAt", "propertyName")]
    return hashlib.sha256("\n".join([*naming, number]).encode()).hexdigest()[:32]


def _refused(why: str) -> NotAllowed:
    return NotAllowed("That did not come from HubSpot.", code="webhook_refused", detail=f"hubspot webhook: {why}")
