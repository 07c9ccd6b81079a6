"""`sophia define`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from app.cli import build


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_a_definition_is_shown_with_its_example() -> None:
    shown = CliRunner().invoke(build(), ["define", "renewal rate"])
    assert shown.exit_code == 0
    assert "In March 8 leases ended." in shown.output
    assert "That is 62.5%." in shown.output


def test_without_a_name_all_are_listed() -> None:
    shown = CliRunner().invoke(build(), ["define"])
    assert [line.split()[0] for line in shown.output.splitlines()][:2] == ["occupancy", "delinquency"]


def test_an_unknown_one_exits_with_1() -> None:
    assert CliRunner().invoke(build(), ["define", "happiness"]).exit_code == 1
