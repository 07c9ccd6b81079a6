"""`sophia routes` and `sophia why` as an administrator uses them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import FixedClock, RandomIds
from app.gateways.spend import CallContext
from app.gateways.trail.record import CallRecord, Tried
from app.gateways.trail.recorder import TrailRecorder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef01,sk-0123456789abcdef02")
    monkeypatch.setenv("COLUMNS", "240")
    (tmp_path / "data").mkdir()
    cli, runner = build(), CliRunner()
    return lambda *words: runner.invoke(cli, words)


def remember(folder: Path, *calls: tuple[str, list[Tried]]) -> None:
    async def write() -> None:
        db = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'sophia.db'}")
        await upgrade(db)
        for number, (turn, tried) in enumerate(calls):
            clock = FixedClock(datetime.now(UTC) - timedelta(minutes=9 - number))
            recorder = TrailRecorder(db, clock, RandomIds(), str)
            last = tried[-1]
            context = CallContext(turn, "T0SOPHIA", "U1", "C1")
            answered = last.route if last.outcome == "answered" else ""
            recorder.record(CallRecord(context, f"trc-{turn}", "balanced", (), tried, answered, 900))
            await recorder.settle()
        await db.close()

    asyncio.run(write())


def test_routes_that_were_never_asked_are_listed_as_such(run) -> None:
    output = run("routes").output
    assert "openai/gpt-5.4-mini " in output
    assert "openai/gpt-5.4-mini#2" in output
    assert "not asked yet" in output
    assert "sk-" not in output


def test_routes_show_health_speed_failovers_and_cost(run, tmp_path: Path) -> None:
    answered = Tried("openai/gpt-5.4-mini", "answered", True, cost=1500, first_ms=420, total_ms=900)
    failed = Tried("openai/gpt-5.4-mini", "account", True, "HTTP 401", total_ms=30)
    second = Tried("openai/gpt-5.4-mini#2", "answered", True, cost=100, first_ms=500, total_ms=800)
    remember(tmp_path, ("t1", [answered]), ("t2", [failed, second]), ("t3", [Tried("gone/m", "answered", True)]))
    rows = {row["route"]: row for row in json.loads(run("routes", "--json").output)["routes"]}
    first = rows["openai/gpt-5.4-mini"]
    assert (first["state"], first["asked"], first["failed"], first["taken_over"]) == ("last: account", 2, 1, 1)
    assert (first["cost_microdollars"], first["first_ms_p50"], first["faults"]) == (1500, 420, {"account": 1})
    assert rows["openai/gpt-5.4-mini#2"]["state"] == "works"
    assert rows["gone/m"]["state"] == "not set up any more"
    table = run("routes").output
    assert "last: account" in table
    assert "0.4 / 0.4 s" in table


def test_why_lists_turns_and_tells_of_one_by_turn_or_trace_id(run, tmp_path: Path) -> None:
    assert run("why").output == "No call to a model is on record yet.\n"
    left_out = Tried("a/1", "over budget")
    remember(tmp_path, ("t1", [Tried("a/1", "answered", True)]), ("t2", [left_out, Tried("embedded", "answered")]))
    listed = run("why").output.splitlines()
    assert [line.split()[0] for line in listed] == ["Turn", "t2", "t1"]
    told = run("why", "t2").output
    assert told.startswith("Turn t2 (trace trc-t2), asked by U1 in C1 on ")
    assert "1. plan: answered by the embedded planner after 0.9 s, $0.0000; the best chance of a liked answer" in told
    assert "  • a/1: was left out: a budget had no room for it" in told
    assert "  • embedded: answered, at no cost" in told
    assert run("why", "trc-t2").output == told
    assert json.loads(run("why", "t2", "--json").output)[0]["answered"] == "embedded"


def test_a_turn_that_nobody_knows_is_a_sentence(run) -> None:
    result = run("why", "nothing")
    assert result.exit_code == 2
    assert "Nothing is known of a turn “nothing”." in result.stderr
