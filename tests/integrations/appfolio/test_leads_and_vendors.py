"""Guest cards and vendors of AppFolio's communities come over its wire, and answers name AppFolio as their source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.db.engine import Database
from app.db.models.leasing import GuestCard
from app.db.models.maintenance import Vendor
from app.domain.clock import FixedClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.integrations.base import Page, Reading
from app.portfolio.area import area_of
from app.portfolio.vendors import vendors
from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.server import AppFolioServer
from tests.integrations.appfolio.rig import Stand, read_model
from tests.integrations.appfolio.test_first_sync import everything, synced
from tests.integrations.entrata.rig import NOW, TODAY

ADA = Principal(WorkspaceId("W1"), UserId("U1"), "Ada", frozenset({Role.ADMIN}))
CARDS = Reading("leads", date(2024, 3, 1))


async def test_every_guest_card_arrives_as_it_is(stand: Stand, db: Database) -> None:
    await synced(stand, db)
    rows = await everything(db, GuestCard)
    cards = {card.id: card for home in stand.store.homes for card in stand.store.cards(home)}
    assert len(rows) == len(cards)
    for number, card in cards.items():
        row = rows[f"appfolio:card-{number}"]
        assert (row.name, row.email, row.phone, row.status) == (card.name, card.email, card.phone, card.status)
        assert (row.lead_source, row.inquired_on, row.bedrooms) == (card.lead_source, card.inquired_on, card.bedrooms)
        assert row.property_id == read_model("property", card.property_id)


async def test_a_reading_of_changes_looks_back_for_what_came_of_an_inquiry(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    home = stand.store.homes[0]
    cards = stand.store.cards(home)
    asked = max((card for card in cards if card.status == "contacted"), key=lambda card: card.inquired_on)
    changed = tuple(card if card is not asked else replace(card, status="leased") for card in cards)
    stand.store._cards[home.community.property.id] = changed
    await synced(stand, sqlite_db, clock=FixedClock(NOW + timedelta(hours=1)))
    assert (await everything(sqlite_db, GuestCard))[f"appfolio:card-{asked.id}"].status == "leased"


async def test_the_vendors_are_those_by_which_work_orders_name_them(stand: Stand, db: Database) -> None:
    await synced(stand, db)
    rows = await everything(db, Vendor)
    assert set(rows) == {f"appfolio:{uuid_of('vendor', one.name)}" for one in stand.store.directory}
    for one in stand.store.directory:
        row = rows[f"appfolio:{uuid_of('vendor', one.name)}"]
        assert (row.name, row.category, row.phone, row.insured_until) == (
            one.name, one.category, one.phone, one.insured_until,
        )  # fmt: skip
        assert row.property_ids == "appfolio:*"


async def test_one_company_in_two_systems_is_one_vendor_with_both_as_sources(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    async with sqlite_db.transaction() as session:
        own = {"category": "plumbing", "phone": "", "email": "", "as_of": NOW, "workspace_id": "W1"}
        session.add(Vendor(id="sophia:1", name="AceFlow Plumbing", property_ids="entrata:*", rating=4.7, **own))
        session.add(Vendor(id="sophia:2", name="Elsewhere Plumbing", property_ids="entrata:*", **own))
        session.add(Vendor(id="sophia:3", name="Everywhere Plumbing", property_ids="", **own))
    async with sqlite_db.reading() as session:
        area = await area_of(session, ADA, None)
        found = {one.name: one for one in await vendors(session, area, "plumbing", TODAY)}
    assert "Elsewhere Plumbing" not in found
    assert found["Everywhere Plumbing"].approved_for == "everywhere"
    ace = found["AceFlow Plumbing"]
    assert [record for record, _ in ace.records] == [f"appfolio:{uuid_of('vendor', ace.name)}"]
    assert ace.insured is True


async def read_with(stand: Stand, resource: str, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Page:
    """The first page of a resource, with other values in its first record."""
    paged = AppFolioServer._paged

    def changed(self: Any, http: Any, key: str, page: int) -> dict[str, Any]:
        answer = paged(self, http, key, page)
        answer["results"] = [{**answer["results"][0], **change}, *answer["results"][1:]]
        return answer

    monkeypatch.setattr(AppFolioServer, "_paged", changed)
    return await stand.connector.read(Reading(resource, CARDS.horizon))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "On the moon"}, "unknown guest card status: On the moon"),
        ({"property": "Nowhere - 1 Main St"}, "guest card without a known property"),
        ({"received": None, "latest_interest_date": None}, "guest card without a day"),
        ({"guest_card_id": None}, "unreadable GuestCard: guest_card_id is not a number of a record"),
    ],
    ids=str,
)
async def test_what_is_not_understood_of_a_guest_card_is_reported(
    stand: Stand, change: dict[str, Any], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await read_with(stand, "leads", change, monkeypatch)
    assert problem in [one.kind for one in page.problems]


async def test_several_inquiries_on_one_card_are_one_prospect_since_the_first(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await stand.connector.read(CARDS)
    second = whole.batches[0].rows[1]
    again = {"guest_card_id": int(second["id"].rpartition("-")[2]), "received": "2024-05-01"}
    page = await read_with(stand, "leads", again, monkeypatch)
    rows = {row["id"]: row for row in page.batches[0].rows}
    assert len(rows) == len(whole.batches[0].rows) - 1
    assert rows[second["id"]]["inquired_on"] == date(2024, 5, 1)


async def test_a_vendor_that_may_not_be_sent_is_none_of_ours(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await stand.connector.read(Reading("vendors", CARDS.horizon))
    page = await read_with(stand, "vendors", {"do_not_use_for_work_order": "Yes"}, monkeypatch)
    assert len(page.batches[0].rows) == len(whole.batches[0].rows) - 1


@pytest.mark.parametrize(
    ("trades", "category"), [("Roofing, HVAC", "hvac"), ("", "general"), (None, "general"), ("Dragons", "general")]
)
async def test_the_first_known_trade_counts(
    stand: Stand, trades: Any, category: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await read_with(stand, "vendors", {"vendor_trades": trades}, monkeypatch)
    assert page.batches[0].rows[0]["category"] == category
    assert bool(page.problems) == (trades == "Dragons")
