"""OpenRouter: https://openrouter.ai/docs/api/reference/errors-and-debugging.

Many failures come after a 200, as an error in the stream whose code is the status it would have been. A 403 is a
refusal of the content. A 402 is an empty account, except when it only says that too much is in flight. Vectors:
https://openrouter.ai/docs/api_reference/embeddings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.gateways.faults import FaultKind, field_of
from app.gateways.openai_protocol import Dialect, speaks_openai
from app.gateways.providers import Access
from app.gateways.spend import Fees

DEFAULT_MODEL = "openai/gpt-5.4-mini"
IN_FLIGHT = "openrouter_in_flight_budget"


def _kind(error: Any) -> FaultKind | None:
    source = field_of(error.body, "metadata", "limit_source") or field_of(
        error.body, "error", "metadata", "limit_source"
    )
    return FaultKind.TRANSIENT if source == IN_FLIGHT else None


def _promised(access: Access) -> dict[str, Any]:
    """What a vendor behind it must promise for what it is sent."""
    zdr = access.options.get("openrouter_zdr", "").lower() == "true"
    return {"data_collection": "deny", **({"zdr": True} if zdr else {})}


def _body(access: Access) -> Mapping[str, Any]:
    """Other models in the order OpenRouter may try them, and no provider that keeps what it is sent for training, or
    with OPENROUTER_ZDR=true at all."""
    others = [name.strip() for name in access.options.get("openrouter_fallback_models", "").split(",") if name.strip()]
    wished: dict[str, Any] = {"provider": {**_promised(access), "require_parameters": True}}
    if others:
        wished["models"] = [access.model or DEFAULT_MODEL, *others]
    return wished


PROVIDER = speaks_openai(
    Dialect(
        base_url="https://openrouter.ai/api/v1",
        statuses={403: FaultKind.POLICY},
        kind=_kind,
        body=_body,
    ),
    name="openrouter",
    gateway="openrouter",
    fees=Fees(per_request_microdollars=200),
    label="OpenRouter",
    key_variable="OPENROUTER_API_KEY",
    default_model=DEFAULT_MODEL,
    variables=("OPENROUTER_FALLBACK_MODELS", "OPENROUTER_ZDR"),
    embeds=True,
    beside_texts=lambda access: {"provider": _promised(access)},  # and no other models: their vectors mean other things
)
