import io

import pytest
from rich.console import Console

from app.channels.console import render
from app.domain.answer import Answer, AnswerKind, Column, Table
from tests.channels import samples


def shown(answer: Answer, width: int = 110) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(render(answer, samples.READER))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


@pytest.mark.parametrize("name", ["WITH_TABLE", "CITED", "QUESTION", "APPROVAL", "FAILED"])
def test_an_answer_in_the_terminal(name, snapshot):
    assert shown(getattr(samples, name)) == snapshot


def test_a_long_table_says_how_many_rows_are_left():
    answer = Answer(samples.FAILED.kind, "", tables=(samples.long_table(100),))
    assert "… and 60 more rows" in shown(answer)


def test_text_that_looks_like_markup_is_shown_as_it_is():
    table = samples.long_table(1)
    answer = Answer(
        samples.FAILED.kind, "", tables=(table.__class__("[red]x[/red]", table.columns, (("[b]y", None),)),)
    )
    assert "[red]x[/red]" in shown(answer)
    assert "[b]y" in shown(answer)


def test_data_cannot_send_control_sequences_to_the_terminal():
    answer = Answer(samples.FAILED.kind, "red \x1b[31m", tables=(samples.long_table(0),), notes=("\x1b]0;title\x07",))
    assert "\x1b" not in shown(answer)
    assert "\x07" not in shown(answer)


def test_in_a_narrow_terminal_whole_columns_go_instead_of_letters_and_the_first_is_what_never_changes(snapshot):
    columns = (Column("number", "Number"), Column("where", "Property"), Column("what", "Problem"), Column("who", "Who"))
    rows = tuple(
        (f"WO-{n}", "Parkview Tower", "Refrigerator does not stay cold", "Genevieve Jacobs") for n in (2289, 2290)
    )
    answer = Answer(AnswerKind.ANSWER, "", tables=(Table("Work orders", columns, (*rows, (*rows[0][:3], "–"))),))
    assert shown(answer, width=78) == snapshot


def test_a_cited_page_opens_from_the_terminal_and_nothing_but_a_web_address_does():
    console = Console(file=io.StringIO(), width=200, force_terminal=True, legacy_windows=False)
    console.print(render(samples.CITED, samples.READER))
    assert "https://docs.example.com/pets?a=1&b=|x#deposits" in console.file.getvalue()
    assert "javascript" not in console.file.getvalue()
