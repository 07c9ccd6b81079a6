"""Deals, contacts, notes and calls, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.db.models.business import CallNote, Company, Contact, Deal
from app.domain.errors import Ambiguous, Fixable, NotAllowed, NotFound
from app.domain.money import Money
from app.portfolio.calls import stems_of
from app.portfolio.contacts import role_forms
from tests.tools import world
from tests.tools.conftest import Desk


@pytest.fixture
async def own_deal(desk: Desk) -> str:
    """A deal that Sophia keeps herself, unlike the world's, which HubSpot owns."""
    async with desk.db.transaction() as session:
        session.add(
            Deal(
                workspace_id=world.WS, id="sophia:d9", name="Crestline – 60 units", company_id=None, owner="Ben Fox",
                stage="proposal", amount_cents=30_000_000, updated_at=world.NOW, as_of=world.NOW,
            )
        )  # fmt: skip
    return "Crestline – 60 units"


async def test_open_deals_are_summed_and_charted_by_stage(desk: Desk) -> None:
    shown = await desk.ask("search_deals")
    assert shown.text == (
        "There are 2 open deals, worth $1,650,000 in total. The largest is Greystone Capital – 120 units "
        "($1,250,000, proposal, Sarah Jennings)."
    )
    assert shown.table is not None
    assert [row[3] for row in shown.table.rows] == [Money.of(1_250_000), Money.of(400_000)]
    assert shown.charts[0].categories == ("qualified", "proposal")


async def test_deals_by_stage_owner_and_amount(desk: Desk) -> None:
    lost = await desk.ask("search_deals", stage="closed_lost", owner="Ben")
    assert lost.text == (
        "There is 1 lost deal owned by Ben Fox, worth $50,000 in total. It is BlueHarbor REIT – pilot, in closed lost."
    )
    none = await desk.ask("search_deals", stage="negotiation", min_amount=1_000_000)
    assert none.text == "I found no deals in negotiation, of at least $1,000,000."


async def test_a_deal_moves_once_and_the_card_shows_before_and_after(desk: Desk, own_deal: str) -> None:
    card = await desk.prepare("update_deal_stage", deal="Crestline", stage="negotiation")
    assert card.arguments == {"deal": own_deal, "stage": "negotiation"}
    assert [(c.label, c.before, c.after) for c in card.changes][-1] == ("Stage", "proposal", "negotiation")
    shown = await desk.do("update_deal_stage", deal="Crestline", stage="negotiation")
    assert shown.text == "Crestline – 60 units ($300,000) is in negotiation now."


async def test_a_deal_of_another_system_is_not_changed_behind_its_back(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="hubspot can only be read"):
        await desk.prepare("update_deal_stage", deal="Greystone", stage="negotiation")


async def test_a_deal_that_is_there_already_is_said_so(desk: Desk, own_deal: str) -> None:
    with pytest.raises(Fixable, match="in proposal already"):
        await desk.prepare("update_deal_stage", deal=own_deal, stage="proposal")


async def test_a_deal_in_a_stage_nobody_explained_is_shown_with_the_open_ones(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        session.add(
            Deal(
                workspace_id=world.WS, id="hubspot:d8", name="Odd", company_id=None, owner="", stage="unknown",
                amount_cents=100, updated_at=world.NOW, as_of=world.NOW,
            )
        )  # fmt: skip
    shown = await desk.ask("search_deals")
    assert shown.text.startswith("There are 3 open deals, worth $1,650,001 in total.")
    assert shown.table is not None
    assert ("Odd", "unknown") in {(row[0], row[2]) for row in shown.table.rows}


async def test_contacts_by_role_name_and_company(desk: Desk) -> None:
    cfo = await desk.ask("search_contacts", role="CFOs")
    assert cfo.text == (
        "Dana Whitman is Chief Financial Officer (CFO) at Greystone Capital. Phone (512) 555-0301. "
        "Email dana@greystonecap.example."
    )
    assert (await desk.ask("search_contacts", company="blueharbor")).text.startswith("Marcus Lindqvist is VP")
    assert (await desk.ask("search_contacts", role="janitor")).text == "I found no contacts with the role janitor."
    with pytest.raises(NotFound):
        await desk.ask("search_contacts", name="Zelda Q")


def test_a_role_is_found_in_its_short_and_long_form() -> None:
    assert role_forms("CFOs") == ("cfo", "chief financial officer")
    assert role_forms("Chief Financial Officer") == ("cfo", "chief financial officer")
    assert role_forms("VP Acquisitions") == ("vice president acquisition", "vp acquisition")


async def test_a_contact_and_its_new_company_are_added_once(desk: Desk) -> None:
    given = {"name": "Paul Reyes", "company": "Reyes Group", "email": "paul@reyesgroup.com", "phone": "512 555 0177"}
    card = await desk.prepare("create_contact", **given)
    assert "Reyes Group is not in the CRM yet and is added too." in card.consequence
    assert card.arguments["phone"] == "+15125550177"
    for _ in range(2):
        shown = await desk.do("create_contact", **given)
    assert shown.text == "Paul Reyes at Reyes Group is in the CRM now."
    async with desk.db.reading() as session:
        for model in (Contact, Company):
            made = await session.scalar(select(func.count()).select_from(model).where(model.id == "sophia:k1"))
            assert made == 1


async def test_a_wrong_email_or_phone_is_a_question_and_a_namesake_is_mentioned(desk: Desk) -> None:
    with pytest.raises(Fixable, match="not a complete e-mail address"):
        await desk.prepare("create_contact", name="A B", email="a.b")
    with pytest.raises(Fixable, match="not a complete phone number"):
        await desk.prepare("create_contact", name="A B", phone="12")
    card = await desk.prepare("create_contact", name="Dana Whitman")
    assert "there is a contact named Dana Whitman already" in card.consequence


async def test_a_note_is_written_once_on_the_right_contact(desk: Desk) -> None:
    for _ in range(2):
        shown = await desk.do("log_call_note", contact="Marcus", note="budget approved, sending LOI")
    assert shown.text == "The note is on Marcus Lindqvist's record: “budget approved, sending LOI”"
    async with desk.db.reading() as session:
        kept = (await session.scalars(select(CallNote).where(CallNote.workspace_id == world.WS))).one()
    assert kept.contact_id == "hubspot:c2"


async def test_of_two_contacts_of_one_name_the_chosen_one_gets_the_note(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        twin = {"name": "Dana Whitman", "search_name": "dana whitman", "company_id": "hubspot:co2"}
        session.add(Contact(workspace_id=world.WS, id="hubspot:c9", as_of=world.NOW, **twin))
    with pytest.raises(Ambiguous) as asked:
        await desk.prepare("log_call_note", contact="Dana Whitman", note="Wants a call back")
    assert set(asked.value.options) == {"Dana Whitman (Greystone Capital)", "Dana Whitman (BlueHarbor REIT)"}
    prepared = await desk.prepare("log_call_note", contact="Dana Whitman (BlueHarbor REIT)", note="Wants a call back")
    assert prepared.changes[0].after == "Dana Whitman, BlueHarbor REIT"
    assert await desk.prepare("log_call_note", **prepared.arguments) == prepared
    await desk.ask("log_call_note", key="k9", **prepared.arguments)
    async with desk.db.reading() as session:
        assert (await session.scalars(select(CallNote.contact_id))).all() == ["hubspot:c9"]


async def test_calls_are_searched_by_what_was_said(desk: Desk) -> None:
    shown = await desk.ask("search_call_transcripts", query="cap rates", contact="Dana Whitman")
    assert "Cap rates moved to 5.4 percent." in shown.text
    assert "Mar 10, 2026" in shown.text
    assert shown.table is not None
    assert len(shown.table.rows) == 1  # the call of June 2025 lies outside the last 180 days


async def test_nothing_said_and_nothing_recorded_are_different_answers(desk: Desk) -> None:
    unsaid = await desk.ask("search_call_transcripts", query="parking")
    assert unsaid.text == "Nobody mentioned “parking” in the 2 recorded calls for Sep 19, 2025 – Mar 18, 2026."
    unrecorded = await desk.ask("search_call_transcripts", query="x", start_date="2026-03-17", end_date="2026-03-18")
    assert unrecorded.text == "There are no recorded calls for Mar 17–18, 2026."


def test_the_words_that_carry_meaning_are_searched_without_their_endings() -> None:
    assert stems_of("complaints about noise") == ("complaint", "nois")
    assert stems_of("the") == ("the",)
