"""Guest cards, tours, vendors, invoices and books of Entrata's communities come over its wire as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.finance import GlMonth, Invoice
from app.db.models.leasing import GuestCard, Tour
from app.db.models.maintenance import Vendor
from app.domain.clock import FixedClock
from app.domain.period import Period
from app.portfolio.area import area_of
from app.portfolio.finance import budget_variance
from app.portfolio.invoices import InvoiceFilter, invoices
from app.portfolio.sync import sync_source
from tests.integrations.appfolio.test_leads_and_vendors import ADA
from tests.integrations.entrata.rig import HOME, NOW, TODAY, Stand

T = TypeVar("T", bound=Sourced)


async def living(db: Database, model: type[T]) -> dict[str, T]:
    async with db.reading() as session:
        found = await session.scalars(select(model).where(model.workspace_id == "W1", model.deleted_at.is_(None)))
        return {row.id: row for row in found}


def same(row: Any, record: Any, *names: str) -> None:
    assert [getattr(row, name) for name in names] == [getattr(record, name) for name in names]


async def test_everything_of_the_office_arrives_as_it_is_and_answers_with_it(stand: Stand, db: Database) -> None:
    report = await sync_source(db, "W1", stand.connector, clock=stand.clock)
    assert report.ok and report.problems == (), report.problems
    store = stand.server.store
    offices = [store.office(prop.id) for prop in store.properties]

    cards = await living(db, GuestCard)
    wanted_cards = [card for office in offices for card in office.guest_cards]
    assert set(cards) == {f"entrata:{card.id}" for card in wanted_cards}
    for card in wanted_cards:
        names = ("name", "email", "phone", "bedrooms", "status", "lead_source", "inquired_on")
        same(cards[f"entrata:{card.id}"], card, *names)

    tours = await living(db, Tour)
    wanted_tours = [tour for office in offices for tour in office.tours if tour.guest_card_id is not None]
    assert set(tours) == {f"entrata:{tour.id}" for tour in wanted_tours}
    for tour in wanted_tours:
        row = tours[f"entrata:{tour.id}"]
        same(row, tour, "prospect", "status", "agent", "starts_at")
        assert row.guest_card_id == f"entrata:{tour.guest_card_id}"

    vendors = await living(db, Vendor)
    assert set(vendors) == {f"entrata:{one.id}" for one in store.directory}
    for one in store.directory:
        row = vendors[f"entrata:{one.id}"]
        same(row, one, "name", "category", "phone", "email", "insured_until")
        here = [f"entrata:{prop.id}" for prop in store.properties if prop.id in one.property_ids]
        assert row.property_ids == ("|".join(here) if 0 < len(here) < 2 else "entrata:*")

    bills = await living(db, Invoice)
    wanted_bills = [bill for office in offices for bill in office.invoices]
    assert set(bills) == {f"entrata:{bill.id}" for bill in wanted_bills}
    for bill in wanted_bills:
        row = bills[f"entrata:{bill.id}"]
        same(row, bill, "number", "amount_cents", "invoiced_on", "due_on", "paid_on", "status", "description")
        assert (row.vendor_id, row.property_id) == (f"entrata:{bill.vendor_id}", f"entrata:{bill.property_id}")

    months = {(row.property_id, row.month, row.account): row for row in (await living(db, GlMonth)).values()}
    wanted_months = [month for office in offices for month in office.gl_months]
    assert len(months) == len(wanted_months)
    for month in wanted_months:
        row = months[f"entrata:{month.property_id}", month.month, month.account]
        same(row, month, "is_income", "actual_cents", "budget_cents")

    async with db.reading() as session:
        area = await area_of(session, ADA, None)
        last = TODAY.replace(day=1) - timedelta(days=1)
        variance = await budget_variance(session, area, Period(last.replace(day=1), last))
        [source] = await area.sources(session, "gl_months", "Budget")
        open_bills = await invoices(session, ADA, InvoiceFilter(), TODAY, 50)
    closed = [one for one in wanted_months if one.month == last.replace(day=1) and one.is_income]
    assert variance.income.actual.cents == sum(one.actual_cents or 0 for one in closed)
    assert (source.system, source.as_of) == ("Entrata", NOW)
    assert open_bills.total.amount.cents == sum(one.amount_cents for one in wanted_bills if one.status != "paid")
    assert all(line.vendor for line in open_bills.invoices)


async def test_a_reading_of_changes_finds_what_came_of_a_lead_a_payment_and_a_correction(
    stand: Stand, sqlite_db: Database
) -> None:
    await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    store = stand.server.store
    office = store.office(HOME)
    asked = max((card for card in office.guest_cards if card.status == "contacted"), key=lambda card: card.inquired_on)
    old = min((bill for bill in office.invoices), key=lambda bill: bill.invoiced_on)
    february = next(one for one in office.gl_months if one.month == TODAY.replace(month=2, day=1))
    store._offices[HOME] = replace(
        office,
        guest_cards=tuple(replace(card, status="leased") if card is asked else card for card in office.guest_cards),
        invoices=tuple(
            replace(bill, paid_on=TODAY, description="Paid anew") if bill is old else bill for bill in office.invoices
        ),
        gl_months=tuple(replace(one, actual_cents=1_23) if one is february else one for one in office.gl_months),
    )
    stand.server.calls.clear()
    await sync_source(sqlite_db, "W1", stand.connector, clock=FixedClock(NOW + timedelta(hours=1)))
    assert (await living(sqlite_db, GuestCard))[f"entrata:{asked.id}"].status == "leased"
    assert (await living(sqlite_db, Invoice))[f"entrata:{old.id}"].paid_on == TODAY
    rows = (await living(sqlite_db, GlMonth)).values()
    [row] = [
        one
        for one in rows
        if (one.property_id, one.month, one.account) == (f"entrata:{HOME}", february.month, february.account)
    ]
    assert row.actual_cents == 1_23
    assert stand.server.calls.count("getBudgetActuals") == 4  # two months of two communities
