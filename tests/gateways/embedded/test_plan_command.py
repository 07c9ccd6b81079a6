"""`sophia plan`: lines in, plans out, nothing executed; a bad line is named and the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli import plan as command
from tests.gateways.embedded.conftest import DATA

NAMES = str(DATA / "nasty_gazetteer.json")


@pytest.fixture
def cli() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return app


def invoke(cli: typer.Typer, lines: str, *options: str, names: str = NAMES) -> tuple[int, str, str]:
    arguments = ["plan", "--now", "2026-03-18T10:30", "--names", names, *options]
    done = CliRunner().invoke(cli, arguments, input=lines)
    return done.exit_code, done.stdout, done.stderr


def test_each_line_gets_its_plan(cli: typer.Typer, tmp_path: Path) -> None:
    lines = [
        {"id": "a", "utterance": "occupancy at union"},
        {"id": "b", "utterance": "and at villa rosa?", "context": [
            {"user": "occupancy at union", "call": {"name": "get_occupancy", "arguments": {"property": "Union"}}}]},
        {"id": "c", "utterance": "hi"},
    ]  # fmt: skip
    code, out, err = invoke(cli, "\n".join(map(json.dumps, lines)), "--cache", str(tmp_path))
    plans = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [p["id"] for p in plans] == ["a", "b", "c"]
    assert [p["action"] for p in plans] == ["call", "call", "chitchat"]
    assert plans[1]["calls"] == [{"name": "get_occupancy", "arguments": {"property": "Villa Rosa"}}]
    assert set(plans[0]) == {"id", "action", "calls", "confidence"}
    bad = 'nonsense\n{"id": 1}\n[]\n{"id": "x", "utterance": "hi", "context": 5}\n{"id": "z", "utterance": "hi"}\n'
    code, out, err = invoke(cli, bad, "--cache", str(tmp_path))
    assert code == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["z"]
    assert [line.split(":")[0] for line in err.splitlines()] == ["line 1", "line 2", "line 3", "line 4"]


@pytest.mark.parametrize("content", ["not json", "[1]", '{"residents": 5}', '{"team": [7]}'])
def test_a_bad_names_file_stops_with_a_sentence(cli: typer.Typer, tmp_path: Path, content: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(content)
    code, out, err = invoke(cli, "", names=str(path))
    assert (code, out) == (2, "")
    assert str(path) in err


def test_a_bad_moment_stops_with_a_sentence(cli: typer.Typer) -> None:
    done = CliRunner().invoke(cli, ["plan", "--now", "yesterday"])
    assert done.exit_code == 2
    assert "2026-03-18T10:30" in done.stderr
