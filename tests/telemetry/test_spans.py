"""Spans of a whole turn, at a real OTLP receiver: what is sent, that the trace is the log's, and that nothing of what
people said, nor a key, is in it. Without a collector nothing is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Fail, Match
from llmock.testing import LLMockServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import SystemClock
from app.domain.principal import Principal, Role, Surface
from app.domain.turn import Conversation, Turn
from app.house import open_house
from app.security.people import Member, upsert_people
from app.settings import Settings, load_settings
from app.telemetry import spans
from tests.agent.town import Watcher
from tests.knowledge.shelves import page
from tests.test_embeddings_in_the_house import Vendor, vendor

__all__ = ["vendor"]  # the fixture

QUESTION = "what is the monthly zebra pet fee"
SAYS = "The zebra pet fee is $35."
KEY, HEADER = "sk-model-0123456789abcdef", "collector-key-0123456789"


@dataclass
class Collector:
    """Speaks OTLP/HTTP with protobuf: https://opentelemetry.io/docs/specs/otlp/#otlphttp"""

    url: str = ""
    headers: list[Any] = field(default_factory=list)
    raw: bytes = b""
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    async def export(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        body = await request.read()
        self.raw += body
        self.headers.append(request.headers)
        sent = ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.services.add(named["service.name"])
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, content_type="application/x-protobuf")

    def of(self, operation: str) -> list[Span]:
        return [one for one in self.spans if said(one).get("gen_ai.operation.name") == operation]


def said(one: Span) -> dict[str, Any]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in one.attributes}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    made = Collector()
    application = web.Application()
    application.router.add_post("/v1/traces", made.export)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = str(site.name)
    yield made
    await runner.cleanup()


@pytest.fixture
async def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vendor: Vendor, collector: Collector
) -> AsyncIterator[Settings]:
    monkeypatch.chdir(tmp_path)
    with LLMockServer() as server:
        for name, value in {
            "DATA_DIR": str(tmp_path / "data"),
            "WORKSPACE_ID": "T1",
            "EMBEDDER": "openai",
            "OPENAI_API_KEY": "sk-vectors-0123456789abcdef",
            "OPENAI_BASE_URL": vendor.url,
            "MODEL_ORDER": "compatible,anthropic",
            "COMPATIBLE_BASE_URL": LLMock(server).base_url("openai"),
            "COMPATIBLE_MODEL": "gpt-4o-mini",
            "COMPATIBLE_API_KEY": KEY,
            "ANTHROPIC_API_KEY": f"sk-ant-{KEY}",
            "ANTHROPIC_MODEL": "claude-haiku-4-5",
            "ANTHROPIC_BASE_URL": LLMock(server).base_url("anthropic"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={HEADER}",
            "LOG_FORMAT": "json",
        }.items():
            monkeypatch.setenv(name, value)
        llm = LLMock(server).tool_mode("off")
        llm.add(Fail(503, times=None, match=Match(provider="openai")))
        llm.call_tool("search_knowledge", {"query": QUESTION})
        llm.reply(SAYS)
        loaded = load_settings()
        loaded.data_dir.mkdir()
        db = Database(loaded.async_database_url)
        await upgrade(db)
        await upsert_people(db, "T1", [Member("U1", "Ana Zebra", frozenset({Role.ADMIN}))])
        await db.close()
        yield loaded


async def answered(settings: Settings) -> str:
    """Asks once in a house of its own; returns the trace id of the answer."""
    ana = Principal("T1", "U1", "Ana Zebra", frozenset({Role.ADMIN}))
    async with open_house(settings) as house:
        pets = "# Pets\n\nA household may keep one zebra. The monthly zebra pet fee is $35."
        await house.library.take_in("T1", page("pets.md", pets))
        turn = Turn("turn-1", ana, QUESTION, Surface.SLACK, Conversation("C1", "1.0"), SystemClock().now())
        answer = await house.agent.run(turn, Watcher())
        assert answer.text == SAYS
    return answer.trace_id


async def test_a_turn_is_one_trace_with_its_models_tools_and_calls(
    settings: Settings, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    trace_id = await answered(settings)
    assert len(trace_id) == 32
    turn = [one for one in collector.spans if one.trace_id.hex() == trace_id]
    (agent,) = [one for one in turn if said(one).get("gen_ai.operation.name") == "invoke_agent"]
    assert (agent.name, agent.kind, agent.parent_span_id) == ("invoke_agent Sophia", Span.SPAN_KIND_INTERNAL, b"")
    assert said(agent)["sophia.turn.id"] == "turn-1"
    assert said(agent)["sophia.answer.kind"] == "answer"

    chats = [one for one in turn if said(one).get("gen_ai.operation.name") == "chat"]
    assert {(one.name, said(one)["sophia.outcome"]) for one in chats} == {
        ("chat gpt-4o-mini", "transient"),
        ("chat claude-haiku-4-5", "answered"),
    }
    assert all(one.parent_span_id == agent.span_id and one.kind == Span.SPAN_KIND_CLIENT for one in chats)
    whole = next(said(one) for one in chats if said(one)["sophia.outcome"] == "answered")
    assert (whole["gen_ai.provider.name"], whole["gen_ai.request.model"]) == ("anthropic", "claude-haiku-4-5")
    assert whole["gen_ai.usage.input_tokens"] > 0
    assert whole["gen_ai.usage.output_tokens"] > 0
    failed = next(one for one in chats if said(one)["sophia.outcome"] == "transient")
    assert said(failed)["error.type"] == "transient"
    assert failed.status.code == 2  # error

    (tool,) = [one for one in turn if said(one).get("gen_ai.operation.name") == "execute_tool"]
    assert (tool.name, tool.parent_span_id) == ("execute_tool search_knowledge", agent.span_id)
    embedded = [one for one in turn if said(one).get("gen_ai.operation.name") == "embeddings"]
    assert embedded
    assert all(one.parent_span_id == tool.span_id for one in embedded)
    outbound = [one for one in turn if one.name == "POST openai_embeddings/embed"]
    assert all(one.parent_span_id == tool.span_id for one in outbound)
    assert said(outbound[0])["http.response.status_code"] == 200
    assert said(outbound[0])["server.address"] == "127.0.0.1"
    inside = [one for one in turn if one is not agent]
    assert all(agent.start_time_unix_nano <= one.start_time_unix_nano <= one.end_time_unix_nano for one in inside)

    line = next(json.loads(line) for line in capsys.readouterr().err.splitlines() if "turn_answered" in line)
    assert line["trace"] == trace_id
    assert collector.services == {"sophia"}
    assert {one["x-api-key"] for one in collector.headers} == {HEADER}


async def test_nothing_that_people_said_and_no_key_is_in_a_trace(settings: Settings, collector: Collector) -> None:
    await answered(settings)
    assert collector.spans
    for secret in (b"zebra", b"Zebra", b"$35", b"pet fee", KEY.encode(), b"sk-vectors", HEADER.encode(), b"Ana"):
        assert secret not in collector.raw, secret


async def test_a_collector_that_is_down_harms_nobody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    await answered(load_settings())


def test_a_span_whose_block_breaks_is_named_by_its_kind_without_its_text() -> None:
    class Made:
        marks: list[Any] = []  # noqa: RUF012 - one for the test

        def set_attribute(self, name: str, value: object) -> None:
            self.marks.append((name, value))

        def fail(self) -> None:
            self.marks.append("failed")

    class Sink:
        def begin(self, *_: object) -> Made:
            return Made()

        def end(self, *_: object) -> None:
            Made.marks.append("ended")

    spans.send_to(Sink())
    try:
        with pytest.raises(ValueError, match="secret"), spans.span("a", "internal", {}):
            raise ValueError("a secret")
        with pytest.raises(ValueError, match="secret"), spans.span("b", "internal", {}) as told:
            told.failed("vendor_refused")
            raise ValueError("a secret")
    finally:
        spans.send_to(None)
    assert Made.marks == [
        ("error.type", "ValueError"),
        "failed",
        "ended",
        ("error.type", "vendor_refused"),
        "failed",
        "ended",
    ]


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    # DBOS loads the SDK by itself; ours is the exporter and what leads to it.
    code = "import sys, app.main, app.telemetry.spans; print([name for name in sys.modules if 'otlp' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(autouse=True)
def plain_logs() -> AsyncIterator[None]:
    yield
    structlog.reset_defaults()
