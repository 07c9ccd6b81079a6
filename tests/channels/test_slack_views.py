"""The Home tab and the edit form, as Slack takes them."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from app.channels.slack.definition_view import definition_view
from app.channels.slack.edit_form import edit_view, edits_from
from app.channels.slack.home import home_view
from app.domain.answer import EditableField
from app.portfolio.definitions import DEFINITIONS
from tests.channels import samples
from tests.channels.slack_schemas import check, texts


@dataclass(frozen=True)
class Line:
    system: str
    read_at: datetime | None
    failing: bool
    reading: int | None = None


SOURCES = [Line("Entrata", samples.ENTRATA.as_of, False), Line("Yardi Voyager", None, True, reading=12_345)]


@pytest.mark.parametrize("abilities", [0, 3, 40])
@pytest.mark.parametrize("waiting", [0, 1, 9])
def test_the_home_tab_fits_whatever_there_is(abilities, waiting, shared):
    view = home_view(
        name="Jen Park",
        company="Hearthstone",
        abilities=[(f"Tool {number}", "How full is Maple Grove? " * 30) for number in range(abilities)],
        waiting=[samples.CARD] * waiting,
        sources=SOURCES,
        reader=samples.READER,
    )
    check(shared, "View.schema.json", view)
    assert len(view["blocks"]) <= 100
    shown = " ".join(texts(view["blocks"]))
    assert "as of 9:42 AM" in shown
    assert "not read in full yet · reading now, 12,345 rows so far · the last attempt failed" in shown
    assert "do not fit" not in shown
    assert ("team yet" in shown) == (abilities == 0)


@pytest.mark.parametrize(("found", "said"), [(1, "One thing in the data does not fit"), (7, "7 things in the data do")])
def test_who_can_mend_it_sees_on_the_home_tab_that_data_does_not_fit(found, said, shared):
    view = home_view(
        name="Tom", company="Hearthstone", abilities=[], waiting=[], sources=SOURCES, reader=samples.READER, found=found
    )
    check(shared, "View.schema.json", view)
    assert said in " ".join(texts(view["blocks"]))


def test_the_edit_form_has_a_field_per_argument(shared, snapshot):
    fields = [
        EditableField("description", "Faucet leaks", required=True),
        EditableField("priority", "high", options=("low", "high")),
        EditableField("days", 3),
        EditableField("dates", ["a", "b"]),
        EditableField("note", None),
    ]
    view = edit_view(fields, '{"approval_id": "apr_1"}')
    check(shared, "View.schema.json", view)
    assert view == snapshot


def test_what_was_written_comes_back_by_argument_name():
    state = {
        "values": {
            "priority": {"value": {"type": "static_select", "selected_option": {"value": "low"}}},
            "title": {"value": {"value": " Leak "}},
            "note": {"value": {"value": None}},
        }
    }
    assert edits_from({"state": state}) == {"priority": "low", "title": "Leak", "note": None}


def test_the_definitions_of_an_answer_open_as_a_modal(shared, snapshot):
    view = definition_view([DEFINITIONS["occupancy"], DEFINITIONS["average_rent"]])
    check(shared, "View.schema.json", view)
    assert view == snapshot


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_definition_fits_a_modal(key, shared):
    view = definition_view([DEFINITIONS[key]])
    check(shared, "View.schema.json", view)
    shown = " ".join(texts(view["blocks"]))
    for words in (*DEFINITIONS[key].counting, *DEFINITIONS[key].example, DEFINITIONS[key].result):
        assert words in shown
