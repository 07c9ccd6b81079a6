"""Each telling word of a question is looked for in the passage; what a page is silent about, it does not answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from app.domain.following import made_whole
from app.knowledge.embedders.base import Words, WordWise
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.support import Support
from tests.knowledge.shelves import embedder

FEES = "Screening › Fees: Each applicant pays the application fee of $55, which is not refundable."
POOL = "Rules › Pool: Open from 9 am to 9 pm. Children under 14 come with an adult."


class Counting:
    """Two words of a made-up language: "yes" is found in "yes", "no" in nothing."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def words(self, texts: Sequence[str]) -> list[Words]:
        self.read += texts
        return [self._of(text.split()) for text in texts]

    def _of(self, said: list[str]) -> Words:
        starts = tuple(5 * number for number in range(len(said)))
        vectors = np.array([[1.0, 0.0] if word == "yes" else [0.0, 1.0] for word in said], dtype=np.float32)
        return Words(starts, np.array([word != "the" for word in said], dtype=np.float32), vectors)


@pytest.mark.parametrize(
    ("passage", "said", "silent"),
    [
        (FEES, "how much is the application fee", "can the application fee be paid in bitcoin"),
        (POOL, "when does the pool open", "what temperature is the pool heated to"),
        (POOL, made_whole("what are the pool rules", "and for children?"), made_whole("pool rules", "how deep is it?")),
    ],
)
async def test_a_word_that_the_page_does_not_know_speaks_against_it(passage: str, said: str, silent: str) -> None:
    support = Support(embedder())
    assert await support.of(said, [passage]) > await support.of(silent, [passage]) + 0.05


async def test_little_words_count_nothing_unless_there_are_no_others() -> None:
    support = Support(Counting())
    assert await support.of("the yes", ["yes"]) == 1.0
    assert await support.of("yes no", ["yes"]) == 0.5
    assert await support.of("the the", ["no"]) == 1.0


async def test_the_best_of_the_first_two_passages_counts() -> None:
    support = Support(Counting())
    assert await support.of("yes", ["no", "yes"]) == 1.0
    assert await support.of("yes", ["no", "no", "yes"]) == 0.0
    assert await support.of("yes", []) == 0.0


@pytest.mark.parametrize(
    ("question", "passage"), [("who pays the late fee", ""), ("who pays the late fee", " \n "), ("", FEES)]
)
async def test_where_there_are_no_words_nothing_is_supported(question: str, passage: str) -> None:
    assert await Support(embedder()).of(question, [passage]) == 0.0


async def test_a_passage_is_read_once() -> None:
    model = Counting()
    support = Support(model)
    for question in ("yes", "no"):
        await support.of(question, ["yes no", "no yes"])
    assert model.read == ["yes", "yes no", "no yes", "no"]


async def test_rare_words_are_more_telling_than_frequent_ones_and_punctuation_is_not() -> None:
    model = embedder()
    assert isinstance(model, WordWise)
    words = (await model.words(["is the pool heated, today?"]))[0]
    told = dict(zip(words.starts, words.telling.tolist(), strict=True))
    assert told[0] == told[3] == told[18] == 0.0  # is, the, and the comma
    assert 0 < told[20] < told[12] <= 1  # today, heated
    assert np.allclose(np.linalg.norm(words.vectors, axis=1), 1, atol=1e-4)


async def test_the_words_of_the_published_file_are_those_of_the_whole_number_graph() -> None:
    published, ours = MiniLm(), embedder()
    published.__dict__["_whole_numbers"] = False
    for text in (FEES, POOL):
        one, other = (await published.words([text]))[0], (await ours.words([text]))[0]
        assert one.starts == other.starts
        assert float((one.vectors * other.vectors).sum(axis=1).min()) > 0.9
    await published.close()
