"""The trained ranker is kept as plain arrays and read again; a broken file is trained over."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.tooling import Effect, ToolSpec
from app.gateways.embedded.exemplars import UnknownPlaceholder, exemplars_of
from app.gateways.embedded.planner import Planner
from app.gateways.embedded.ranking import Ranker, load_or_train

NONE = {"type": "object", "properties": {}}
SPECS = [
    ToolSpec("wash_car", "Wash a car", NONE, Effect.WRITE, ("wash the car", "clean my car")),
    ToolSpec("feed_cat", "Feed the cat", NONE, Effect.READ, ("feed the cat", "cat food")),
]


def ranker(cache: Path) -> Ranker:
    return load_or_train("key", lambda: exemplars_of(SPECS, {"~chitchat": ["hi there", "hello there"]}), cache)


def test_what_is_read_from_the_cache_ranks_the_same(tmp_path: Path) -> None:
    trained, read = ranker(tmp_path), ranker(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["planner-key.npz"]
    for words in ("please wash the car", "the cat is hungry", "hi"):
        before, after = trained.rank(words, frozenset()), read.rank(words, frozenset())
        assert [r.label for r in before] == [r.label for r in after]
        assert after[0].probability == pytest.approx(before[0].probability, abs=0.01)


def test_a_broken_cache_file_is_trained_over(tmp_path: Path) -> None:
    (tmp_path / "planner-key.npz").write_bytes(b"not an archive")
    assert ranker(tmp_path).rank("wash the car", frozenset())[0].label == "wash_car"


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ranker(tmp_path / "file").rank("feed the cat", frozenset())[0].label == "feed_cat"


def test_probabilities_sum_to_one(tmp_path: Path) -> None:
    assert sum(r.probability for r in ranker(tmp_path).rank("anything", frozenset())) == pytest.approx(1.0)


def test_a_placeholder_nothing_fills_is_named() -> None:
    spec = ToolSpec("x", "X", {"type": "object", "properties": {}}, Effect.READ, ("show {proprety}",))
    with pytest.raises(UnknownPlaceholder, match="proprety"):
        exemplars_of([spec], {})


def test_a_new_tool_is_planned_from_its_own_phrases_alone(tmp_path: Path, nasty: object) -> None:
    from app.domain.names import Names
    from tests.gateways.embedded.conftest import NOW

    assert isinstance(nasty, Names)
    parameters = {
        "type": "object",
        "properties": {
            "property": {"type": "string", "description": "Property (community) name"},
            "water_level": {"type": "string", "enum": ["low", "high"]},
        },
        "required": ["property"],
    }
    phrases = ("how is the pool at {property}", "pool water level at {property}", "is the pool low at {property}")
    pool = ToolSpec("get_pool", "Get the state of a pool", parameters, Effect.READ, phrases)
    planner = Planner([*SPECS, pool], tmp_path)
    plan = planner.plan("is the pool at villa rosa low", nasty, NOW)
    assert [(c.name, dict(c.arguments)) for c in plan.calls] == [
        ("get_pool", {"property": "Villa Rosa", "water_level": "low"})
    ]
