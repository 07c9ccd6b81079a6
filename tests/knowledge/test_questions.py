"""The question sets are sound: what they expect stands in the handbook, for the people who ask."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from app.domain.errors import Fixable
from app.domain.principal import Principal, UserId, WorkspaceId
from app.knowledge.asked import PHRASES
from app.knowledge.evaluation.questions import Expected, read_questions
from app.knowledge.passages import sight_of
from app.sandbox.handbook import pages
from app.sandbox.portfolio import calls
from app.sandbox.questions import FOLDER, HELD_OUT
from app.tools.core.registry import all_tools

HANDBOOK = {page.name: page for page in pages()}


def questions() -> tuple[Expected, ...]:
    return read_questions([FOLDER, HELD_OUT]).questions


@pytest.mark.parametrize("question", [one for one in questions() if not one.tools], ids=lambda one: one.id)
def test_what_a_question_expects_stands_in_pages_that_the_asking_person_may_read(question: Expected) -> None:
    sight = sight_of(Principal(WorkspaceId("T1"), UserId("U1"), "Somebody", frozenset({question.role})))
    texts = [" ".join(HANDBOOK[name].path.read_text(encoding="utf-8").split()) for name in question.documents]
    assert all(sight.sees(HANDBOOK[name].readers) for name in question.documents)
    assert all(any(fact in text for text in texts) for fact in question.facts)


def test_what_is_asked_of_the_systems_has_tools_and_was_said() -> None:
    asked = [one for one in questions() if one.tools]
    assert all(set(one.tools) <= set(all_tools()) for one in asked)
    said = Path(calls.__file__).read_text(encoding="utf-8")
    assert all(fact in said for one in asked for fact in one.facts)


def test_questions_for_reporting_alone_are_neither_chosen_by_nor_taught() -> None:
    chosen, reported = (read_questions([folder]).questions for folder in (FOLDER, HELD_OUT))
    assert not {(one.ask, one.role) for one in chosen} & {(one.ask, one.role) for one in reported}
    assert not {*PHRASES} & {one.ask for one in reported}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "questions: [{id: a, ask: why}]",
            "needs one of `documents` or `tools` that answer it, or `answerable: false`",
        ),
        ("questions: [{id: a, ask: why, documents: [x], answerable: false}]", "needs one of"),
        ("questions: [{id: a, ask: why, documents: [x], color: red}]", "questions.0.color"),
        ("questions: [{id: a, ask: why, as: king, documents: [x]}]", "questions.0.as"),
        ("questions: [{id: a, ask: b, documents: [x]}, {id: a, ask: c, documents: [x]}]", "Two questions are called"),
        ("questions: []", "There are no questions to ask."),
        ("questions: [", "is not YAML"),
    ],
)
def test_a_set_that_cannot_be_meant_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "set.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Fixable) as refused:
        read_questions([tmp_path])
    assert said in refused.value.sentence


def test_a_fifth_of_the_questions_has_no_answer_and_some_follow_others() -> None:
    all_of_them = [one for one in questions() if not one.tools]
    unanswerable = [one for one in all_of_them if not one.answerable]
    assert len(all_of_them) >= 290
    assert len(unanswerable) * 5 >= len(all_of_them)
    assert sum(bool(one.after) for one in all_of_them) >= 5


def test_every_page_of_the_handbook_has_a_title_a_date_and_readers() -> None:
    assert len(HANDBOOK) >= 40
    for page in HANDBOOK.values():
        head = yaml.safe_load(page.path.read_text(encoding="utf-8").split("---\n")[1])
        assert head["title"] and head["dated"] and page.readers
