"""`sophia people` as an administrator uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    cli, runner = build(), CliRunner()
    return lambda *words: runner.invoke(cli, words)


def test_a_person_is_added_listed_changed_and_removed_on_record(run) -> None:
    assert "Nobody has rights yet" in run("people", "list").output
    added = run("people", "add", "U1", "--name", "Mia Manager", "--role", "property_manager", "--role", "sales")
    assert added.output == "Mia Manager is property_manager, sales for every property.\n"
    assert "Mia Manager  U1          property_manager, sales  every property" in run("people", "list").output
    assert run("people", "remove", "U1").output == "Mia Manager has no rights any more.\n"
    assert "Nobody has rights yet" in run("people", "list").output
    entries = [json.loads(line) for line in run("audit", "show", "--json").output.splitlines()]
    assert [entry["detail"]["roles"] for entry in entries] == [["guest"], ["property_manager", "sales"]]


def test_a_property_that_does_not_exist_is_a_sentence_and_changes_nothing(run) -> None:
    result = run("people", "add", "U1", "--name", "Mia", "--role", "leasing", "--property", "Nowhere")
    assert result.exit_code == 2
    assert "There is no property called Nowhere." in result.stderr
    assert "Nobody has rights yet" in run("people", "list").output


def test_somebody_unknown_cannot_be_removed(run) -> None:
    result = run("people", "remove", "U9")
    assert (result.exit_code, "There is nobody with the id U9." in result.stderr) == (2, True)


def test_a_time_zone_that_nobody_knows_is_a_sentence_and_changes_nothing(run) -> None:
    result = run("people", "add", "U1", "--name", "Mia", "--role", "leasing", "--timezone", "America/Chicgo")
    assert result.exit_code == 2
    assert "“America/Chicgo” is no time zone." in result.stderr
    assert "Did you mean America/Chicago?" in result.stderr
    assert "Nobody has rights yet" in run("people", "list").output


def test_what_people_wrote_is_shown_and_never_obeyed(run) -> None:
    name = "Mia [black on black]hidden[/b] [/"
    assert run("people", "add", "U1", "--name", name, "--role", "leasing").exit_code == 0
    assert name in run("people", "list").output
    shown = run("audit", "show")
    assert shown.exit_code == 0
    assert name in " ".join(shown.output.split())
    switched = run("switch", "off", "bot", "--reason", "broken [/b]")
    assert switched.exit_code == 0
    assert "broken [/b]" in run("switch", "list").output
    missing = run("people", "remove", "U[/b]")
    assert "There is nobody with the id U[/b]." in missing.stderr
