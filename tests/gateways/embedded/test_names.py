"""Names come from the data: whole, in part, misspelled, possessive; two good matches are both kept."""

from __future__ import annotations

import pytest

from app.domain.names import Names
from app.gateways.embedded import Planner
from app.gateways.embedded.names import NameIndex
from tests.gateways.embedded.conftest import NOW, planned


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("occupancy at the park", "The Park at Lakeline"),
        ("how is lakeline doing", "The Park at Lakeline"),
        ("rent roll for union", "Union"),
        ("tours at st james", "St. James Court"),
        ("tours at Saint James", "St. James Court"),
        ("comps for 1200 broadway", "1200 Broadway"),
        ("ashbey meadows rent roll", "Ashby Meadows"),
        ("ashby's rent roll", "Ashby Meadows"),
        ("noi at avenue 5", "Avenue 5"),
        ("grace park's ledger", "Grace Park"),
        ("lease for jean luc moreau", "Jean-Luc Moreau"),
        ("maria jose nunez", "María José Núñez"),
        ("dandre williams", "D'Andre Williams"),
        ("xiomara quintanila", "Xiomara Quintanilla"),
        ("quintanilla's balance", "Xiomara Quintanilla"),
        ("invoices from lock and key", "Lock & Key Co"),
        ("the maple leaf deal", "MapleLeaf REIT"),
        ("we lost first unit holdings", "First Unit Holdings"),
    ],
)
def test_a_name_is_found_however_it_is_written(nasty: Names, words: str, name: str) -> None:
    found = [m for m in NameIndex(nasty).find(words) if not m.weak]
    assert name in [entry.name for mention in found for entry in mention.entries]


@pytest.mark.parametrize(
    "words",
    ["where can guests park", "bank holiday hours", "will it work", "price of the stone", "we may close", "grand total",
     "a bright idea", "he has a chance", "i rose early", "open the door"],
)  # fmt: skip
def test_ordinary_words_are_not_taken_for_names(nasty: Names, words: str) -> None:
    assert [m for m in NameIndex(nasty).find(words) if not m.weak] == []


def test_a_surname_nobody_has_is_not_guessed_away(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "ledger for Xiomara Blackwood", nasty)
    assert calls == [("get_resident_ledger", {"resident": "Xiomara Blackwood"})]


@pytest.mark.parametrize(
    ("words", "name", "argument"),
    [
        ("show me Zora Quill's ledger", "get_resident_ledger", {"resident": "Zora Quill"}),
        ("what does Zora Quills' lease say", "get_lease_details", {"resident": "Zora Quills"}),
        ('Shoot Zora Quill a text saying "ready"', "send_sms", {"recipient": "Zora Quill", "message": "ready"}),
    ],
)
def test_a_name_nobody_has_is_taken_without_what_is_around_it(
    planner: Planner, nasty: Names, words: str, name: str, argument: dict[str, str]
) -> None:
    assert planned(planner, words, nasty) == [(name, argument)]


def test_two_properties_that_share_a_word_are_asked_about(planner: Planner, nasty: Names) -> None:
    plan = planner.plan("rent roll for Stone", nasty, NOW)
    assert (plan.action, plan.options, plan.question) == ("clarify", ("Stone Creek", "Stone Harbor"), "Which Stone?")


def test_two_residents_that_share_a_surname_are_asked_about(planner: Planner, nasty: Names) -> None:
    plan = planner.plan("text Smith that the gym is open", nasty, NOW)
    assert (plan.action, plan.options) == ("clarify", ("Bob Smith", "Rob Smith"))


def test_the_role_decides_between_people_of_one_name(planner: Planner, nasty: Names) -> None:
    assert planned(planner, "assign WO-1042 to Grace", nasty) == [
        ("update_work_order", {"work_order_id": "WO-1042", "assignee": "Grace"})
    ]
    assert planned(planner, "show me Grace Park's ledger", nasty) == [
        ("get_resident_ledger", {"resident": "Grace Park"})
    ]


def test_a_hundred_thousand_residents_are_indexed_not_scanned(planner: Planner) -> None:
    first = [f"{a}{b}" for a in ("Ka", "Mo", "Ti", "Ze", "Ru", "La", "Be", "No", "Xi", "Wu") for b in
             ("ran", "lia", "von", "dra", "mek", "sel", "tis", "nor", "pha", "gus")]  # fmt: skip
    last = [f"{a}{b}{c}" for a in first[:10] for b in ("ber", "dal", "fin", "gro", "hol") for c in
            ("man", "son", "ski", "ova", "ley", "ard", "ino", "ero", "ich", "elt", "ous", "aya", "ent", "ock", "umi",
             "ash", "eau", "iro", "ung", "ott")]  # fmt: skip
    names = Names(residents=tuple(f"{a} {b}" for a in first for b in last), version="large")
    assert len(names.residents) == 100_000
    wanted = names.residents[54_321]
    assert planned(planner, f"show me {wanted}'s ledger", names) == [("get_resident_ledger", {"resident": wanted})]
    plan = planner.plan(f"ledger for {wanted.split()[0]}", names, NOW)
    assert plan.action == "clarify"
    assert len(plan.options) == 8


@pytest.mark.parametrize(
    ("words", "name", "company"),
    [
        ("add a new contact: Paul Reyes at Reyes Group", "Paul Reyes", "Reyes Group"),
        ("add Paul Reyes of Brightwater Partners as a contact", "Paul Reyes", "Brightwater Partners"),
        ("create a contact for Lena Ortiz with Ortiz Capital", "Lena Ortiz", "Ortiz Capital"),
    ],
)
def test_somebody_new_at_a_company_nobody_knows(
    planner: Planner, nasty: Names, words: str, name: str, company: str
) -> None:
    assert planned(planner, words, nasty) == [("create_contact", {"name": name, "company": company})]
