"""The question sets are sound: what they expect stands in the handbook, for the people who ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.knowledge.passages import sight_of
from app.sandbox.handbook import pages

FOLDER = Path(__file__).parent / "questions"
HANDBOOK = {page.name: page for page in pages()}


def questions() -> list[dict[str, Any]]:
    sets = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml")))
    return [question for one in sets for question in one["questions"]]


@pytest.mark.parametrize("question", questions(), ids=lambda one: one["id"])
def test_what_a_question_expects_stands_in_pages_that_the_asking_person_may_read(question: dict[str, Any]) -> None:
    if not question.get("answerable", True):
        assert "documents" not in question
        return
    role = Role(question.get("as", "leasing"))
    sight = sight_of(Principal(WorkspaceId("T1"), UserId("U1"), "Somebody", frozenset({role})))
    texts = [" ".join(HANDBOOK[name].path.read_text(encoding="utf-8").split()) for name in question["documents"]]
    assert all(sight.sees(HANDBOOK[name].readers) for name in question["documents"])
    assert all(any(fact in text for text in texts) for fact in question["facts"])


def test_a_fifth_of_the_questions_has_no_answer_and_some_follow_others() -> None:
    all_of_them = questions()
    unanswerable = [one for one in all_of_them if not one.get("answerable", True)]
    assert len(all_of_them) >= 60
    assert len(unanswerable) * 5 >= len(all_of_them)
    assert sum("after" in one for one in all_of_them) >= 5
    assert len({one["id"] for one in all_of_them}) == len(all_of_them)


def test_every_page_of_the_handbook_has_a_title_a_date_and_readers() -> None:
    assert len(HANDBOOK) >= 40
    for page in HANDBOOK.values():
        head = yaml.safe_load(page.path.read_text(encoding="utf-8").split("---\n")[1])
        assert head["title"] and head["dated"] and page.readers
