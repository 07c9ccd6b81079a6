"""How Sophia logs: one line per event on standard error, with the trace id, and never with a secret.

Everything passes the redactor last, after exceptions have become text; lines of libraries pass it too. Not for: the
record of who did what (app/security/audit.py).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from app.telemetry.trace import current_trace_id

Format = Literal["console", "json"]


def configure_logs(
    level: Literal["debug", "info", "warning", "error"],
    style: Format,
    redact: Callable[[Any], Any],
    stream: TextIO | None = None,
) -> None:
    """Sends structlog's and the standard library's logs to one place. `redact` is `Redactor.value`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redacted(redact),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _with_trace(_logger: Any, _method: str, event: EventDict) -> EventDict:
    trace_id = current_trace_id()
    if trace_id:
        event.setdefault("trace", trace_id)
    return event


def _redacted(redact: Callable[[Any], Any]) -> Processor:
    def process(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {key: value if key.startswith("_") else _clean(redact, key, value) for key, value in event.items()}

    return process


def _clean(redact: Callable[[Any], Any], key: str, value: Any) -> Any:
    """Redacted together with its name, which may tell that a secret follows. Objects become their text first."""
    plain = value if isinstance(value, str | int | float | bool | bytes | dict | list | tuple | None) else str(value)
    return redact({key: plain})[key]
