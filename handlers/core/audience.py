"""Who reads along: whether an answer that tells of persons may stand in the channel where it was asked for.

Only in a private channel whose members all hold the rights behind it and see the asking person's properties. Anybody
can join a public channel later and read what stands there, so it never may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog

from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Place
from app.domain.answer import ASKER_ALONE
from app.domain.principal import Principal
from app.domain.scopes import Scope
from app.security.roles import decide
from handlers.core.deps import Deps

log = structlog.get_logger(__name__)
MOST_MEMBERS = 200
"""A larger channel is nobody's private circle, and looking everybody up would take too long."""


async def may_all_read(deps: Deps, place: Place, person: Principal, needed: Iterable[str]) -> bool:
    """True when nobody who can see the place would learn more than their rights allow. When that can't be found out,
    it is no."""
    wanted = set(needed)
    if place.private or not wanted:
        return True
    if ASKER_ALONE in wanted:
        return False
    scopes = [Scope(name) for name in wanted]
    try:
        members = await _members(deps, place.channel)
    except NotDelivered as refused:
        log.warning("audience_unknown", channel=place.channel, code=refused.code)
        return False
    for user_id in members:
        if user_id not in (person.user_id, deps.bot.user_id):
            reader = await deps.principal_of(place.workspace, user_id)
            if not _may_read(reader, person, scopes):
                return False
    return bool(members)


def _may_read(reader: Principal, asker: Principal, scopes: list[Scope]) -> bool:
    if not all(decide(reader, scope).allowed for scope in scopes):
        return False
    if reader.property_ids is None:
        return True
    return asker.property_ids is not None and asker.property_ids <= reader.property_ids


async def _members(deps: Deps, channel: str) -> list[str]:
    """The members of a private channel; empty for a public or a very large one. Raises NotDelivered."""
    info: Any = await deps.poster.keep_trying(lambda: deps.client.conversations_info(channel=channel))
    if not info["channel"].get("is_private"):
        return []
    found: Any = await deps.poster.keep_trying(
        lambda: deps.client.conversations_members(channel=channel, limit=MOST_MEMBERS)
    )
    more = (found.get("response_metadata") or {}).get("next_cursor")
    return [] if more else list(found["members"])
