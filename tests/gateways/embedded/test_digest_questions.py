"""The questions under a digest are whole in themselves: the planner answers them without a conversation before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.digests.core.registry import all_digests
from app.gateways.embedded.names import Names
from app.gateways.embedded.planner import Planner

NOW = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("question", [one for digest in all_digests().values() for one in digest.questions])
def test_a_question_under_a_digest_is_answered(planner: Planner, question: str) -> None:
    assert planner.plan(question, Names(), NOW).action == "call"
