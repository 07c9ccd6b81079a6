"""The command line itself, before any command."""

from __future__ import annotations

from importlib import metadata

import pytest
from typer.testing import CliRunner

from app.cli import build


def test_the_version_is_told_without_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _name: "1.2.3")  # the tests run without an installed package
    told = CliRunner().invoke(build(), ["--version"])
    assert told.exit_code == 0
    assert told.stdout == "sophia 1.2.3\n"


def test_without_a_command_the_commands_are_listed() -> None:
    told = CliRunner().invoke(build(), [])
    assert "doctor" in told.output
