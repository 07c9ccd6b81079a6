"""`sophia audit` and `sophia switch` as an administrator uses them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AUDIT_ANCHOR", str(tmp_path / "elsewhere" / "heads.jsonl"))
    monkeypatch.setenv("COLUMNS", "200")
    cli, runner = build(), CliRunner()
    return lambda *words: runner.invoke(cli, words)


def test_a_switch_thrown_is_listed_on_record_and_can_be_undone(run) -> None:
    assert run("switch", "off", "tool:send_sms", "--reason", "drill").output == "tool:send_sms is off.\n"
    assert "tool:send_sms (T0SOPHIA), off since" in run("switch", "list").output
    assert run("switch", "on", "tool:send_sms").output == "tool:send_sms is on.\n"
    assert run("switch", "list").output == "Everything is on.\n"
    newest = [json.loads(line) for line in run("audit", "show", "--json").output.splitlines()]
    assert [(entry["action"], entry["subject"]) for entry in newest] == [
        ("switch.on", "tool:send_sms"),
        ("switch.off", "tool:send_sms"),
    ]
    assert "switch.off" in run("audit", "show").output


def test_a_switch_that_does_not_exist_is_a_sentence(run) -> None:
    result = run("switch", "off", "everything")
    assert result.exit_code == 2
    assert "There is no switch “everything”." in result.stderr


def test_a_whole_record_verifies_and_a_cut_one_does_not(run, tmp_path: Path) -> None:
    assert run("audit", "verify").output.startswith("The record is empty.")
    for number in range(3):
        run("switch", "off", f"tool:t{number}")
    assert run("audit", "anchor").output == "Anchored 1 chain.\n"
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "T0SOPHIA: 3 entries, nothing was changed, anchored up to entry 3." in whole.output
    with sqlite3.connect(tmp_path / "data" / "sophia.db") as database:
        database.execute("DELETE FROM audit_entries")
        database.execute("DELETE FROM audit_heads")
    cut = run("audit", "verify")
    assert cut.exit_code == 1
    assert "T0SOPHIA: entries 1 to 3 were cut off the end." in cut.output


def test_a_damaged_anchor_file_is_a_sentence(run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "heads.jsonl").write_text("not json\n")
    result = run("audit", "verify")
    assert result.exit_code == 2
    assert "is not a file of audit anchors" in result.stderr


def test_without_an_anchor_the_command_says_what_to_set(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIT_ANCHOR")
    result = run("audit", "anchor")
    assert result.exit_code == 2
    assert "Set AUDIT_ANCHOR" in result.stderr
