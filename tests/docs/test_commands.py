"""Every command that the documentation shows is known here and works as written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from app.domain.clock import SystemClock
from app.sandbox.accounts import DEMO_KEY, DEMO_ORG, DEMO_SEED
from app.sandbox.entrata.server import EntrataServer
from app.sandbox.entrata.store import EntrataStore
from tests.conftest import ROOT
from tests.e2e.running import free_port

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^[ ]*```sh\n(.*?)^[ ]*```", re.DOTALL | re.MULTILINE)

LONG_RUNNING = {"make demo", "make test", "make bench", "sophia web", "sophia worker", "sophia socket"}

MAY_EXIT_WITH = {"sophia doctor": {0, 1}}
"""Doctor's 1 says that something configured needs attention (no network here)."""

IMPORTERS = {"docs/imports.md"}
NEWCOMERS = {"README.md", "docs/evaluation.md"}
FILES = {
    "questions.yaml": "questions: [{id: sublet, ask: can residents sublet, documents: [subletting-and-guests.md]}]",
    "more/none.yaml": "questions: [{id: drone, ask: may we fly a drone, answerable: false}]",
    "folder/corpus.jsonl": '{"_id": "d1", "title": "Pets", "text": "Two cats at most."}\n',
    "folder/queries.jsonl": '{"_id": "q1", "text": "how many cats"}\n',
    "folder/qrels.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\n",
}

SOPHIA = "from app.cli import main; main()"


def documented() -> dict[str, list[str]]:
    """Commands by page: every line of every `sh` block, in order, comments left out."""
    found: dict[str, list[str]] = {}
    for page in PAGES:
        lines = [
            line.split(" #")[0].strip() for block in BLOCK.findall(page.read_text()) for line in block.splitlines()
        ]
        if commands := [line for line in lines if line and not line.startswith("#")]:
            found[str(page.relative_to(ROOT))] = commands
    return found


class Entrata(threading.Thread):
    """The property system of the reader's organization: the stand-in, on a loopback port."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        store = EntrataStore(folder, SystemClock(), seed=DEMO_SEED, today=SystemClock().now().date())
        app = EntrataServer(store, DEMO_ORG, DEMO_KEY).asgi()
        self.port = free_port()
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="warning"))

    def run(self) -> None:
        self.server.run()


@dataclass(frozen=True)
class Reader:
    """Where a reader's commands run: one folder for who tries it out, one for who set up an organization."""

    folder: Path
    variables: dict[str, str]

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", **self.variables}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=280, check=False
        )


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Nothing is set: the commands of the README; and a few questions, for those of docs/evaluation.md."""
    folder = tmp_path_factory.mktemp("newcomer")
    for name, words in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(words, encoding="utf-8")
    return Reader(folder, {})


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A checkout with its samples, and no system connected."""
    folder = tmp_path_factory.mktemp("importer")
    shutil.copytree(ROOT / "docs" / "samples", folder / "docs" / "samples")
    return Reader(folder, {})


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Keys in the environment, as the guides assume: the commands of docs/."""
    folder = tmp_path_factory.mktemp("organization")
    system = Entrata(folder / "entrata")
    system.start()
    variables = {
        "ENTRATA_API_KEY": DEMO_KEY,
        "ENTRATA_ORG": DEMO_ORG,
        "ENTRATA_BASE_URL": f"http://127.0.0.1:{system.port}",
    }
    yield Reader(folder, variables)
    system.server.should_exit = True
    system.join(timeout=10)


@pytest.fixture(scope="module")
def synced(organization: Reader) -> Reader:
    """The guides on Slack, deployment and security begin where the data is in already."""
    for command in (["migrate"], ["sync"]):
        assert organization.run([sys.executable, "-c", SOPHIA, *command]).returncode == 0
    return organization


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("documented")
@pytest.mark.parametrize("page", documented())
def test_the_commands_of_a_page_work_as_written_one_after_the_other(page: str, request: pytest.FixtureRequest) -> None:
    who = "newcomer" if page in NEWCOMERS else "importer" if page in IMPORTERS else "synced"
    reader: Reader = request.getfixturevalue(who)
    for command in documented()[page]:
        words = shlex.split(command)
        if command in LONG_RUNNING or words[0] == "make":
            assert_known(words)
        elif words[0].removeprefix(".venv/bin/") == "sophia":
            result = reader.run([sys.executable, "-c", SOPHIA, *words[1:]])
            allowed = MAY_EXIT_WITH.get(" ".join(["sophia", *words[1:2]]), {0})
            assert result.returncode in allowed, f"{command}\n{result.stdout}\n{result.stderr}"
            assert "Traceback" not in result.stderr, command
        else:
            assert words[0] == "openssl", f"{command!r} is a command this test does not know"
            assert reader.run(words).returncode == 0, command


def assert_known(words: list[str]) -> None:
    if words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert next(w for w in words[1:] if "=" not in w) in targets
    else:
        command = [sys.executable, "-c", SOPHIA, words[1], "--help"]
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
