"""What stands in a thread, page by page. Slack gives the oldest messages first: what was said last is on the last page.

https://docs.slack.dev/reference/methods/conversations.replies
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

PAGE = 200  # messages; what Slack recommends
MOST_PAGES = 25

Trying = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def at_once(call: Callable[[], Awaitable[Any]]) -> Any:
    """Makes the call, and lets what it raises through."""
    return await call()


async def thread_messages(
    client: AsyncWebClient, channel: str, thread: str, *, trying: Trying = at_once, **narrowed: Any
) -> list[dict[str, Any]]:
    """The root and its replies, oldest first; of a thread of more than MOST_PAGES pages those of the first ones.

    `trying` makes each call (`Poster.keep_trying` repeats it while Slack is away), `narrowed` are further arguments of
    the method. Raises what `trying` raises.
    """
    found: dict[str, dict[str, Any]] = {}
    cursor = ""
    for _ in range(MOST_PAGES):
        call = partial(
            client.conversations_replies, channel=channel, ts=thread, limit=PAGE, cursor=cursor or None, **narrowed
        )
        answer = await trying(call)
        found |= {str(message["ts"]): message for message in answer.get("messages") or []}  # each page has the root
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return list(found.values())
