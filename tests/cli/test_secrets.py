"""`sophia secrets` as an administrator uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build

KEY = "sk-stored-canary-4711"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    cli, runner = build(), CliRunner()
    return lambda *words, value="": runner.invoke(cli, words, input=value)


def test_a_secret_is_stored_listed_by_name_and_on_record_but_never_shown(run) -> None:
    assert run("secrets", "list").output == "No secret is stored.\n"
    stored = run("secrets", "set", "OPENAI_API_KEY", value=f"{KEY}\n")
    assert stored.output.startswith(
        "OPENAI_API_KEY is stored. Processes that run take up a model's key within a minute"
    )
    listed = run("secrets", "list").output
    assert listed.splitlines()[1].split() == ["OPENAI_API_KEY", "this", "one"]
    record = run("audit", "show", "--json").output
    assert [(entry["action"], entry["subject"]) for entry in map(json.loads, record.splitlines())] == [
        ("secret.set", "OPENAI_API_KEY")
    ]
    assert KEY not in stored.output + listed + record


def test_a_secret_is_forgotten_once(run) -> None:
    run("secrets", "set", "openai_api_key", value=KEY)
    assert run("secrets", "delete", "OPENAI_API_KEY").output.startswith("OPENAI_API_KEY is forgotten.")
    again = run("secrets", "delete", "OPENAI_API_KEY")
    assert (again.exit_code, again.stderr.splitlines()[0]) == (2, "✗ No secret OPENAI_API_KEY is stored.")
    assert run("secrets", "list").output == "No secret is stored.\n"
    assert '"secret.delete"' in run("audit", "show", "--json").output


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OPENAI_APIKEY", KEY, "OPENAI_APIKEY is no secret that can be stored."),
        ("SECRET_KEY", KEY, "SECRET_KEY is no secret that can be stored."),
        ("DATABASE_URL", KEY, "DATABASE_URL is no secret that can be stored."),
        ("OPENAI_API_KEY", "  \n", "There was no value to store."),
        ("SLACK_BOT_TOKEN", KEY, "SLACK_BOT_TOKEN: must start with xoxb-"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(run, name: str, value: str, sentence: str) -> None:
    result = run("secrets", "set", name, value=value)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert KEY not in result.output + result.stderr
    assert run("secrets", "list").output == "No secret is stored.\n"


def test_the_environment_wins_and_this_is_said(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    assert "The environment sets it too, and wins." in run("secrets", "set", "OPENAI_API_KEY", value=KEY).output
    assert run("secrets", "list").output.splitlines()[1].split() == ["OPENAI_API_KEY", "the", "environment's"]


def test_the_variable_of_a_provider_that_settings_do_not_know_can_be_stored(run) -> None:
    assert run("secrets", "set", "COMPATIBLE_API_KEY", value=KEY).exit_code == 0


def test_after_a_rotation_of_the_secret_key_the_old_one_can_go(run, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = ("b2xk" * 11 + "b2w=", "bmV3" * 11 + "bmU=")
    monkeypatch.setenv("SECRET_KEY", old)
    run("secrets", "set", "OPENAI_API_KEY", value=KEY)
    monkeypatch.setenv("SECRET_KEY", new)
    monkeypatch.setenv("SECRET_KEY_PREVIOUS", old)
    assert run("secrets", "rotate").output == "1 stored secret moved to the current SECRET_KEY.\n"
    assert run("secrets", "rotate").output == "0 stored secrets moved to the current SECRET_KEY.\n"
    monkeypatch.delenv("SECRET_KEY_PREVIOUS")
    rows = {row["integration"]: row for row in json.loads(run("doctor", "--offline", "--json").output)}
    assert (rows["openai"]["state"], rows["openai"]["stored"]) == ("set", ["OPENAI_API_KEY"])


def test_doctor_says_which_values_are_stored(run) -> None:
    run("secrets", "set", "OPENAI_API_KEY", value=KEY)
    shown = run("doctor", "--offline").output
    assert "(stored: OPENAI_API_KEY)" in shown
    assert KEY not in shown


def test_doctor_goes_on_without_a_secret_that_cannot_be_opened_and_says_so(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("secrets", "set", "OPENAI_API_KEY", value=KEY)
    monkeypatch.setenv("SECRET_KEY", "bmV3" * 11 + "bmU=")
    result = run("doctor", "--offline")
    assert "can't be opened" in result.stderr
    assert "ready" in result.stdout
