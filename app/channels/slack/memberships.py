"""Which channels a person is in, so that they find what was shared there. Not knowing means none.

https://docs.slack.dev/reference/methods/users.conversations: private channels are told only where Sophia is in too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.channels.slack.files import SLACKS_OWN
from app.domain.clock import Clock
from app.domain.errors import SophiaError
from app.domain.principal import Principal
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat, RetryPolicy

FRESH = timedelta(seconds=60)  # who leaves a channel stops finding its files within this time
MOST_PAGES = 5
MOST_PEOPLE = 10_000
_log = structlog.get_logger(__name__)


class Memberships:
    """Asked before each search of the documents; answers are kept for FRESH."""

    def __init__(self, outbound: Outbound, clock: Clock, *, token: str, api_url: str) -> None:
        self._clock = clock
        self._token = token
        self._api_url = api_url
        egress = EgressPolicy.for_base_url(api_url, configured=not api_url.startswith(SLACKS_OWN))
        self._http = outbound.service(
            ServicePolicy(key="slack", label="Slack", egress=egress, retry=RetryPolicy(attempts=2), attempt_seconds=5.0)
        )
        self._known: dict[tuple[str, str], tuple[datetime, frozenset[str]]] = {}

    async def channels_of(self, principal: Principal) -> frozenset[str]:
        """The ids of the channels that the person is in; empty when Slack does not tell."""
        key, now = (principal.workspace_id, principal.user_id), self._clock.now()
        at, channels = self._known.get(key, (now - FRESH, frozenset[str]()))
        if now - at < FRESH:
            return channels
        try:
            channels = frozenset([channel async for channel in self._asked(principal.user_id)])
        except SophiaError as failed:
            _log.warning("memberships_unknown", code=failed.code)
            return frozenset()
        if len(self._known) >= MOST_PEOPLE:
            self._known.clear()
        self._known[key] = (now, channels)
        return channels

    async def _asked(self, user_id: str) -> AsyncIterator[str]:
        cursor = ""
        for _ in range(MOST_PAGES):
            params = {
                "user": user_id,
                "types": "public_channel,private_channel,mpim",
                "exclude_archived": "true",
                "limit": "200",
                "cursor": cursor,
            }
            headers = {"Authorization": f"Bearer {self._token}"}
            call = Call(
                "users.conversations", "GET", f"{self._api_url}/users.conversations", Repeat.SAFE, headers, params
            )
            told: Any = (await self._http.send(call)).json()
            for channel in told.get("channels") or []:
                yield str(channel["id"])
            cursor = str((told.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
