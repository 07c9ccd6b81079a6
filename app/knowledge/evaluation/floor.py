"""How much must speak for a passage to answer, measured for the embedder in use on questions with and without answers.

Follow-up questions are left out: a turn makes them whole before it searches. So are questions to the systems.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.errors import Fixable
from app.domain.principal import Principal, UserId, WorkspaceId
from app.knowledge.evaluation.questions import Expected
from app.knowledge.passages import sight_of
from app.knowledge.search import Search

REFUSED = 0.95  # part of the unanswerable questions that the floor must refuse


@dataclass(frozen=True)
class Floor:
    """`value` refuses `refused` of the unanswerable questions and lets `answered` of the others be answered. `auc` is
    the chance that an answerable question stands out further than one that is not: .5 is none, 1 always."""

    value: float
    answerable: int
    unanswerable: int
    answered: float
    refused: float
    auc: float


async def evidence(
    search: Search, questions: Sequence[Expected], workspace_id: str, progress: Callable[[], None]
) -> tuple[list[float], list[float]]:
    """How much speaks for the best passages as an answer to each question, asked as somebody of its role: of the
    answerable ones, and of the others. Raises SophiaErrors."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for question in (one for one in questions if _for_documents(one)):
        person = Principal(WorkspaceId(workspace_id), UserId("eval"), "Evaluation", frozenset({question.role}))
        found[question.answerable].append(await search.evidence(sight_of(person), question.ask))
        progress()
    return found[True], found[False]


def _for_documents(question: Expected) -> bool:
    return not question.after and not question.tools


def floor_of(answerable: Sequence[float], unanswerable: Sequence[float]) -> Floor:
    """The lowest floor that refuses `REFUSED` of the unanswerable questions. Raises Fixable where either is missing."""
    if not answerable or not unanswerable:
        raise Fixable(
            "A floor needs questions of both sorts: with an answer and without one.",
            next_step="docs/evaluation.md says how to write them; 20 of each are few.",
            code="one_sort_of_questions",
        )
    ordered = sorted(unanswerable)
    highest = ordered[math.ceil(REFUSED * len(ordered)) - 1]
    value = (math.floor(round(highest * 1000, 6)) + 1) / 1000
    above = sum((good > bad) + (good == bad) / 2 for good in answerable for bad in unanswerable)
    return Floor(
        value=value,
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        answered=sum(one >= value for one in answerable) / len(answerable),
        refused=sum(one < value for one in unanswerable) / len(unanswerable),
        auc=above / (len(answerable) * len(unanswerable)),
    )
