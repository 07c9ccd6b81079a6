"""Channels by the names that people call them."""

from __future__ import annotations

from typing import Any

from handlers.core.deps import Deps

MOST_PAGES = 20


async def channel_named(deps: Deps, name: str) -> str:
    """The id of a channel that Sophia is in; '' when she is in none of that name. Raises NotDelivered.

    https://docs.slack.dev/reference/methods/users.conversations
    """
    wanted, cursor = name.lstrip("#").casefold(), ""
    for _ in range(MOST_PAGES):
        page: Any = await deps.poster.keep_trying(
            lambda cursor=cursor: deps.client.users_conversations(
                types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor or None
            )
        )
        for channel in page["channels"]:
            if str(channel.get("name", "")).casefold() == wanted:
                return str(channel["id"])
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return ""
