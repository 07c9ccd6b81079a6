from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.channels.slack.cards import again_blocks, card_blocks
from app.channels.slack.charts import chart_block
from app.channels.slack.message import Message, messages
from app.channels.slack.safe import markdown, settled_length
from app.channels.slack.settled_card import settled_blocks
from app.domain.answer import Answer, AnswerKind, Chart, Choice, Column, ColumnKind, FieldChange, Series, Table
from app.domain.money import Money
from tests.channels import samples
from tests.channels.slack_schemas import check, check_blocks, texts


def made(answer: Answer) -> list[Message]:
    return messages(answer, samples.READER, "T1/C1:1.0:message")


def with_table(table: Table, text: str = "Here it is.") -> Answer:
    return Answer(AnswerKind.ANSWER, text, tables=(table,))


@pytest.mark.parametrize("name", ["WITH_TABLE", "CITED", "QUESTION", "APPROVAL", "FAILED"])
def test_an_answer_in_slack(name, snapshot, shared):
    shown = made(getattr(samples, name))
    for message in shown:
        check_blocks(shared, message.all_blocks)
        payload = {"channel": "C1", "text": message.text, "blocks": message.all_blocks, "unfurl_links": False}
        if not any(block["type"] == "data_visualization" for block in message.all_blocks):
            check(shared, "requests/chat.postMessage.json", payload)
    assert [(message.part, message.text, message.all_blocks) for message in shown] == snapshot


@pytest.mark.parametrize("status", ["executed", "declined", "expired", "failed", "unknown", "refused", "already"])
def test_a_decided_card_has_no_buttons_and_says_what_came_of_it(status, shared):
    blocks = settled_blocks(card_blocks(samples.CARD, samples.READER), status, "Dana approved it: WO-1042 is open.")
    check_blocks(shared, blocks)
    assert "actions" not in [block["type"] for block in blocks]
    assert "Dana approved it: WO-1042 is open." in " ".join(texts(blocks))


def test_a_card_that_may_be_approved_once_more_says_why_and_has_its_buttons(shared):
    blocks = again_blocks(samples.CARD, samples.READER, "failed", "Entrata is busy.")
    check_blocks(shared, blocks)
    assert "Entrata is busy." in " ".join(texts(blocks[:1]))
    assert blocks[1:] == card_blocks(samples.CARD, samples.READER)


@pytest.mark.parametrize(("rows", "words"), [(2, 1), (13, 1), (99, 1), (101, 1), (2400, 1), (150, 40), (40, 2000)])
def test_a_table_of_any_size_fits_and_counts_what_is_left(rows, words, shared):
    table = samples.long_table(rows, words=words)
    blocks = made(with_table(table, "words " * 900))[0].all_blocks
    check_blocks(shared, blocks)
    shown = next(len(block["rows"]) - 1 for block in blocks if block["type"] in ("table", "data_table"))
    left = rows - shown
    assert (f"{left:,} more row" in " ".join(texts(blocks))) == (left > 0)
    if left:
        assert any("Download" in text for text in texts(blocks))


def test_a_wide_table_says_how_many_columns_are_left(shared):
    table = Table("Wide", tuple(Column(f"c{n}", f"C{n}") for n in range(30)), ((tuple("x" * 30)),) * 2)
    blocks = made(with_table(table))[0].all_blocks
    check_blocks(shared, blocks)
    assert "10 more columns" in texts(blocks)


def test_an_empty_table_is_a_line(shared):
    blocks = made(with_table(Table("Nothing", samples.RENT_ROLL.columns, ())))[0].all_blocks
    check_blocks(shared, blocks)
    assert "No rows" in texts(blocks)


def test_amounts_are_numbers_with_the_text_people_read():
    block = next(b for b in made(samples.WITH_TABLE)[0].blocks if b["type"] == "table")
    assert block["rows"][1][2] == {"type": "raw_number", "value": 1895.0, "text": "$1,895.00"}
    assert block["column_settings"][2]["align"] == "right"


def test_several_tables_and_charts_go_into_several_messages(shared):
    answer = replace(samples.WITH_TABLE, tables=(samples.RENT_ROLL,) * 3, charts=(samples.CHART,) * 5)
    shown = made(answer)
    assert [message.part for message in shown] == ["answer", "table1", "table2", "charts2", "charts4"]
    for message in shown:
        check_blocks(shared, message.all_blocks)


def test_a_long_text_is_cut_between_paragraphs_and_nothing_is_lost(shared):
    paragraphs = [f"Paragraph {number}. " + "word " * 200 for number in range(30)]
    shown = made(Answer(AnswerKind.ANSWER, "\n\n".join(paragraphs)))
    assert len(shown) > 2
    for message in shown:
        check_blocks(shared, message.all_blocks)
    together = "\n\n".join(message.lead for message in shown)
    assert [part.strip() for part in together.split("\n\n")] == [paragraph.strip() for paragraph in paragraphs]


def test_what_leaves_the_company_is_confirmed_once_more():
    (actions,) = (block for block in made(samples.APPROVAL)[1].blocks if block["type"] == "actions")
    approve, edit, decline = actions["elements"]
    assert "can't be taken back" in approve["confirm"]["text"]["text"]
    assert (approve["style"], decline["style"], "style" in edit) == ("primary", "danger", False)
    inside = replace(samples.APPROVAL, approvals=(replace(samples.CARD, recipients=(), editable=()),))
    (actions,) = (block for block in made(inside)[1].blocks if block["type"] == "actions")
    assert [element["text"]["text"] for element in actions["elements"]] == ["Approve", "Decline"]
    assert "confirm" not in actions["elements"][0]


HOSTILE = (
    "<!channel> <@U123> <https://evil.example|click> & *bold* _it_ @here @channel `x` ![i](https://evil.example/p.png)"
)


def test_hostile_words_never_become_a_mention_a_link_or_an_image():
    table = Table(HOSTILE, (Column("a", HOSTILE),), ((HOSTILE,), (HOSTILE,)))
    card = replace(samples.CARD, title=HOSTILE, changes=(FieldChange(HOSTILE, HOSTILE, HOSTILE),))
    answer = Answer(
        AnswerKind.ANSWER,
        HOSTILE + " [a](https://evil.example/a?secret=1) https://evil.example/b",
        tables=(table,),
        choices=(Choice(HOSTILE, HOSTILE),),
        approvals=(card,),
        notes=(HOSTILE,),
        follow_ups=(HOSTILE,),
    )
    for message in made(answer):
        for block in message.all_blocks:
            assert all(kind not in str(block) for kind in ("'mrkdwn'", "'link'", "'image'", "'broadcast'"))
            if block["type"] == "markdown":
                assert "<" not in block["text"]
                assert "](" not in block["text"]
                assert "`https://evil.example/b`" in block["text"]
        assert "<" not in message.text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("see [the deal](https://app.example/1)", "see [the deal](https://app.example/1)"),
        ("see [the deal](https://app.example/2)", "see the deal"),
        ("![chart](https://x.example/c.png)", "chart"),
        ("at https://x.example/a?b=c.", "at `https://x.example/a?b=c.`"),
        ("[a]: https://x.example", ""),
        ("@channel look", "@\u2060channel look"),
        ("> quoted <b>", "> quoted &lt;b&gt;"),
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
    ],
)
def test_markdown_keeps_only_links_of_sources(said, shown):
    assert markdown(said, {"https://app.example/1"}) == shown


@settings(deadline=None)
@given(st.text(alphabet="[]()!<>@ahtps:/.x` \n", max_size=60))
def test_a_growing_text_is_shown_only_as_far_as_its_meaning_is_settled(text):
    settled = text[: settled_length(text)]
    assert markdown(text).startswith(markdown(settled).rstrip()) or settled == "" or "]:" in text or "\n" in text


def test_an_open_link_is_held_back_until_it_is_whole():
    assert settled_length("see [the deal](https://x") == len("see ")
    assert settled_length("see [the deal](https://x.example) now ") == len("see [the deal](https://x.example) now ")
    assert settled_length("half a wor") == len("half a ")


@pytest.mark.parametrize("kind", ["bar", "line", "area", "pie"])
def test_a_chart_of_any_size_fits(kind, shared):
    names = tuple(f"A property with a long name, number {n}" for n in range(40))
    chart = Chart(
        "A title that is much longer than the fifty characters of Slack",
        kind,
        names,
        tuple(Series(f"Series with a long name {n}", tuple(float(v) for v in range(40))) for n in range(9)),
        "$",
    )
    block = chart_block(chart)
    assert block is not None
    check_blocks(shared, [block])


def test_a_pie_keeps_the_whole_when_slices_are_left_over():
    block = chart_block(Chart("x", "pie", tuple("abcdefgh"), (Series("s", (1, 2, 3, 4, 5, 6, 7, 8)),)))
    assert block is not None
    segments = block["chart"]["segments"]
    assert sum(segment["value"] for segment in segments) == 36
    assert [segment["label"] for segment in segments] == ["h", "g", "f", "e", "d", "Other"]


def test_a_chart_without_numbers_is_not_shown():
    assert chart_block(Chart("x", "bar", (), ())) is None
    assert chart_block(Chart("x", "line", ("a",), (Series("s", (float("nan"),)),))) is None


NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(), st.builds(Money, st.integers(-(10**8), 10**8)))
CELLS = st.one_of(st.none(), st.text(max_size=400), NUMBERS, st.booleans())


@settings(deadline=None)
@given(
    text=st.text(max_size=3000),
    rows=st.lists(st.tuples(CELLS, CELLS), max_size=130),
    kind=st.sampled_from([ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.MONEY]),
    choices=st.lists(st.text(max_size=3000), max_size=40),
)
def test_whatever_is_answered_slack_can_take_it(shared, text, rows, kind, choices):
    table = Table(text[:300], (Column("a", text[:500], kind), Column("b", "")), tuple(rows))
    answer = Answer(
        AnswerKind.ANSWER,
        text,
        tables=(table,),
        choices=tuple(Choice(choice, choice) for choice in choices),
        follow_ups=tuple(choices),
        notes=tuple(choices),
    )
    for message in made(answer):
        check_blocks(shared, message.all_blocks)
        assert 0 < len(message.text) <= 4000
