"""Cohere, through its OpenAI-compatible endpoint: https://docs.cohere.com/docs/compatibility-api.

It refuses `stream_options`, so the usage of a stream is not asked for. A 400 about too many tokens is the only sign of
a prompt longer than the window; a 499 is a request that Cohere itself cancelled.
"""

from __future__ import annotations

from typing import Any

from app.gateways.faults import FaultKind
from app.gateways.openai_protocol import Dialect, speaks_openai


def _kind(error: Any) -> FaultKind | None:
    return FaultKind.CONTEXT if "too many tokens" in str(error.message).lower() else None


PROVIDER = speaks_openai(
    Dialect(
        base_url="https://api.cohere.ai/compatibility/v1",
        statuses={499: FaultKind.TRANSIENT},
        kind=_kind,
        stream_usage=False,
    ),
    name="cohere",
    label="Cohere",
    key_variable="COHERE_API_KEY",
    default_model="command-a-03-2025",
)
