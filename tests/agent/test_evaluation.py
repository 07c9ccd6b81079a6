"""Question sets are asked as whole turns and judged by what the answers cite; thumbs become questions to complete."""

from __future__ import annotations

import pytest
import yaml
from langchain_core.messages import AIMessage

from app.agent.agent import Agent
from app.agent.evaluation import ask, candidates
from app.agent.memory import ThreadMemory
from app.db.engine import Database
from app.domain.clock import RandomIds
from app.gateways.models import ChatModels
from app.knowledge.evaluation.answers import Judged, figures, judge, named
from app.knowledge.evaluation.questions import Expected
from app.runtime.feedback import FeedbackLog
from tests.agent.test_cited_answers import BONUS, PETS, ReadingTown
from tests.agent.test_memory import turn
from tests.agent.town import Scripted, calls, surroundings
from tests.gateways.standins import Uses
from tests.knowledge.shelves import documents_in, library_in, page
from tests.tools.gatehouse import MovableClock

DOGS = Expected(
    id="dogs", ask="how many dogs may a household keep", documents=("pets.md",), facts=("up to two cats or dogs",)
)
CATS = Expected(id="cats", ask="and cats?", after=("how many dogs may a household keep",), documents=("pets.md",))
BONUSES = Expected(id="bonus", ask="what is the bonus for each signed lease", answerable=False)
VACANT = Expected(id="vacant", ask="how many units are vacant", tools=("get_occupancy", "get_kpi"))
SAID = Expected(
    id="said", ask="what did he say", tools=("search_call_transcripts", "search_knowledge"), facts=("a five cap",)
)
LOOKED = ("search_knowledge",)


async def test_a_set_is_asked_in_its_threads_and_with_the_rights_of_its_people(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    await library.take_in("T1", page("pets.md", PETS))
    await library.take_in("T1", page("bonus.md", BONUS, "role:executive"))
    looked = [calls(("search_knowledge", {"query": one.ask})) for one in (DOGS, BONUSES)]
    says = AIMessage("“A household may keep up to two cats or dogs.” [1]")
    planner = Scripted(
        script=[looked[0], says, looked[0], says, looked[0], says, looked[1], AIMessage("I don't know.")]
    )
    models = ChatModels(access={}, planner=lambda **_: planner, uses=Uses())
    _, around = surroundings(sqlite_db, ReadingTown(), models, documents=documents_in(sqlite_db))
    questions = (DOGS, CATS, BONUSES)
    documents = named(await library.documents("T1"), questions)
    judged = [
        judge(one, await ask(Agent(around), one, "T1", around.clock, RandomIds()), documents) for one in questions
    ]
    assert [one.cited for one in judged] == [("pets.md",), ("pets.md",), ()]
    assert [(one.place, one.well, one.facts) for one in judged] == [(1, True, 1.0), (1, True, None), (0, True, None)]


@pytest.mark.parametrize(
    ("judged", "well"),
    [
        (Judged(VACANT, (), ("get_kpi",), None), True),
        (Judged(VACANT, (), ("list_tours",), None), False),
        (Judged(VACANT, ("pets.md",), ("get_kpi", "search_knowledge"), None), False),
        (Judged(SAID, ("a call",), LOOKED, 1.0), True),
        (Judged(SAID, (), ("search_call_transcripts",), 0.0), False),
    ],
)
def test_a_question_to_the_systems_is_answered_by_a_right_tool_and_not_by_pages(judged: Judged, well: bool) -> None:
    assert judged.well is well
    assert figures([judged]).live == well
    assert figures([judged]).answerable == 0


def test_figures_are_means_over_the_questions_of_each_kind() -> None:
    judged = [
        Judged(DOGS, ("pets.md", "rent.md"), LOOKED, 1.0),
        Judged(CATS, ("rent.md", "pets.md"), LOOKED, None),
        Judged(DOGS, (), LOOKED, 0.0),
        Judged(BONUSES, ("rent.md",), LOOKED, None),
        Judged(BONUSES, (), LOOKED, None),
    ]
    found = figures(judged)
    assert (found.answerable, found.unanswerable) == (3, 2)
    assert (found.hit_1, found.hit_5) == (1 / 3, 2 / 3)
    assert (found.precision, found.facts, found.refused) == (0.5, 0.5, 0.5)
    assert figures(judged[:3]).refused is None


async def test_a_thumb_on_an_answer_from_documents_becomes_a_question_to_complete(db: Database) -> None:
    clock = MovableClock()
    memory, feedback = ThreadMemory(db, clock), FeedbackLog(db, clock)
    looked = ("search_knowledge", {"query": "pet fee for dogs; and for cats?"})
    await memory.remember(turn(1), "and for cats?", "None of them says so.", [looked])
    await memory.remember(turn(2), "how full is Maple Grove", "97 %", [("get_occupancy", {})])
    assert yaml.safe_load(await candidates(db, "T1")) == {"questions": []}
    for number in (1, 2):
        await feedback.keep("T1", f"turn_{number}", "U1", "bad")
    written = await candidates(db, "T1")
    assert "# bad; the answer began: None of them says so." in written
    assert yaml.safe_load(written)["questions"] == [
        {"id": "feedback-turn_1", "ask": "pet fee for dogs; and for cats?", "documents": []}
    ]
