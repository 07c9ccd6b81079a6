"""The trace id of whatever runs now: one per turn or job, in every log line, error card and outgoing call, and the same
as that of its spans (spans.py)."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from app.domain.clock import Ids

_current: ContextVar[str] = ContextVar("sophia_trace_id", default="")


def new_trace_id(ids: Ids) -> str:
    """32 hexadecimal digits, as W3C Trace Context and OpenTelemetry write it (from `RandomIds`)."""
    return ids.new("trace").partition("_")[2]


def current_trace_id() -> str:
    """The id, or an empty string outside of any turn or job."""
    return _current.get()


@contextmanager
def trace(trace_id: str) -> Generator[str]:
    """Everything inside the block, tasks it starts included, carries this id."""
    token = _current.set(trace_id)
    try:
        yield trace_id
    finally:
        _current.reset(token)
