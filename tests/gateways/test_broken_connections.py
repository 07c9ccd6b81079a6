"""What breaks below HTTP, on every road, through real sockets: nothing of it is an answer, and nothing of it hangs."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from app.gateways.models import ChatModels
from app.gateways.providers import Access, Deadlines
from tests.gateways.standins import PLANNER_SAYS, FixedPlanner, Hand, Uses, streamed, turn_model
from tests.gateways.test_roads import ROADS, chunk, event

SHORT = Deadlines(connect=0.4, first_token=0.4, between=0.4, floor=0.4)
HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
WORDS = {road: chunk("All is") for road in ROADS} | {
    "anthropic": "".join(
        f"event: {name}\n{event({'type': name, **more})}"
        for name, more in (
            (
                "message_start",
                {
                    "message": {
                        "id": "m1",
                        "type": "message",
                        "role": "assistant",
                        "model": "m",
                        "content": [],
                        "stop_reason": None,
                        "stop_sequence": None,
                        "usage": {"input_tokens": 5, "output_tokens": 1},
                    }
                },
            ),
            ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
            ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": "All is"}}),
        )
    )
}


@dataclass
class Breaking:
    """Takes a request, sends `sent`, and then resets the connection, closes it, or says nothing more."""

    sent: str = ""
    then: str = "close"
    url: str = ""
    asked: int = 0
    held: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        writer.write(self.sent.encode())
        await writer.drain()
        match self.then:
            case "hang":
                self.held.append(writer)
            case "reset":  # closing with a linger of 0 sends RST
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            case _:
                writer.close()


@pytest.fixture
async def breaking() -> AsyncIterator[Breaking]:
    made = Breaking()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    yield made
    server.close()
    for writer in made.held:
        writer.close()


# What is sent before it breaks ({words} in the road's own protocol), and what follows.
FAULTS = {
    "reset before headers": ("", "reset"),
    "closed before headers": ("", "close"),
    "hang before headers": ("", "hang"),
    "hang after headers": (HEAD + "\r\n", "hang"),
    "reset after some words": (HEAD + "\r\n{words}", "reset"),
    "stall after some words": (HEAD + "\r\n{words}", "hang"),
    "half a body": (HEAD + "content-length: 90000\r\n\r\n{words}", "close"),
}


async def answered_without(road: str, url: str) -> tuple[str, list[tuple[str, str]]]:
    """What a person reads when this road is the only one, and what was tried."""

    async def no_pause(seconds: float) -> None: ...

    models = ChatModels(
        access={road: Access("k-own", "some-model", url)},
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        deadlines=SHORT,
        monotonic=Hand(),
        pause=no_pause,
    )
    model = turn_model(models)
    _, whole = await streamed(model)
    assert models.routes[0].breaker.troubled
    await models.aclose()
    return str(whole.text), model.trail.tried


@pytest.mark.parametrize("road", WORDS)
@pytest.mark.parametrize("broken", FAULTS)
async def test_a_broken_connection_of_any_road_is_left_in_time_and_never_taken_for_whole(
    road: str, broken: str, breaking: Breaking
) -> None:
    sent, breaking.then = FAULTS[broken]
    breaking.sent = sent.replace("{words}", WORDS[road])
    text, tried = await answered_without(road, breaking.url)
    assert text.endswith(PLANNER_SAYS)
    assert {why for _, why in tried[:-1]} == {"transient"}
    assert tried[-1] == ("embedded", "answered")
    assert breaking.asked == len(tried) - 1 <= 2  # the SDK tries nothing by itself


@pytest.mark.parametrize("road", WORDS)
async def test_a_refused_connection_of_any_road_is_left_at_once(road: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        text, tried = await answered_without(road, f"http://127.0.0.1:{nobody.getsockname()[1]}/v1")
    assert text == PLANNER_SAYS
    assert {why for _, why in tried[:-1]} == {"transient"}
