"""How much must speak for a passage to answer: a floor for each embedder, measured by `sophia eval floor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build
from app.db.engine import Database
from app.domain.clock import SystemClock
from app.domain.errors import Fixable
from app.gateways.pool.pools import Pools
from app.http.outbound import Outbound
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.embedders.registry import open_embedder
from app.knowledge.evaluation.floor import Floor, floor_of
from app.knowledge.passages import EVERYONE, Sight
from app.knowledge.search import Search
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex
from app.settings import Settings
from tests.knowledge.shelves import embedder, library_in, page

PETS = "# Pets\n\nTwo cats or dogs are welcome. The pet deposit is 300 dollars for each animal."
SIGHT = Sight("w", frozenset({EVERYONE}))


class Unmeasured(MiniLm):
    """The same vectors from a model whose floor nobody has measured."""

    floor = None


def test_the_floor_is_the_lowest_that_refuses_95_of_100() -> None:
    unanswerable = [number / 100 for number in range(100)]
    found = floor_of([0.5, 0.96, 0.97, 1.0], unanswerable)
    assert (found.value, found.answered, found.refused) == (0.941, 0.75, 0.95)
    assert found.auc == pytest.approx((50.5 + 96.5 + 97.5 + 100) / 400)


def test_floors_can_lie_below_zero() -> None:
    assert floor_of([0.1], [-0.3]) == Floor(-0.299, 1, 1, answered=1.0, refused=1.0, auc=1.0)


@pytest.mark.parametrize(("answerable", "unanswerable"), [([], [0.1]), ([0.1], [])])
def test_one_sort_of_questions_is_not_enough(answerable: list[float], unanswerable: list[float]) -> None:
    with pytest.raises(Fixable) as refused:
        floor_of(answerable, unanswerable)
    assert refused.value.code == "one_sort_of_questions"


async def test_without_a_floor_most_of_the_telling_words_must_stand_in_the_passages(sqlite_db: Database) -> None:
    await library_in(sqlite_db).take_in("w", page("pets.md", PETS))
    words, model = WordIndex(sqlite_db), Unmeasured()
    store = EmbeddedStore(sqlite_db, words, embedder=model.id, dimension=model.dimension)
    search = Search(sqlite_db, store, model, words)
    assert (await search.find(SIGHT, "what is the pet deposit")).found
    assert not (await search.find(SIGHT, "may I keep a kitten")).found
    measured = Search(sqlite_db, store, embedder(), words)
    assert await search.evidence(SIGHT, "may I keep a kitten") == await measured.evidence(SIGHT, "may I keep a kitten")
    await model.close()


async def test_a_measured_floor_holds_for_its_embedder_only() -> None:
    outbound = Outbound(SystemClock())
    values = {"openai_api_key": "sk-test", "cohere_api_key": "k", "answer_floor": "openai:0.312"}
    floors = [open_embedder(name, values, Pools(outbound, "T1")).floor for name in ("openai", "cohere", "minilm")]
    assert floors == [0.312, None, MiniLm.floor]
    await outbound.close()


@pytest.mark.parametrize("wrong", ["0.3", "openai", "openai:", "openai:much", "openai:0.3:1"])
def test_a_floor_of_another_form_stops_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="sophia eval floor"):
        Settings.model_validate({"answer_floor": wrong})


def test_the_floor_is_measured_on_the_documents_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("ENTRATA_API_KEY", "ENTRATA_ORG"):  # set up, so that the demo is not asked instead
        monkeypatch.setenv(name, "somebody")
    Path("pets.md").write_text(PETS)
    Path("set.yaml").write_text("""
questions:
  - {id: a, ask: what is the pet deposit, documents: [pets.md]}
  - {id: b, ask: and for two cats, after: [what is the pet deposit], documents: [pets.md]}
  - {id: c, ask: what does a furnished corporate apartment cost, answerable: false}
""")
    assert CliRunner().invoke(build(), ["ingest", "pets.md"]).exit_code == 0
    ended = CliRunner().invoke(build(), ["eval", "floor", "set.yaml", "--json"])
    assert ended.exit_code == 0, ended.output
    figures = json.loads(ended.stdout)
    assert (figures["answerable"], figures["unanswerable"], figures["auc"]) == (1, 1, 1.0)
    assert figures["answer_floor"] == f"minilm:{figures['value']:g}"
    printed = CliRunner().invoke(build(), ["eval", "floor", "set.yaml"]).stdout
    assert printed.startswith(f"ANSWER_FLOOR={figures['answer_floor']}\n")
