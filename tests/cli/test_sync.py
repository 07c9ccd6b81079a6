"""`sophia sync` as an administrator uses it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build
from app.cli.sync import show
from app.portfolio.sync import SyncReport


@pytest.fixture
def entrata(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Entrata's address: something that listens, so that a call would be noticed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        monkeypatch.setenv("ENTRATA_API_KEY", "not-to-be-sent")
        monkeypatch.setenv("ENTRATA_ORG", "demo")
        monkeypatch.setenv("ENTRATA_BASE_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        yield listening


def test_a_system_that_is_switched_off_is_not_asked_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entrata: socket.socket
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    cli, runner = build(), CliRunner()
    off = runner.invoke(cli, ["switch", "off", "integration:entrata", "--reason", "under repair"])
    assert off.exit_code == 0
    synced = runner.invoke(cli, ["sync"])
    assert synced.exit_code == 1
    assert "under repair" in synced.output
    with pytest.raises(BlockingIOError):
        entrata.accept()


def test_brackets_in_a_vendors_words_are_words_and_not_colours(capsys: pytest.CaptureFixture[str]) -> None:
    report = SyncReport("fake", "Fake", datetime(2026, 3, 18, tzinfo=UTC))
    report.gathered.add("unknown status: [/dim] x", "9 [/]")
    show(report)
    assert "unknown status: [/dim] x (1×, first in 9 [/])" in capsys.readouterr().out
