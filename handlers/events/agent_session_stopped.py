"""The person pressed Slack's Stop button: what runs in that thread is stopped, on whichever replica it runs."""

from __future__ import annotations

from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def stop(incoming: Incoming, deps: Deps) -> None:
    """Written down before the acknowledgement; the run itself says that it stopped."""
    thread = str(incoming.event.get("thread_ts") or incoming.message_ts)
    await deps.runtime.request_stop(incoming.workspace_id, f"{incoming.channel}:{thread}")


INTERACTION = Interaction("event", "agent_session_stopped", before_ack=stop)
