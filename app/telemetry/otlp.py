"""Sends spans over OTLP/HTTP, in the background, to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/. OpenTelemetry's own settings for batching and sampling hold
(OTEL_BSP_…, OTEL_TRACES_SAMPLER). The provider is ours alone: libraries that would trace by themselves find none.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.util.re import parse_env_headers

from app.telemetry.spans import Attributes, Kind
from app.telemetry.trace import current_trace_id

_KINDS = {"internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT}
_HEX = re.compile(r"[0-9a-f]{32}")
_NO_PARENT = Context()
TRACES = "/v1/traces"


class _OurTraceIds(IdGenerator):
    """A trace has the id that the log has."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_span_id(self) -> int:
        return self._random.generate_span_id()

    def generate_trace_id(self) -> int:
        ours = current_trace_id()
        if not ours:
            return self._random.generate_trace_id()
        return int(ours if _HEX.fullmatch(ours) else hashlib.sha256(ours.encode()).hexdigest()[:32], 16)


class _Made:
    """A span, and the context in which those inside it begin."""

    def __init__(self, span: Any) -> None:
        self._span = span
        self.context = set_span_in_context(span, _NO_PARENT)
        self.set_attributes, self.set_attribute, self.end = span.set_attributes, span.set_attribute, span.end

    def fail(self) -> None:
        self._span.set_status(Status(StatusCode.ERROR))


class OtlpSink:
    """`app.telemetry.spans.Sink`. `headers` as OTEL_EXPORTER_OTLP_HEADERS has them: `key=value, key=value`; `redact`
    takes secrets out of text."""

    def __init__(
        self, endpoint: str, *, headers: str, service: str, version: str, redact: Callable[[str], str]
    ) -> None:
        exporter = OTLPSpanExporter(
            endpoint=endpoint.rstrip("/") + TRACES, headers=parse_env_headers(headers, liberal=True)
        )
        resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: version})
        self._provider = TracerProvider(resource=resource, id_generator=_OurTraceIds(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("sophia", version)
        self._redact = redact

    def begin(self, name: str, kind: Kind, attributes: Attributes, parent: object, began_ns: int | None) -> _Made:
        context = parent.context if isinstance(parent, _Made) else _NO_PARENT
        clean = {key: self._redact(value) if isinstance(value, str) else value for key, value in attributes.items()}
        span = self._tracer.start_span(
            name,
            context,
            _KINDS[kind],
            clean,
            start_time=began_ns,
            record_exception=False,
            set_status_on_exception=False,
        )
        return _Made(span)

    def end(self, made: _Made, ended_ns: int | None) -> None:
        made.end(ended_ns)

    async def aclose(self) -> None:
        """Sends what is left; the exporter waits a bounded time for a collector that does not answer."""
        await asyncio.to_thread(self._provider.shutdown)
