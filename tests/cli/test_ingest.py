"""`sophia ingest` and `sophia knowledge`, as an operator types them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from typer.testing import CliRunner, Result

from app.cli import build
from app.cli.core import intake
from app.cli.core.intake import Kept, files, of_file
from app.knowledge.library import Arriving, TakenIn
from tests.knowledge.shelves import page


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


def test_what_cannot_be_opened_is_named_and_the_rest_is_taken_in(
    handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handbook / "scan.pdf").unlink()
    (handbook / "Fees & #2.md").write_text("# Fees\n\nParking is $40.")
    with (handbook / "film.txt").open("wb") as film:
        film.truncate(101 * 2**20)
    (handbook / "locked.md").write_text("x")
    read = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path.name == "locked.md":
            raise PermissionError(13, "Permission denied")
        assert path.name != "film.txt", "a file that is too large must not come into memory"
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    done = sophia("ingest", "handbook", "--link", "https://files.example.com")
    assert done.exit_code == 1
    assert "! file:handbook/locked.md  “locked.md” can't be opened: Permission denied." in done.output
    assert "“film.txt” has 101 MB" in done.output
    assert "2 added, 2 unreadable" in done.output.replace("2 unreadable, 2 added", "2 added, 2 unreadable")


def test_a_file_is_cited_under_an_address_that_opens(handbook: Path) -> None:
    kept = Kept(frozenset({"everyone"}), "https://files.example.com/")
    name, path = next(one for one in files("handbook") if one[0].endswith("pets.md"))
    arriving = of_file(name.replace("pets", "pets & #2"), path, kept)
    assert isinstance(arriving, Arriving)
    assert arriving.link == "https://files.example.com/handbook/pets%20%26%20%232.md"


def test_an_evaluation_brings_an_older_database_up_first(handbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_API_KEY", "pat-test")  # a system is set up, so the configured database is asked
    (handbook.parent / "data").mkdir()
    candidates = sophia("eval", "candidates")
    assert candidates.exit_code == 0, candidates.output
    asked = handbook.parent / "asked.yaml"
    asked.write_text("questions:\n- {id: a, ask: how many cats, documents: [pets]}\n")
    told = sophia("eval", "answers", str(asked))
    assert "There are no documents yet" in told.output, told.output


def test_of_a_site_what_is_gone_is_forgotten_and_what_could_not_be_reached_is_not(
    handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, outcomes = "https://docs.example.com/hb", dict[str, Literal["", "unreadable", "missing"]]()

    async def of_site(address: str, *_: object) -> AsyncGenerator[Arriving | TakenIn]:
        for name, outcome in outcomes.items():
            known = f"page:https://docs.example.com/{name}"
            if outcome:
                yield TakenIn(known, name, outcome, sentence="There it was not.")
            else:
                yield replace(page(f"{name}.md", f"# {name}\n\nRules of {name}."), id=known)

    monkeypatch.setattr(intake, "of_site", of_site)

    def kept() -> set[str]:
        return {one for one in ("hb/pets", "hb/pool", "hb-old/pay") if f"/{one} " in sophia("knowledge", "list").output}

    outcomes |= {"hb": "", "hb/pets": "", "hb/pool": "", "hb-old/pay": ""}
    assert sophia("ingest", start).exit_code == 0
    outcomes |= {"hb/pets": "unreadable"}
    del outcomes["hb/pool"], outcomes["hb-old/pay"]
    told = sophia("ingest", start, "--remove")
    assert "Not all of the site was read, so nothing of it is forgotten." in told.output
    assert kept() == {"hb/pets", "hb/pool", "hb-old/pay"}
    outcomes |= {"hb/pets": "missing"}
    sophia("ingest", start, "--remove")
    assert kept() == {"hb-old/pay"}
