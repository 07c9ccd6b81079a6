"""Keeps LangSmith's tracing, which LangChain brings along, off and out of the way.

Nothing of a turn may go to a tracing service (traces of our own are app/telemetry's). Even when it is off, LangSmith
hops to a thread and back around every middleware to find that out, which costs a turn more than the rest of the
loop; the hop is taken out here by its own public switch.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any

import langsmith


async def _in_place(
    _default: Callable[..., Awaitable[Any]],
    context: Context,
    function: Callable[..., Any],
    /,
    *args: Any,
    **kwargs: Any,
) -> Any:
    return context.run(function, *args, **kwargs)


def no_tracing_threads() -> None:
    """For the whole process; may be called again."""
    langsmith.set_runtime_overrides(aio_to_thread=_in_place)
