"""On whose account work under way is: the tool call of a person, else the workspace.

Set at the gate of the tools, like the trace id; what a tool reaches in the end (an embedder, a reranker) asks here
instead of being handed it through every layer between.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from app.gateways.spend import CallContext

_current: ContextVar[CallContext | None] = ContextVar("sophia_account", default=None)


@contextmanager
def on_account_of(call: CallContext) -> Generator[None]:
    """Everything inside the block, tasks it starts included, is on this account."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def account(workspace_id: str) -> CallContext:
    """The account of what runs now; outside of any tool call the workspace's own."""
    return _current.get() or of_workspace(workspace_id)


def of_workspace(workspace_id: str) -> CallContext:
    """What nobody in particular asked for: taking documents in, for instance."""
    return CallContext(turn_id="", workspace_id=workspace_id, user_id="", channel="")
