"""Passages hold the whole text in order, fit the embedder, and keep tables readable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.reading.base import Block, Section
from app.knowledge.splitting import LONGEST_HEADER, WORDS, passages_of

TEXTS = st.lists(st.sampled_from(["pets", "dogs.", "fee", "$35;", "lease", "unit?"]), max_size=500).map(" ".join)


@given(st.lists(st.lists(TEXTS, max_size=6), max_size=4))
def test_no_word_is_lost_added_or_moved_and_every_passage_fits(sections: list[list[str]]) -> None:
    made = [Section(("Part",), tuple(Block(text) for text in blocks)) for blocks in sections]
    passages = list(passages_of("file:a", "Title", made))
    assert " ".join(one.text for one in passages).split() == " ".join(" ".join(blocks) for blocks in sections).split()
    assert all(0 < len(one.text.split()) <= WORDS for one in passages)
    assert [one.number for one in passages] == list(range(len(passages)))
    assert passages == list(passages_of("file:a", "Title", made))


def test_a_long_table_is_cut_between_rows_and_keeps_its_heading() -> None:
    rows = [f"| Unit {number} | ${number},000 |" for number in range(100)]
    table = "\n".join(["| Unit | Rent |", "|---|---|", *rows])
    passages = list(passages_of("file:a", "Rents", [Section((), (Block(table, is_table=True),))]))
    assert len(passages) > 1
    assert all(one.text.startswith("| Unit | Rent |\n|---|---|\n| Unit") for one in passages)
    assert [line for one in passages for line in one.text.splitlines()[2:]] == rows


def test_a_breadcrumb_names_each_heading_once_and_a_long_one_keeps_its_end() -> None:
    (one,) = passages_of("file:a", "Pets", [Section(("Pets", "Fees"), (Block("Text."),))])
    assert one.header == "Pets › Fees"
    deep = ("Chapter " * 20, "Section " * 20, "Fees")
    (one,) = passages_of("file:a", "Pets", [Section(deep, (Block("Text."),))])
    assert one.header.startswith("Pets › ") and one.header.endswith("› Fees")
    assert len(one.header) <= LONGEST_HEADER
