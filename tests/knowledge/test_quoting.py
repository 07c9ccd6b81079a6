"""A quote is cut out of its passage, and words are only taken for a quote when they stand there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.quoting import LONGEST, as_prose, disagree, is_verbatim, quote_of

SENTENCES = st.lists(
    st.lists(st.sampled_from("pets dogs fee $35 lease unit not the is".split()), min_size=1, max_size=90), min_size=1
).map(lambda sentences: " ".join(" ".join(words) + "." for words in sentences))


@given(SENTENCES, SENTENCES)
def test_a_quote_is_a_verbatim_part_of_bounded_length(text: str, question: str) -> None:
    quote = quote_of(question, text)
    assert quote in text
    assert 0 < len(quote.split()) <= LONGEST
    assert is_verbatim(quote, [text])


def test_of_a_long_passage_the_sentences_that_hold_the_questions_words_are_quoted() -> None:
    text = "Nothing of note is here at all. " * 12 + "Each dog costs $35 a month. " + "More words follow here. " * 12
    assert quote_of("what does a dog cost a month", text) == "Each dog costs $35 a month."


@pytest.mark.parametrize(
    ("quote", "holds"),
    [
        ("Dogs are NOT\nallowed", True),
        ("“dogs are not allowed”", True),
        ("… dogs are not allowed …", True),
        ("dogs are … allowed", False),
        ("dogs are allowed", False),
        ("ogs are not", False),
        ("a fee of $1", False),
        ("a fee of $1,500.", True),
        ("", False),
        ("…", False),
        ("?!", False),
    ],
)
def test_only_whole_words_in_their_order_are_verbatim(quote: str, holds: bool) -> None:
    assert is_verbatim(quote, ["Dogs are **not** allowed, at a fee of $1,500"]) is holds


def test_words_of_two_passages_are_a_quote_of_neither() -> None:
    assert not is_verbatim("two pets. Parking is free", ["Keep two pets.", "Parking is free."])


def test_a_table_is_told_without_its_bars_and_still_taken_for_what_it_is() -> None:
    table = "| Pet | Fee |\n|---|---|\n| Dog | $35 |"
    assert as_prose(table) == "Pet · Fee\nDog · $35"


def test_two_quotes_of_one_thing_with_other_figures_disagree() -> None:
    assert disagree("The pet fee is $35 a month.", "The pet fee is $25 a month.")
    assert not disagree("The pet fee is $35 a month.", "The pet fee of $35 is due each month.")
    assert not disagree("The pet fee is $35 a month.", "Quiet hours start at 10.")
