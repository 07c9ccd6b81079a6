"""A chat model over Replicate's predictions: create, stream or poll, and cancel what nobody waits for any more.

https://replicate.com/docs/reference/http#predictions.create · https://replicate.com/docs/reference/streaming
A stream ends with the event `done`; what ends without it was cut. A model that cannot stream is asked how far it is.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from app.gateways.faults import FaultKind, RouteFault, retry_after_of
from app.gateways.providers import Deadlines
from app.gateways.request import LONGEST_ANSWER

log = structlog.get_logger(__name__)

POLL_EVERY = 0.5  # seconds
CANCEL_SECONDS = 5.0
LONGEST_LINE = 1 << 20  # bytes of one line of a stream
STREAM_HOSTS = (".replicate.com", ".replicate.delivery")
_RUNNING = ("starting", "processing")
_RESETS = re.compile(r"resets in ~?(\d+)s")


class Refused(Exception):
    """Replicate answered with another status than asked for. `retry_after` is in seconds."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after


class PredictionFailed(Exception):
    """A prediction ended otherwise than `succeeded`. `said` is the model's own error and may quote the prompt."""

    def __init__(self, status: str, said: str) -> None:
        super().__init__(status)
        self.status = status
        self.said = said


class ReplicateChat(BaseChatModel):
    """Asynchronous, text only. `more` is merged into each input; a None there takes a field out."""

    model: str
    address: str
    token: str
    more: dict[str, Any]
    deadlines: Deadlines
    _session: aiohttp.ClientSession | None = PrivateAttr(default=None)
    _cancelling: set[asyncio.Task[None]] = PrivateAttr(default_factory=set)

    @property
    def _llm_type(self) -> str:
        return "replicate"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("a ReplicateChat is asynchronous: use ainvoke or astream")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        prediction = await self._created(messages, stop)
        ended = False
        try:
            address = prediction.get("urls", {}).get("stream")
            texts = self._streamed(address) if address else self._polled(prediction)
            async with aclosing(texts):
                async for text in texts:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            ended = True
            yield ChatGenerationChunk(message=await self._last(prediction))
        except PredictionFailed:
            ended = True
            raise
        finally:
            if not ended:
                self._cancel(prediction["id"])

    async def aclose(self) -> None:
        """After the last use."""
        if self._cancelling:
            await asyncio.wait(self._cancelling, timeout=CANCEL_SECONDS)
        if self._session is not None:
            await self._session.close()

    async def _created(self, messages: list[BaseMessage], stop: list[str] | None) -> dict[str, Any]:
        system, prompt = written(messages)
        given: dict[str, Any] = {"prompt": prompt, "system_prompt": system, "max_tokens": LONGEST_ANSWER}
        if stop:
            given["stop_sequences"] = ",".join(stop)
        given = {name: value for name, value in {**given, **self.more}.items() if value not in (None, "")}
        body: dict[str, Any] = {"input": given, "stream": True}
        name, _, version = self.model.partition(":")
        if version:
            body["version"] = version
        path = "/predictions" if version else f"/models/{name}/predictions"
        return await self._asked("POST", path, body, accept=(200, 201))

    async def _streamed(self, address: str) -> AsyncGenerator[str]:
        """The texts of an event stream. Raises PredictionFailed for an error in it, RouteFault when it was cut."""
        self._own(address)
        headers = {**self._headers, "Accept": "text/event-stream", "Cache-Control": "no-store"}
        async with self._client.get(address, headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:
                raise await _refusal(answer)
            async for event, data in _events(answer.content):
                match event:
                    case "output":
                        yield data
                    case "error":
                        raise PredictionFailed("failed", _detail(data))
                    case "done":
                        if reason := _field(data, "reason"):
                            raise PredictionFailed(reason, "")
                        return
                    case _:
                        pass
        raise RouteFault(FaultKind.TRANSIENT, "the stream ended before it was done")

    async def _polled(self, prediction: dict[str, Any]) -> AsyncGenerator[str]:
        """The texts of a prediction that cannot be streamed, as they become known."""
        said = ""
        while True:
            whole = _text(prediction.get("output"))
            if not whole.startswith(said):
                raise RouteFault(FaultKind.NONSENSE, "the output changed while it grew")
            if fresh := whole[len(said) :]:
                said = whole
                yield fresh
            if prediction["status"] not in _RUNNING:
                return
            await asyncio.sleep(POLL_EVERY)
            prediction = await self._asked("GET", f"/predictions/{prediction['id']}")

    async def _last(self, prediction: dict[str, Any]) -> AIMessageChunk:
        """The piece that says that the answer is whole. Raises PredictionFailed when the prediction did not succeed."""
        known = await self._asked("GET", f"/predictions/{prediction['id']}")
        status = str(known.get("status"))
        if status not in ("succeeded", "successful", *_RUNNING):  # a stream may be done a moment before the record is
            raise PredictionFailed(status, str(known.get("error") or ""))
        metrics = known.get("metrics") or {}
        usage = None
        if (given := metrics.get("input_token_count")) is not None:
            made = metrics.get("output_token_count") or 0
            usage = UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
        return AIMessageChunk(
            content="", usage_metadata=usage, response_metadata={"finish_reason": "stop"}, chunk_position="last"
        )

    def _cancel(self, prediction: str) -> None:
        """Nobody waits for it: neither for the prediction nor for this."""

        async def cancelled() -> None:
            try:
                async with asyncio.timeout(CANCEL_SECONDS):
                    await self._asked("POST", f"/predictions/{prediction}/cancel")
            except Exception as failed:
                log.warning("prediction_not_cancelled", error=type(failed).__name__)

        task = asyncio.create_task(cancelled())
        self._cancelling.add(task)
        task.add_done_callback(self._cancelling.discard)

    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, accept: tuple[int, ...] = (200,)
    ) -> dict[str, Any]:
        """The JSON object of an answer. Raises Refused, ValueError for a body that is none, aiohttp.ClientError."""
        address = f"{self.address}{path}"
        async with self._client.request(
            method, address, json=body, headers=self._headers, allow_redirects=False
        ) as answer:
            if answer.status not in accept:
                raise await _refusal(answer)
            found = json.loads(await answer.read())
        if not isinstance(found, dict) or not isinstance(found.get("id"), str) or not _is_id(found["id"]):
            raise ValueError("no prediction in the answer")
        return found

    def _own(self, address: str) -> None:
        """Raises RouteFault for a stream's address that is not Replicate's: the key would go there."""
        there, here = urlsplit(address), urlsplit(self.address)
        same = (there.scheme, there.netloc) == (here.scheme, here.netloc)
        if not same and not (there.scheme == "https" and (there.hostname or "").endswith(STREAM_HOSTS)):
            raise RouteFault(FaultKind.NONSENSE, "the stream's address is somebody else's")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            read = max(self.deadlines.first_token, self.deadlines.between) + 5
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=self.deadlines.connect, sock_read=read)
            self._session = aiohttp.ClientSession(timeout=timeout, read_bufsize=LONGEST_LINE)
        return self._session


def written(messages: list[BaseMessage]) -> tuple[str, str]:
    """The system prompt, and a conversation written out: predictions take one text."""
    system = "\n\n".join(str(one.text) for one in messages if isinstance(one, SystemMessage))
    rest = [one for one in messages if not isinstance(one, SystemMessage)]
    if len(rest) == 1:
        return system, str(rest[0].text)
    lines = [f"{'Assistant' if isinstance(one, AIMessage) else 'User'}: {one.text}" for one in rest]
    return system, "\n\n".join([*lines, "Assistant:"])


async def _events(content: aiohttp.StreamReader) -> AsyncGenerator[tuple[str, str]]:
    """Server-sent events as (event, data): https://html.spec.whatwg.org/multipage/server-sent-events.html. One that is
    not ended by an empty line was cut and is none."""
    event, data = "message", list[str]()
    async for raw in content:
        line = raw.decode().rstrip("\r\n")
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)


async def _refusal(answer: aiohttp.ClientResponse) -> Refused:
    """Replicate tells in words when a limit ends: `Request was throttled. Your rate limit resets in ~30s.`"""
    told = retry_after_of(answer.headers)
    if told is None and answer.status == 429:
        found = _RESETS.search(_detail((await answer.read()).decode(errors="replace")))
        told = float(found[1]) if found else None
    return Refused(answer.status, told)


def _is_id(text: str) -> bool:
    return text.isalnum()


def _detail(text: str) -> str:
    return _field(text, "detail") or text


def _field(text: str, name: str) -> str:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return ""
    return str(found.get(name) or "") if isinstance(found, dict) else ""


def _text(output: Any) -> str:
    """A prediction's output so far: a list of pieces, or a text. Raises ValueError for anything else."""
    if output is None:
        return ""
    pieces = output if isinstance(output, list) else [output]
    if not all(isinstance(piece, str) for piece in pieces):
        raise ValueError("the output is no text")
    return "".join(pieces)
