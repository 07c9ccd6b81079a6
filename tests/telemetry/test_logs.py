"""Logs carry the trace id and never a secret, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.security.redaction import Redactor
from app.telemetry.logs import configure_logs
from app.telemetry.trace import current_trace_id, trace


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    before = (logging.getLogger().handlers[:], logging.getLogger().level)
    configure_logs("info", "json", Redactor(["canary-secret"]).value, stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before[0]
    logging.getLogger().setLevel(before[1])


def test_a_line_is_json_with_time_level_and_trace(lines: io.StringIO) -> None:
    with trace("t-1"):
        structlog.get_logger().info("turn_done", tool="look", seconds=0.5)
    line = json.loads(lines.getvalue())
    assert {
        "event": "turn_done",
        "level": "info",
        "trace": "t-1",
        "tool": "look",
        "seconds": 0.5,
    }.items() <= line.items()
    assert line["timestamp"].endswith("Z")
    assert current_trace_id() == ""


def test_secrets_are_hidden_in_events_values_names_and_exceptions(lines: io.StringIO) -> None:
    try:
        raise RuntimeError("login with canary-secret failed")
    except RuntimeError:
        structlog.get_logger().exception("failed canary-secret", api_key="anything", deep={"a": ["canary-secret"]})
    logging.getLogger("library").warning("sending %s", "canary-secret")
    logging.getLogger("library").error("Authorization: Bearer abcdef123456")
    written = lines.getvalue()
    assert "RuntimeError" in written
    for secret in ("canary", "anything", "abcdef123456"):
        assert secret not in written


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("noise")
    logging.getLogger("library").debug("noise")
    assert lines.getvalue() == ""
