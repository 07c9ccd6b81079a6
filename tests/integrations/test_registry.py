"""A connector is one file: it is found by being there, and a wrong one stops the start."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from app.domain.clock import SystemClock
from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.integrations.registry import DuplicateConnector, all_connectors, discover

CONNECTOR = """
from app.integrations.base import ConnectorSpec, Setting
CONNECTOR = ConnectorSpec("{key}", "Abacus", (Setting("ABACUS_KEY", "key", secret=True),), (), lambda given: None)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "found_connectors"
    made.mkdir()
    (made / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("found_connectors")]:
        monkeypatch.delitem(sys.modules, name)
    return made


def test_entrata_is_found() -> None:
    assert "entrata" in all_connectors()


def test_a_new_file_is_a_new_connector(folder: Path) -> None:
    (folder / "abacus.py").write_text(CONNECTOR.format(key="abacus"))
    (folder / "sender.py").write_text("VALUE = 1\n")
    assert list(discover(importlib.import_module("found_connectors"))) == ["abacus"]


def test_a_key_that_is_taken_stops_the_start(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(CONNECTOR.format(key="abacus"))
    with pytest.raises(DuplicateConnector):
        discover(importlib.import_module("found_connectors"))


@pytest.mark.parametrize(("text", "error"), [("import nothing_like_it", ImportError), ("CONNECTOR = 3", ValueError)])
def test_a_broken_connector_stops_the_start(folder: Path, text: str, error: type[Exception]) -> None:
    (folder / "broken.py").write_text(text)
    with pytest.raises(error):
        discover(importlib.import_module("found_connectors"))


def test_what_is_missing_is_named_before_anything_is_opened() -> None:
    clock = SystemClock()
    with pytest.raises(Fixable) as missing:
        all_connectors()["entrata"].open({"ENTRATA_ORG": "acme"}, Outbound(clock), clock)
    assert missing.value.sentence == "Entrata isn't set up: ENTRATA_API_KEY is missing."
