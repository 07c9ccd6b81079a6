"""Anthropic, asked directly through its SDK and langchain-anthropic.

Errors: https://docs.anthropic.com/en/api/errors. They come as a status, or after a 200 as an `error` event of the
stream (the SDK then reports status 200), so the error's `type` is read first. A spend limit is a 429 without
Retry-After. The SDK is imported when the provider is used, not at start.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from app.gateways.faults import FaultKind, RouteFault, field_of, kind_of_status, plain_code, retry_after_of
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.request import LONGEST_ANSWER

DEFAULT_MODEL = "claude-sonnet-5-5"

_BY_TYPE = {
    "rate_limit_error": FaultKind.TRANSIENT,
    "overloaded_error": FaultKind.TRANSIENT,
    "api_error": FaultKind.TRANSIENT,
    "timeout_error": FaultKind.TRANSIENT,
    "authentication_error": FaultKind.ACCOUNT,
    "permission_error": FaultKind.ACCOUNT,
    "billing_error": FaultKind.ACCOUNT,
    "not_found_error": FaultKind.ACCOUNT,
    "request_too_large": FaultKind.CONTEXT,
}
_SPENT = ("reached your specified api usage limits", "credit balance is too low")


def build(access: Access, deadlines: Deadlines) -> BaseChatModel:
    """A ChatAnthropic without retries of its own."""
    import anthropic  # noqa: PLC0415 - two seconds of imports a run without a key saves
    from langchain_anthropic import ChatAnthropic  # noqa: PLC0415

    class OwnConnections(ChatAnthropic):
        """langchain-anthropic has one pool for all models of an address: a route that goes would close it for those
        that stay, for good."""

        @cached_property
        def _async_client(self) -> anthropic.AsyncClient:
            return anthropic.AsyncClient(**self._client_params)

    return OwnConnections(
        model_name=access.model or DEFAULT_MODEL,
        api_key=SecretStr(access.api_key),
        base_url=access.base_url or "https://api.anthropic.com",
        max_retries=0,
        timeout=max(deadlines.first_token, deadlines.between) + 5,
        max_tokens_to_sample=LONGEST_ANSWER,
        stop=None,
    )


def fault(error: Exception) -> RouteFault | None:
    """What an error of the Anthropic SDK means; None when it is not one."""
    import anthropic  # noqa: PLC0415 - loaded already when there is such an error
    from langchain_core.exceptions import ContextOverflowError  # noqa: PLC0415

    if isinstance(error, ContextOverflowError):
        return RouteFault(FaultKind.CONTEXT, "context overflow")
    if isinstance(error, anthropic.APIConnectionError):
        return RouteFault(FaultKind.TRANSIENT, type(error).__name__)
    if not isinstance(error, anthropic.APIError):
        return None
    kind_named = field_of(error.body, "error", "type")
    if not isinstance(error, anthropic.APIStatusError):
        return RouteFault(
            _BY_TYPE.get(kind_named, FaultKind.TRANSIENT), f"error in the stream {plain_code(kind_named)}".strip()
        )
    retry_after = retry_after_of(error.response.headers)
    detail = f"HTTP {error.status_code} {plain_code(kind_named)}".strip()
    message = field_of(error.body, "error", "message").lower()
    limit = field_of(error.body, "error", "details", "error_code")
    if limit == "enforced_spend_limit_reached" or any(said in message for said in _SPENT):
        return RouteFault(FaultKind.ACCOUNT, f"{detail} spend limit", retry_after=retry_after)
    kind = _BY_TYPE.get(kind_named) or kind_of_status(error.status_code)
    return RouteFault(kind, detail, retry_after=retry_after)


async def close(model: Any) -> None:
    """Closes the SDK's connections."""
    await model._async_client.close()


PROVIDER = Provider(
    name="anthropic",
    label="Anthropic",
    key_variable="ANTHROPIC_API_KEY",
    default_model=DEFAULT_MODEL,
    build=build,
    fault=fault,
    close=close,
)
