"""Nothing a person can type breaks the planner, and no message is read without end."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.names import Names
from app.gateways.embedded import Plan, Planner
from app.gateways.embedded.text import MAX_CHARS, clean
from tests.gateways.embedded.conftest import NOW

FRAGMENTS = [
    "text",
    "Tom Bell",
    "at",
    "union",
    "stone",
    "under",
    "$1,500",
    "2 beds",
    "next friday",
    "2/30",
    "q5",
    "unit",
    "#",
    "WO-",
    "and",
    "then",
    ",",
    ".",
    "'",
    '"',
    "no wait",
    "at 99",
    "25:99",
    "by",
    "between",
    "email",
    ":",
    "remind me",
    "in",
    "hours",
    "1e9",
    "½",
    "😀",
    "créer",
    "请",
    "أ",
    "\n",
    "(",
    "[",
    "\\",
    "%s",
    "{property}",
    "DROP TABLE",
    "don't",
    "her",
    "99999999999999",
    "0",
    "-1",
    "february 31",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(" ".join)))
def test_any_text_gets_a_plan(planner: Planner, nasty: Names, text: str) -> None:
    plan = planner.plan(text, nasty, NOW)
    assert isinstance(plan, Plan)
    assert (plan.action == "call") == bool(plan.calls)
    assert 0.0 <= plan.confidence <= 1.0
    for call in plan.calls:
        shape = planner.shapes[call.name]
        assert set(shape.spec.parameters.get("required", ())) <= set(call.arguments)
        assert set(call.arguments) <= {a.name for a in shape.arguments}


@pytest.mark.parametrize(
    "text",
    ["a" * 40_000, "and " * 10_000, "text Tom Bell that " + "x, " * 13_000, "1 " * 20_000, "'" * 40_000, "😂" * 40_000,
     "union " * 7_000, "next friday " * 3_000, "(((" * 13_000, "$1,500-" * 6_000],
)  # fmt: skip
def test_a_huge_message_is_read_up_to_a_bound(planner: Planner, nasty: Names, text: str) -> None:
    assert len(clean(text)) <= MAX_CHARS
    assert isinstance(planner.plan(text, nasty, NOW), Plan)


@pytest.mark.parametrize("text", ["", "   ", "?", "...", "😂😂", "\u200b", "\x00"])
def test_a_message_without_words_is_never_a_call(planner: Planner, nasty: Names, text: str) -> None:
    assert planner.plan(text, nasty, NOW).calls == ()


@pytest.mark.parametrize("text", ["¿cuál es la ocupación?", "wie voll ist das Haus", "什么时候到期", "каков баланс"])
def test_another_language_writes_nothing(planner: Planner, nasty: Names, text: str) -> None:
    assert all(not planner.shapes[call.name].changes for call in planner.plan(text, nasty, NOW).calls)


@pytest.mark.parametrize("text", ["don't text Tom Bell", "do not close WO-1042 yet", "never serve Tom Bell a notice"])
def test_a_request_not_to_act_is_not_acted_on(planner: Planner, nasty: Names, text: str) -> None:
    assert planner.plan(text, nasty, NOW).calls == ()
