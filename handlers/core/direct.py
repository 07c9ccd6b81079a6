"""The direct message between a person and Sophia."""

from __future__ import annotations

from app.channels.slack.post import Place
from handlers.core.deps import Deps


async def direct_place(deps: Deps, workspace_id: str, user_id: str) -> Place:
    """Where to write to this person alone. Raises NotDelivered (they left, or they do not exist)."""

    async def call() -> str:
        answer = await deps.client.conversations_open(users=[user_id])
        opened: dict[str, str] = answer.get("channel") or {}
        return str(opened.get("id", ""))

    channel = await deps.poster.keep_trying(call)
    return Place(workspace_id, channel, private=True, user=user_id, team=deps.bot.team_id)
