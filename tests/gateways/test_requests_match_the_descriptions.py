"""What is sent to a model is as its vendor describes it: questions, threads, tools and their results, forced calls. The
descriptions are read from `../shared`, never copied."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from app.gateways.providers import Access, Deadlines, discover

CHAT = "CreateChatCompletionRequest"
DESCRIBED = {
    "openai": ("openai/openai.trimmed.json", CHAT),
    "compatible": ("openai/openai.trimmed.json", CHAT),
    "portkey": ("openai/openai.trimmed.json", CHAT),
    "kong": ("openai/openai.trimmed.json", CHAT),
    "together": ("together/openapi.yaml", "ChatCompletionRequest"),
    "anthropic": ("anthropic/anthropic_hosted_spec_2024-11.json", "CreateMessageParams"),
}
UNLISTED = {"together": {"stream_options"}}
"""Together's file lists no way to ask for a stream's usage; only Cohere is known to refuse the usual one."""
CALL = {"name": "get_occupancy", "args": {"property": "Maple Grove"}, "id": "call_1", "type": "tool_call"}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_occupancy",
        "description": "How full a community is",
        "parameters": {"type": "object", "properties": {"property": {"type": "string"}}, "required": ["property"]},
    },
}
TALKS: dict[str, list[BaseMessage]] = {
    "a question": [SystemMessage("You are Sophia."), HumanMessage("How full is Maple Grove?")],
    "a tool's result": [
        SystemMessage("You are Sophia."),
        HumanMessage("How full is Maple Grove?"),
        AIMessage("", tool_calls=[CALL]),
        ToolMessage('{"occupied": 188}', tool_call_id="call_1"),
    ],
    "a thread": [HumanMessage("Hi"), AIMessage("Hello. What can I do?"), HumanMessage("Maple Grove’s occupancy? ☕")],
}


class Description:
    """A vendor's OpenAPI file, as far as a request's body is concerned. Fields it does not list are problems."""

    def __init__(self, file: Path, request: str, unlisted: Set[str] = frozenset()) -> None:
        loaded: dict[str, Any] = (yaml.safe_load if file.suffix == ".yaml" else json.loads)(file.read_text("utf-8"))
        loaded = _with_the_slips_mended(loaded)
        schemas = loaded["components"]["schemas"]
        self._known = _fields(schemas[request], schemas) | unlisted
        whole = {"$ref": f"#/components/schemas/{request}", "components": loaded["components"]}
        self._validator = Draft202012Validator(whole)

    def problems(self, body: dict[str, Any]) -> list[str]:
        unknown = [f"{name} is not described" for name in sorted(set(body) - self._known)]
        return unknown + [f"{error.json_path}: {error.message[:200]}" for error in self._validator.iter_errors(body)]


def _with_the_slips_mended(node: Any) -> Any:
    """Three slips: Anthropic's file has `"type": null` where another has no type. Together's writes OpenAPI 3.0's
    `nullable`, and wants in a call that is sent back (and in the choice of a tool) what only its answers have."""
    if isinstance(node, list):
        return [_with_the_slips_mended(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _with_the_slips_mended(one) for name, one in node.items() if not (name == "type" and one is None)}
    if made.pop("nullable", None) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    required = made.get("required")
    if isinstance(required, list) and set(required) == {"id", "type", "function", "index"}:
        made["required"] = ["type", "function"]
        function = made["properties"]["function"]
        made = {**made, "properties": {**made["properties"], "function": {**function, "required": ["name"]}}}
    return made


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return _fields(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    inner = [_fields(part, schemas) for part in schema.get("allOf", [])]
    return set(schema.get("properties", {})).union(*inner)


@dataclass
class Listening:
    """Takes requests and refuses them, for only what was sent counts here."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(asked.partition("content-length: ")[2].partition("\r\n")[0])
        self.bodies.append(json.loads(await reader.readexactly(length)))
        writer.write(
            b"HTTP/1.1 400 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def listening() -> AsyncIterator[Listening]:
    made = Listening()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("choice", [None, "auto", "get_occupancy"])
@pytest.mark.parametrize("road", DESCRIBED)
async def test_a_request_is_as_its_vendor_describes_it(
    road: str, choice: str | None, talk: str, listening: Listening, shared: Path
) -> None:
    file, request = DESCRIBED[road]
    described = Description(shared / "specs" / file, request, UNLISTED.get(road, set()))
    provider = discover()[road]
    address = listening.url if road == "anthropic" else f"{listening.url}/v1"
    model = provider.build(Access("k-own", "gpt-4o-mini", address), Deadlines())
    needs_tools = choice is not None or talk == "a tool's result"
    bound = model.bind_tools([TOOL], **({"tool_choice": choice} if choice else {})) if needs_tools else model
    with pytest.raises(Exception, match="400"):
        async for _ in bound.astream(TALKS[talk], {"callbacks": []}):
            pass
    await provider.close(model)
    problems = described.problems(listening.bodies[0])
    assert not problems, "\n".join(problems)


async def test_a_wrong_request_is_noticed(shared: Path) -> None:
    described = Description(shared / "specs/openai/openai.trimmed.json", CHAT)
    good = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
    assert described.problems(good) == []
    assert described.problems({**good, "max_output": 5}) == ["max_output is not described"]
    assert described.problems({**good, "messages": [{"role": "user"}]}) != []
    assert described.problems({**good, "tools": [{"type": "function"}]}) != []
