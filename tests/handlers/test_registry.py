"""One new interaction or job is one new file; a broken or doubled one stops the start."""

import sys
from types import ModuleType

import pytest

from handlers.core.registry import BrokenHandler, interactions, jobs

GOOD = """
from handlers.core.interaction import Interaction
INTERACTION = Interaction("event", "team_join")
"""
JOB = """
KIND = "greeting"
def job(deps):
    return deps
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty package that handler files can be put into."""
    name = f"extra_{tmp_path.name.replace('-', '_')}"
    place = tmp_path / name
    place.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    package = ModuleType(name)
    package.__path__ = [str(place)]
    monkeypatch.setitem(sys.modules, name, package)
    return package, place


def test_a_new_file_is_a_new_interaction(folder):
    package, place = folder
    (place / "team_join.py").write_text(GOOD)
    assert [(found.kind, found.name) for found in interactions((package,))] == [("event", "team_join")]


def test_a_new_file_is_a_new_job(folder):
    package, place = folder
    (place / "greeting.py").write_text(JOB)
    assert jobs("deps", package) == {"greeting": "deps"}


@pytest.mark.parametrize("files", [{"a": "x = 1"}, {"a": GOOD, "b": GOOD}])
def test_a_broken_or_doubled_interaction_stops_the_start(folder, files):
    package, place = folder
    for name, text in files.items():
        (place / f"{name}.py").write_text(text)
    with pytest.raises(BrokenHandler):
        interactions((package,))


def test_a_file_that_cannot_be_imported_stops_the_start(folder):
    package, place = folder
    (place / "broken.py").write_text("import nothing_of_that_name")
    with pytest.raises(ImportError):
        interactions((package,))


@pytest.mark.parametrize("files", [{"a": "x = 1"}, {"a": JOB, "b": JOB}])
def test_a_broken_or_doubled_job_stops_the_start(folder, files):
    package, place = folder
    for name, text in files.items():
        (place / f"{name}.py").write_text(text)
    with pytest.raises(BrokenHandler):
        jobs("deps", package)
