"""`sophia ingest` and `sophia knowledge`, as an operator types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import build


@pytest.fixture
def handbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "120")
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "pets.md").write_text("---\ntitle: Pets\ndated: 2026-02-01\n---\n# Pets\n\nTwo cats at most.")
    (folder / "scan.pdf").write_bytes(b"not a PDF")
    return folder


def sophia(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


def test_a_folder_is_taken_in_listed_and_what_it_no_longer_holds_forgotten(handbook: Path) -> None:
    first = sophia("ingest", "handbook", "--readers", "role:leasing")
    assert first.exit_code == 1
    assert "+ file:handbook/pets.md  1 passages" in first.output
    assert "! file:handbook/scan.pdf" in first.output
    assert "1 added, 1 unreadable" in first.output

    listed = sophia("knowledge", "list")
    assert "file:handbook/pets.md" in listed.output
    assert "2026-02-01" in listed.output
    assert "role:leasing" in listed.output

    (handbook / "scan.pdf").unlink()
    (handbook / "pets.md").unlink()
    (handbook / "pool.txt").write_text("The pool opens at nine.")
    second = sophia("ingest", "handbook", "--remove")
    assert second.exit_code == 0
    assert "- file:handbook/pets.md  forgotten" in second.output

    gone = sophia("knowledge", "forget", "file:handbook/pool.txt", "file:handbook/never.md")
    assert gone.output.strip() == "1 forgotten, 1 not found."
    assert "No documents yet" in sophia("knowledge", "list").output


def test_a_reader_that_is_none_and_a_site_that_is_not_listed_are_refused(handbook: Path) -> None:
    assert "'boss' is no reader" in sophia("ingest", "handbook", "--readers", "boss").output
    refused = sophia("ingest", "https://docs.example.com/")
    assert refused.exit_code == 1
    assert "docs.example.com is not among the sites I may read" in refused.output
