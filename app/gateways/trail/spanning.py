"""A call's attempts as spans: one for each time a model was asked.

Names: https://github.com/open-telemetry/semantic-conventions-genai (none is stable yet); `sophia.` is our own.
"""

from __future__ import annotations

import re

from app.gateways.spend import Task
from app.gateways.trail.record import ANSWERED, CallRecord, Tried
from app.telemetry.spans import Value, past_span, watched

_OPERATIONS = {Task.EMBED: "embeddings", Task.RERANK: "rerank"}
_KEY = re.compile(r"#\d+$")  # of a pool


def spans_of(record: CallRecord) -> None:
    """Sends a span for each attempt of a call that is over."""
    if not watched():
        return
    for one in record.tried:
        if one.asked:
            _attempt(record, one)


def _attempt(record: CallRecord, one: Tried) -> None:
    provider, _, model = _KEY.sub("", one.route).partition("/")
    operation = _OPERATIONS.get(record.call.task, "chat")
    said: dict[str, Value] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "sophia.route": one.route,
        "sophia.task": str(record.call.task),
        "sophia.outcome": one.outcome,
        "sophia.hedge": one.hedge,
    }
    if one.use is not None:
        said |= {
            "gen_ai.usage.input_tokens": one.use.input_tokens,
            "gen_ai.usage.output_tokens": one.use.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": one.use.cached_tokens,
            "gen_ai.usage.cache_creation.input_tokens": one.use.cache_write_tokens,
            "gen_ai.usage.reasoning.output_tokens": one.use.reasoning_tokens,
        }
    if one.cost is not None:
        said["sophia.cost.microdollars"] = one.cost
    if one.first_ms is not None:
        said["gen_ai.response.time_to_first_chunk"] = one.first_ms / 1000
    past_span(
        f"{operation} {model}",
        "client",
        said,
        began_ns=one.began_ns,
        ended_ns=one.began_ns + round(one.total_ms * 1_000_000),
        error_type="" if one.outcome == ANSWERED else one.outcome,
    )
