"""OpenAI, asked directly through its SDK and langchain-openai.

Errors: https://platform.openai.com/docs/guides/error-codes. A 429 is a rate limit or an empty account: the error's
`code` (or `type`) tells, the status does not. The SDK is imported when the provider is used, not at start.
"""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from pydantic import SecretStr

from app.gateways.faults import FaultKind, RouteFault, field_of, kind_of_status, retry_after_of
from app.gateways.providers import Access, Deadlines, Provider

DEFAULT_MODEL = "gpt-5.6"
LONGEST_ANSWER = 8192  # tokens, reasoning included

_BY_CODE = {
    "insufficient_quota": FaultKind.ACCOUNT,
    "credit_balance_exhausted": FaultKind.ACCOUNT,
    "billing_hard_limit_reached": FaultKind.ACCOUNT,
    "invalid_api_key": FaultKind.ACCOUNT,
    "account_deactivated": FaultKind.ACCOUNT,
    "model_not_found": FaultKind.ACCOUNT,
    "context_length_exceeded": FaultKind.CONTEXT,
    "string_above_max_length": FaultKind.CONTEXT,
    "content_filter": FaultKind.POLICY,
    "content_policy_violation": FaultKind.POLICY,
    "rate_limit_exceeded": FaultKind.TRANSIENT,
    "server_error": FaultKind.TRANSIENT,
    "server_is_overloaded": FaultKind.TRANSIENT,
    "slow_down": FaultKind.TRANSIENT,
}


def build(access: Access, deadlines: Deadlines) -> BaseChatModel:
    """A ChatOpenAI without retries of its own."""
    import openai  # noqa: PLC0415 - two seconds of imports that a run without a key saves
    from langchain_openai import ChatOpenAI  # noqa: PLC0415

    class ChatOpenAIWithPlainTools(ChatOpenAI):
        """Hands the tools' schemas over as they are: the SDK walks through what it is given as `tools` member by
        member, for forty schemas at every call, which costs more CPU than the rest of the request."""

        def _get_request_payload(
            self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
        ) -> dict[str, Any]:
            payload = super()._get_request_payload(input_, stop=stop, **kwargs)
            tools = payload.pop("tools", None)
            if tools:
                payload["extra_body"] = {**(payload.get("extra_body") or {}), "tools": tools}
            return payload

    return ChatOpenAIWithPlainTools(
        model=access.model or DEFAULT_MODEL,
        api_key=SecretStr(access.api_key),
        base_url=access.base_url or None,
        max_retries=0,
        timeout=openai.Timeout(_read_limit(deadlines), connect=deadlines.connect),
        stream_chunk_timeout=None,
        stream_usage=True,
        max_completion_tokens=LONGEST_ANSWER,
    )


def _read_limit(deadlines: Deadlines) -> float:
    """The socket's own limit lies just above ours, so that a hang is noticed even when nobody waits for it."""
    return max(deadlines.first_token, deadlines.between) + 5


def fault(error: Exception) -> RouteFault | None:
    """What an error of the OpenAI SDK means; None when it is not one."""
    import openai  # noqa: PLC0415 - loaded already when there is such an error
    from langchain_core.exceptions import ContextOverflowError  # noqa: PLC0415

    if isinstance(error, ContextOverflowError):
        return RouteFault(FaultKind.CONTEXT, "context overflow")
    if isinstance(error, openai.APIConnectionError):
        return RouteFault(FaultKind.TRANSIENT, type(error).__name__)
    if not isinstance(error, openai.APIError):
        return None
    code = error.code or field_of(error.body, "type") or field_of(error.body, "error", "code")
    named = _BY_CODE.get(str(code)) or _BY_CODE.get(str(error.type))
    if isinstance(error, openai.APIStatusError):
        retry_after = retry_after_of(error.response.headers)
        kind = named or kind_of_status(error.status_code)
        return RouteFault(kind, f"HTTP {error.status_code} {code or ''}".strip(), retry_after=retry_after)
    return RouteFault(named or FaultKind.TRANSIENT, f"error in the stream {code or ''}".strip())


async def close(model: Any) -> None:
    """Closes the SDK's connections."""
    await model.root_async_client.close()


PROVIDER = Provider(
    name="openai",
    label="OpenAI",
    key_variable="OPENAI_API_KEY",
    default_model=DEFAULT_MODEL,
    build=build,
    fault=fault,
    close=close,
)
