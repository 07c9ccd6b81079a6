"""Only what was really written stands in quotation marks, and only sources that exist are cited."""

from __future__ import annotations

from datetime import date

import pytest

from app.agent.figures import Ledger
from app.agent.quotations import Quotable, note_for
from app.agent.speech import Speaker

PASSAGE = (
    "A household may keep up to two pets. **Dogs** are not allowed on balconies; the fee is $1,500 | Oakwood only."
)


def quotable() -> Quotable:
    made = Quotable()
    made.add_words("can my aunt bring her three dogs")
    made.add_passages([PASSAGE, "Parking is free for guests."], [1, 2])
    return made


@pytest.mark.parametrize(
    "text",
    [
        "It says “a household may keep up to two pets.” [1]",
        'It says: "dogs are not allowed on balconies" [2].',
        "„A household may keep up to“ and «keep up to two pets»",
        "You asked “can my aunt bring her three dogs”.",
        "The “no dogs rule” stands, and it's the residents' own duty, isn't it?",
        'a 5" pipe and a 3" valve and some more words, 6\' tall',
        "It says “… the fee is $1,500 Oakwood only [1]”.",
    ],
)
def test_what_was_written_or_said_keeps_its_marks(text: str) -> None:
    checked = quotable().check(text)
    assert (checked.text, checked.unfounded) == (text, ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It says “a household may keep up to nine pets” [1].", "It says a household may keep up to nine pets [1]."),
        ('It says "dogs are … allowed on balconies".', "It says dogs are … allowed on balconies."),
        ("It says “dogs are allowed on all balconies", "It says dogs are allowed on all balconies"),
        ("So ‘the fee is $1,5 for all’ then", "So the fee is $1,5 for all then"),
        ("“Pets. Parking is free for all”", "Pets. Parking is free for all"),
        ("“two pets. Parking is free for guests.”", "two pets. Parking is free for guests."),
        ("“ousehold may keep up to”", "ousehold may keep up to"),
        ("“the fee is $1” only", "the fee is $1 only"),
        ("“He said 'keep up to two pets' to me”", "He said 'keep up to two pets' to me"),
    ],
)
def test_what_nobody_wrote_loses_its_marks_and_keeps_its_words(text: str, left: str) -> None:
    checked = quotable().check(text)
    assert checked.text == left
    assert len(checked.unfounded) == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Two pets [1], free parking [2].", "Two pets [1], free parking [2]."),
        ("Two pets [1, 2].", "Two pets [1] [2]."),
        ("Two pets [1,7].", "Two pets [1]."),
        ("Two pets [7].", "Two pets."),
        ("Two pets [1][9]", "Two pets [1]"),
    ],
)
def test_a_citation_that_no_source_has_goes(text: str, left: str) -> None:
    assert quotable().check(text).text == left


def test_a_turn_without_documents_keeps_its_quotation_marks_but_no_dangling_citation() -> None:
    assert Quotable().check("The note says “call me tomorrow at noon” [3].").text == (
        "The note says “call me tomorrow at noon”."
    )


def test_a_search_that_found_nothing_allows_no_quotation() -> None:
    made = Quotable()
    made.add_passages([], [])
    assert made.check("It says “pets are welcome for free” [1].").text == "It says pets are welcome for free."


@pytest.mark.parametrize("step", [1, 7, 1_000])
async def test_a_quotation_over_several_sentences_and_lines_is_checked_whole_however_it_streams(step: int) -> None:
    said: list[str] = []

    async def passed_on(text: str) -> None:
        said.append(text)

    known = quotable()
    known.add_passages(["Doors close at ten. Please be quiet.\nNo music in the yard."], [1])
    ledger = Ledger(date(2026, 3, 18), "America/Chicago")
    ledger.add_value(1)  # the number of a citation is one of the tool's own numbers
    speaker = Speaker(ledger, known, passed_on)
    text = (
        "The house rules are short, and they hold for everybody who lives here or visits, on every day of the year, as "
        "the handbook of the house has it in its first chapter. They say: “Doors close at ten. Please be quiet.\n"
        "No music in the yard.” [1] They also say “Doors close late. Please be loud.” and so on."
    )
    speaker.begin()
    for start in range(0, len(text), step):
        await speaker.hear(text[start : start + step])
    await speaker.end(calls_tools=False)
    assert "".join(said) == speaker.said
    assert speaker.said == text.replace("“Doors close late. Please be loud.”", "Doors close late. Please be loud.")
    assert speaker.unfounded == ["Doors close late. Please be loud."]


async def test_a_mark_that_is_never_closed_does_not_hold_the_answer_back() -> None:
    said: list[str] = []

    async def passed_on(text: str) -> None:
        said.append(text)

    speaker = Speaker(Ledger(date(2026, 3, 18), "America/Chicago"), quotable(), passed_on)
    speaker.begin()
    for _ in range(60):
        await speaker.hear("“It goes on like this for a long time. ")
    assert said


def test_the_note_counts() -> None:
    assert note_for(1).startswith("One quotation was")
    assert note_for(2).startswith("2 quotations were")
