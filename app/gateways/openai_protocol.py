"""OpenAI's chat protocol as spoken by OpenAI and by the many services that copied it, with what each does otherwise.

Each service's file names its differences as a Dialect; building the model and reading its errors is here, once. The
SDK is imported when a model is built, not at start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.outputs import ChatGenerationChunk
from pydantic import SecretStr

from app.gateways.faults import FaultKind, Refused, RouteFault, field_of, kind_of_status, plain_code, retry_after_of
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.request import LONGEST_ANSWER

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"  # the SDK insists on a key; services that ask for none ignore it

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


def _nothing(access: Access) -> Mapping[str, Any]:
    return {}


def _unnamed(error: Any) -> FaultKind | None:
    return None


def _own_key(access: Access) -> str:
    return access.api_key


@dataclass(frozen=True)
class Dialect:
    """What a service does otherwise than OpenAI.

    statuses: what an HTTP status means here when it is not what it usually means. kind: looks at an SDK error that
    needs more than its status and code. bearer: the key in `Authorization`, '' for none. headers, body: sent with
    every request, made from what is configured.
    """

    base_url: str = ""  # '' is OpenAI's own, or one that must be configured
    statuses: Mapping[int, FaultKind] = field(default_factory=dict[int, FaultKind])
    kind: Callable[[Any], FaultKind | None] = _unnamed
    bearer: Callable[[Access], str] = _own_key
    headers: Callable[[Access], Mapping[str, str]] = _nothing
    body: Callable[[Access], Mapping[str, Any]] = _nothing
    stream_usage: bool = True  # False where `stream_options` is refused
    limit_name: str = "max_tokens"  # OpenAI itself calls it max_completion_tokens


def speaks_openai(dialect: Dialect, **facts: Any) -> Provider:
    """A provider that is asked through OpenAI's SDK. `facts` are the other fields of Provider."""
    model = facts["default_model"]
    return Provider(
        build=lambda access, deadlines: _build(access, deadlines, dialect, access.model or model),
        fault=lambda error: _fault(error, dialect),
        close=_close,
        address=dialect.base_url or OPENAI,
        headers=lambda access: _headers(access, dialect),
        **facts,
    )


def _headers(access: Access, dialect: Dialect) -> Mapping[str, str]:
    bearer = dialect.bearer(access)
    return {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **dialect.headers(access)}


def _build(access: Access, deadlines: Deadlines, dialect: Dialect, model: str) -> BaseChatModel:
    """A ChatOpenAI without retries of its own, over aiohttp, which costs less CPU than the SDK's usual transport."""
    import openai  # noqa: PLC0415 - two seconds of imports that a run without a key saves
    from langchain_openai import ChatOpenAI  # noqa: PLC0415

    class PlainChatOpenAI(ChatOpenAI):
        """Asks with dictionaries and takes dictionaries: see `_PlainCompletions`."""

        def _get_request_payload(
            self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
        ) -> dict[str, Any]:
            payload = super()._get_request_payload(input_, stop=stop, **kwargs)
            if "max_completion_tokens" in payload:
                payload[dialect.limit_name] = payload.pop("max_completion_tokens")
            return payload

        def _convert_chunk_to_generation_chunk(
            self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
        ) -> ChatGenerationChunk | None:
            """Keeps what OpenRouter says a call cost, in dollars: langchain-openai drops it."""
            made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
            cost = (chunk.get("usage") or {}).get("cost")
            if made is not None and cost is not None:
                made.message.response_metadata["cost_dollars"] = str(cost)
            return made

    timeout = openai.Timeout(_read_limit(deadlines), connect=deadlines.connect)
    model_of_sdk = PlainChatOpenAI(
        model=model,
        api_key=SecretStr(dialect.bearer(access) or NO_KEY),
        base_url=access.base_url or dialect.base_url or None,
        default_headers=dict(dialect.headers(access)) or None,
        extra_body=dict(dialect.body(access)) or None,
        max_retries=0,
        timeout=timeout,
        http_async_client=openai.DefaultAioHttpClient(timeout=timeout),
        stream_chunk_timeout=None,
        stream_usage=dialect.stream_usage,
        max_completion_tokens=LONGEST_ANSWER,
    )
    model_of_sdk.async_client = _PlainCompletions(model_of_sdk.root_async_client)
    return model_of_sdk


class _PlainCompletions:
    """Stands where langchain-openai has the SDK's `chat.completions`.

    The SDK would walk through a request member by member (for forty tools that costs more than the rest of the
    request) and build typed objects of each event that langchain-openai turns back into dictionaries, which is half of
    a streamed call's CPU. Its `post` does neither, and is still its connections, authentication and errors:
    https://github.com/openai/openai-python#undocumented-endpoints
    """

    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk

    @property
    def with_raw_response(self) -> Any:
        """Whole answers, for routes that do not stream, go through the SDK as it is."""
        return self._sdk.chat.completions.with_raw_response

    async def create(self, *, extra_body: Mapping[str, Any] | None = None, **body: Any) -> Any:
        """The SDK's stream, of decoded events. Raises the SDK's errors."""
        import openai  # noqa: PLC0415 - loaded already by whoever built the model

        return await self._sdk.post(
            "/chat/completions",
            body={**body, **(extra_body or {})},
            cast_to=object,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )


def _read_limit(deadlines: Deadlines) -> float:
    """The socket's own limit lies just above ours, so that a hang is noticed even when nobody waits for it."""
    return max(deadlines.first_token, deadlines.between) + 5


def _fault(error: Exception, dialect: Dialect) -> RouteFault | None:
    """What an error of the OpenAI SDK means, or a refusal that came without it; None for anything else."""
    if isinstance(error, Refused):
        return _refusal(error, error.headers, dialect)
    import openai  # noqa: PLC0415 - loaded already when there is such an error
    from langchain_core.exceptions import ContextOverflowError  # noqa: PLC0415

    if isinstance(error, ContextOverflowError):
        return RouteFault(FaultKind.CONTEXT, "context overflow")
    if isinstance(error, openai.APIConnectionError):
        return RouteFault(FaultKind.TRANSIENT, type(error).__name__)
    if not isinstance(error, openai.APIError):
        return None
    if isinstance(error, openai.APIStatusError):
        return _refusal(error, error.response.headers, dialect)
    code, named = _named(error, dialect)
    if named is None and str(code).isdecimal():  # OpenRouter's errors after a 200 carry the status as their code
        named = _of_status(int(str(code)), dialect)
    return RouteFault(named or FaultKind.TRANSIENT, f"error in the stream {plain_code(code)}".strip())


def _refusal(error: Any, headers: Mapping[str, str], dialect: Dialect) -> RouteFault:
    """What an answer with an error status means."""
    code, named = _named(error, dialect)
    return RouteFault(
        named or _of_status(error.status_code, dialect),
        f"HTTP {error.status_code} {plain_code(code)}".strip(),
        retry_after=retry_after_of(headers),
    )


def _named(error: Any, dialect: Dialect) -> tuple[object, FaultKind | None]:
    """The error's code, and the kind that it or its type names."""
    code = error.code or field_of(error.body, "type") or field_of(error.body, "error", "code")
    return code, dialect.kind(error) or _BY_CODE.get(str(code)) or _BY_CODE.get(str(error.type))


def _of_status(status: int, dialect: Dialect) -> FaultKind:
    return dialect.statuses.get(status) or kind_of_status(status)


async def _close(model: Any) -> None:
    await model.root_async_client.close()
