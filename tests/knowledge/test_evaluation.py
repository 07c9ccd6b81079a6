"""`sophia eval retrieval` on a tiny set, and the measures it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import build
from app.domain.errors import Fixable
from app.knowledge.evaluation.measures import ndcg, recall
from app.knowledge.evaluation.sets import read_set

CORPUS = {
    "pets": ("Pets", "Two cats or dogs are welcome. The deposit is $250 for each animal."),
    "parking": ("Parking", "Every unit has one parking space. Guests park on the street."),
    "heat": ("Heating", "Call maintenance when the radiator stays cold; we come within four hours."),
}
QUERIES = {"q1": "may I keep a kitten?", "q2": "where do visitors leave their car", "q3": "nobody judged this"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [json.dumps({"_id": name, "title": title, "text": text}) for name, (title, text) in CORPUS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    (tmp_path / "queries.jsonl").write_text(
        "\n".join(json.dumps({"id": name, "text": text}) for name, text in QUERIES.items())
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tpets\t1\nq2\tparking\t1\nq3\theat\t0\n")
    return tmp_path


def test_a_set_is_searched_as_the_house_searches_and_the_figures_are_one_json_object(folder: Path) -> None:
    ended = CliRunner().invoke(build(), ["eval", "retrieval", str(folder)])
    assert ended.exit_code == 0, ended.output
    figures = json.loads(ended.stdout)
    assert (figures["n"], figures["documents"], figures["passages"]) == (2, 3, 3)
    assert (figures["ndcg@10"], figures["recall@10"], figures["recall@100"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("corpus.jsonl", "{}", "corpus.jsonl, line 1"),
        ("queries.jsonl", "not json", "queries.jsonl, line 1"),
        ("qrels.tsv", "q1\tpets\t1\nq2 parking 1", "qrels.tsv, line 2"),
        ("qrels.tsv", "", "no question"),
    ],
)
def test_a_broken_set_is_named_by_its_file_and_line(folder: Path, file: str, content: str, says: str) -> None:
    (folder / file).write_text(content)
    with pytest.raises(Fixable, match=says):
        read_set(folder)
    assert CliRunner().invoke(build(), ["eval", "retrieval", str(folder)]).exit_code == 1


def test_a_missing_folder_is_said_in_words(tmp_path: Path) -> None:
    ended = CliRunner().invoke(build(), ["eval", "retrieval", str(tmp_path / "none")])
    assert ended.exit_code == 1
    assert "can't be read" in ended.output


def test_measures_are_those_of_trec_eval() -> None:
    grades = {"a": 2, "b": 1}
    assert ndcg(["a", "b"], grades, 10) == 1.0
    assert ndcg(["b", "x", "a"], grades, 10) == pytest.approx((1 + 2 / 2) / (2 + 1 / 1.5849625))
    assert ndcg(["x", "y"], grades, 10) == 0.0
    assert recall(["x", "a", "b"], grades, 2) == 0.5
