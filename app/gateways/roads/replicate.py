"""Replicate, asked directly: https://replicate.com/docs/reference/http.

There is no chat endpoint: a model is a prediction that is created, streamed and, when nobody wants it any more,
cancelled (replicate_chat.py). It takes text and gives text; tools are for other routes. REPLICATE_MODEL is
`owner/name` or `owner/name:version`; REPLICATE_INPUT is a JSON object that is merged into every input, because each
model names its own: {"max_tokens": null, "max_new_tokens": 4096}.
"""

from __future__ import annotations

import json
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.domain.errors import Fixable
from app.gateways.faults import FaultKind, RouteFault, kind_of_status
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.terms import Capability

BASE_URL = "https://api.replicate.com/v1"
DEFAULT_MODEL = "meta/meta-llama-3-70b-instruct"

_TOO_LONG = ("context length", "context window", "maximum context", "too many tokens", "input is too long")
_REFUSED = ("flagged as sensitive", "content policy", "(e005)")


def build(access: Access, deadlines: Deadlines) -> BaseChatModel:
    """A model of predictions. Raises Fixable when REPLICATE_INPUT is no JSON object."""
    from app.gateways.roads.replicate_chat import ReplicateChat  # noqa: PLC0415 - aiohttp takes a while to import

    given = access.options.get("replicate_input", "")
    try:
        more = json.loads(given) if given else {}
    except ValueError:
        more = None
    if not isinstance(more, dict):
        raise Fixable(
            "REPLICATE_INPUT is no JSON object.",
            next_step='Write the inputs as in {"max_tokens": null, "max_new_tokens": 4096}.',
            code="bad_settings",
        )
    return ReplicateChat(
        model=access.model or DEFAULT_MODEL,
        address=(access.base_url or BASE_URL).rstrip("/"),
        token=access.api_key,
        more=more,
        deadlines=deadlines,
    )


def fault(error: Exception) -> RouteFault | None:
    """What an error of Replicate's means; None when it is not one."""
    import aiohttp  # noqa: PLC0415 - loaded already when there is such an error

    from app.gateways.roads.replicate_chat import PredictionFailed, Refused  # noqa: PLC0415

    if isinstance(error, Refused):
        kind = kind_of_status(error.status)
        return RouteFault(kind, f"HTTP {error.status}", retry_after=error.retry_after)
    if isinstance(error, PredictionFailed):
        said = error.said.lower()
        if any(sign in said for sign in _TOO_LONG):
            return RouteFault(FaultKind.CONTEXT, "the prediction failed: too long")
        if any(sign in said for sign in _REFUSED):
            return RouteFault(FaultKind.POLICY, "the prediction failed: refused content")
        return RouteFault(FaultKind.TRANSIENT, f"the prediction ended as {error.status}")
    if isinstance(error, (aiohttp.ClientError, TimeoutError, ValueError)):
        return RouteFault(FaultKind.TRANSIENT, type(error).__name__)
    return None


async def close(model: Any) -> None:
    """Ends the connections, after what is still to be cancelled was."""
    await model.aclose()


PROVIDER = Provider(
    name="replicate",
    label="Replicate",
    key_variable="REPLICATE_API_KEY",
    default_model=DEFAULT_MODEL,
    build=build,
    fault=fault,
    close=close,
    variables=("REPLICATE_INPUT",),
    capabilities=frozenset({Capability.STREAMING}),
)
