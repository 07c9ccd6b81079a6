"""Floors under the planner's figures. The sets were written by hand; see data/*.txt for the notation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.cli.plan import planned as plan_line
from app.domain.names import Names
from app.gateways.embedded import Planner
from app.gateways.embedded.arguments import shape_of
from bench._planner_scoring import judge
from bench.planner import run, score
from tests.gateways.embedded.conftest import DATA, NOW
from tests.gateways.embedded.stress import Case, cases

Kinds = Mapping[str, Mapping[str, str]]


def people(names: Names) -> list[str]:
    return [*names.residents, *names.contacts, *names.team, *names.companies, *names.vendors]


def figures(planner: Planner, chosen: Iterable[Case], kinds: Kinds, names: Names) -> Mapping[str, float]:
    golds: Sequence[Mapping[str, Any]] = [{**c.gold, "context": list(c.context)} for c in chosen]
    verdicts, _ = run(golds, lambda gold: plan_line(planner, gold, names, NOW), kinds, people(names))
    return score(golds, verdicts)


def test_the_development_set_stays_planned(planner: Planner, shared: Path, demo: Names, kinds: Kinds) -> None:
    lines = (shared / "data" / "planner" / "dev.jsonl").read_text().splitlines()
    golds = [json.loads(line) for line in lines if line.strip()]
    verdicts, _ = run(golds, lambda gold: plan_line(planner, gold, demo, NOW), kinds, people(demo))
    result = score(golds, verdicts)
    assert result["tool"] >= 0.98, [v for v in verdicts if not v.exact]
    assert result["exact"] >= 0.97, [v for v in verdicts if not v.exact]
    assert result["abstention"] >= 0.95


@pytest.mark.parametrize("half", [0, 1], ids=["the half for development", "the other half"])
def test_the_stress_set_stays_planned(planner: Planner, demo: Names, kinds: Kinds, half: int) -> None:
    result = figures(planner, [c for i, c in enumerate(cases(kinds)) if i % 2 == half], kinds, demo)
    assert result["tool"] >= 0.95
    assert result["exact"] >= 0.92
    assert result["abstention"] >= 0.95
    assert result["follow_ups"] >= 0.85


def test_people_in_a_hurry_are_understood(planner: Planner, demo: Names, kinds: Kinds) -> None:
    result = figures(planner, cases(kinds, DATA / "harder.txt"), kinds, demo)
    assert result["tool"] >= 0.88
    assert result["exact"] >= 0.85
    assert result["abstention"] >= 0.95
    assert result["follow_ups"] >= 0.85


def test_a_portfolio_of_ordinary_words_does_as_well(planner: Planner, nasty: Names, kinds: Kinds) -> None:
    result = figures(planner, cases(kinds, DATA / "nasty.txt"), kinds, nasty)
    assert result["tool"] >= 0.95
    assert result["exact"] >= 0.92


def test_every_argument_of_the_catalogue_is_recognised_for_what_it_is(planner: Planner, kinds: Kinds) -> None:
    wanted = {
        "num": {"money", "bedrooms", "bathrooms", "miles", "days", "installments"}, "bool": {"flag"},
        "property_list": {"properties"}, "id": {"unit", "work_order", "channel"},
    }  # fmt: skip
    for name, shape in planner.shapes.items():
        for argument in shape_of(shape.spec).arguments:
            kind = kinds[name][argument.name]
            assert argument.kind in wanted.get(kind, {kind}), (name, argument)


def test_the_scoring_refuses_an_extra_argument() -> None:
    gold = {"id": "x", "expect": "call", "calls": [{"name": "get_occupancy", "arguments": {"property": ["Union"]}}]}
    plan = {
        "action": "call",
        "calls": [{"name": "get_occupancy", "arguments": {"property": "Union", "as_of_date": "2026-03-18"}}],
    }
    verdict = judge(gold, plan, {"get_occupancy": {"property": "property", "as_of_date": "date"}})
    assert (verdict.tool, verdict.exact) == (True, False)
