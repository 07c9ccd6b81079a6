"""`sophia import` as an administrator uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build
from tests.conftest import ROOT

SAMPLES = ROOT / "docs" / "samples"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_a_file_is_imported_and_its_bad_rows_are_named(cli: CliRunner, tmp_path: Path) -> None:
    units = (SAMPLES / "unit-list.csv").read_text() + "Maple Grove,105,A1,1,1,700,[red]lots,Vacant,,\n"
    (tmp_path / "units.csv").write_text(units)
    done = cli.invoke(build(), ["import", "units.csv", "--create-properties", "--rejects", "out"])
    assert done.exit_code == 1
    assert "4 records" not in done.output
    assert "5 records added, 0 changed, 0 the same. 1 of 5 rows could not be taken." in done.output
    assert "Market Rent: “[red]lots” is no amount" in done.output
    assert "1 row of totals left out" in done.output
    assert (tmp_path / "out" / "units.rejects.csv").read_text(encoding="utf-8").count("\n") == 2

    again = cli.invoke(build(), ["import", str(SAMPLES / "unit-list.csv"), "--as-of", "2020-01-01"])
    assert again.exit_code == 0
    assert "0 records added, 0 changed, 4 the same" in again.output


def test_a_dry_run_says_so(cli: CliRunner) -> None:
    done = cli.invoke(build(), ["import", str(SAMPLES / "unit-list.csv"), "--create-properties", "--dry-run"])
    assert done.exit_code == 0
    assert "5 records would be added" in done.output
    assert "Nothing was changed" in done.output


def test_one_bad_file_does_not_stop_the_others(cli: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("call the plumber\n")
    files = ["notes.csv", "gone.csv", str(SAMPLES / "unit-list.csv")]
    done = cli.invoke(build(), ["import", *files, "--create-properties"])
    assert done.exit_code == 1
    assert "“notes.csv” has no header row that I know." in done.output
    assert "There is no file gone.csv." in done.output
    assert "unit-list.csv is a unit list" in done.output


def test_a_day_must_be_one(cli: CliRunner) -> None:
    for day in ("yesterday", "2999-01-01"):
        assert cli.invoke(build(), ["import", "x.csv", "--as-of", day]).exit_code != 0


def test_the_help_names_the_kinds(cli: CliRunner) -> None:
    shown = cli.invoke(build(), ["import", "--help"]).output
    assert "unit-list, rent-roll, resident-list, ledger, budget or comps" in " ".join(shown.split())
