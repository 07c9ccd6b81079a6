"""The demo portfolio in the read model."""

from __future__ import annotations

from sqlalchemy import func, select

from app.db.engine import Database
from app.db.models.business import Call, CallNote, Company, Contact, Deal, Task
from app.db.models.finance import GlMonth, Invoice
from app.db.models.leasing import GuestCard, Lease, LedgerEntry, Resident
from app.db.models.maintenance import Vendor, WorkOrder
from app.db.models.property import Property, Unit
from app.db.models.security import Person
from app.sandbox.portfolio.load import load_everything, load_register, load_team
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.slack.seed import demo_workspace
from tests import demo


async def test_the_twelve_communities_are_there(demo_db: Database) -> None:
    async with demo_db.reading() as session:
        names = await session.scalars(select(Property.name).where(Property.workspace_id == demo.WORKSPACE))
    assert set(names) == {prop.name for prop in demo.PORTFOLIO.properties}


async def test_every_lease_balance_is_the_sum_of_its_ledger(demo_db: Database) -> None:
    sums = (
        select(LedgerEntry.lease_id, func.sum(LedgerEntry.amount_cents).label("cents"))
        .where(LedgerEntry.workspace_id == demo.WORKSPACE)
        .group_by(LedgerEntry.lease_id)
        .subquery()
    )
    async with demo_db.reading() as session:
        wrong = await session.scalar(
            select(func.count())
            .select_from(Lease)
            .outerjoin(sums, sums.c.lease_id == Lease.id)
            .where(Lease.workspace_id == demo.WORKSPACE, Lease.balance_cents != func.coalesce(sums.c.cents, 0))
        )
        owing = await session.scalar(
            select(func.count()).where(Lease.workspace_id == demo.WORKSPACE, Lease.past_due_cents > 0)
        )
    assert wrong == 0
    assert owing and owing > 30


async def test_an_amount_owed_is_stored_with_the_lease(demo_db: Database) -> None:
    async with demo_db.reading() as session:
        row = (
            await session.execute(
                select(Lease.balance_cents, Lease.past_due_cents)
                .join(Resident, (Resident.workspace_id == Lease.workspace_id) & (Resident.id == Lease.resident_id))
                .where(Lease.workspace_id == demo.WORKSPACE, Resident.name == "Carlos Rivera")
            )
        ).one()
    assert tuple(row) == (2_400_00, 2_400_00)


async def test_rows_carry_their_source_and_age(demo_db: Database) -> None:
    async with demo_db.reading() as session:
        order = await session.get_one(WorkOrder, (demo.WORKSPACE, "entrata:1042"))
    assert (order.source, order.number, order.as_of) == ("entrata", "1042", demo.NOW)


async def test_moments_and_days_read_back_as_they_were_made(db: Database) -> None:
    small = Portfolio(seed=3, today=demo.TODAY, size=1)
    await load_everything(db, "w", small, as_of=demo.NOW)
    community = small.community(small.properties[0].id)
    async with db.reading() as session:
        orders = await session.scalars(select(WorkOrder).where(WorkOrder.workspace_id == "w"))
        stored = {row.id: (row.created_at, row.completed_at, row.scheduled_on) for row in orders}
        units = await session.scalars(select(Unit).where(Unit.workspace_id == "w"))
        available = {row.id: (row.available_on, row.pet_friendly) for row in units}
    assert stored == {
        f"entrata:{one.id}": (one.created_at, one.completed_at, one.scheduled_on) for one in community.work_orders
    }
    assert available == {f"entrata:{one.id}": (one.available_on, one.pet_friendly) for one in community.units}


async def test_the_register_alone_leaves_the_property_side_and_the_crm_to_their_sources(db: Database) -> None:
    small = Portfolio(seed=3, today=demo.TODAY, size=1)
    assert await load_register(db, "w", small, as_of=demo.NOW) > 30
    async with db.reading() as session:
        for model in (Unit, Company, Contact, Deal, Task, CallNote, GuestCard, Vendor, Invoice, GlMonth):
            assert await session.scalar(select(func.count()).where(model.workspace_id == "w")) == 0


async def test_calls_hang_on_the_crms_contacts(demo_db: Database) -> None:
    async with demo_db.reading() as session:
        known = set(await session.scalars(select(Contact.id)))
        called = set(await session.scalars(select(Call.contact_id).where(Call.contact_id.is_not(None))))
    assert called <= known
    assert {one.partition(":")[0] for one in known} == {"hubspot"}


async def test_communities_of_another_system_are_named_by_its_ids(db: Database) -> None:
    portfolio = Portfolio(seed=3, today=demo.TODAY)
    [cedar] = portfolio.ids_of(["Cedar Ridge"])
    elsewhere = {cedar: "appfolio:cedar"}
    await load_team(db, "w", demo_workspace(), portfolio, elsewhere=elsewhere)
    small = Portfolio(seed=3, today=demo.TODAY, size=1)
    here = {small.properties[0].id: "appfolio:maple"}
    companies = {one.id: f"appfolio:{one.id}" for one in small.vendors}
    await load_register(db, "w", small, as_of=demo.NOW, elsewhere=here, vendors_elsewhere=companies)
    async with db.reading() as session:
        mike = await session.get_one(Person, ("w", "U07MIKE001"))
        homes = set(await session.scalars(select(Invoice.property_id).where(Invoice.workspace_id == "w")))
        payees = set(await session.scalars(select(Invoice.vendor_id).where(Invoice.workspace_id == "w")))
    assert "appfolio:cedar" in mike.property_ids.split("|")
    assert f"entrata:{cedar}" not in mike.property_ids
    assert homes == {"appfolio:maple"}
    assert payees <= set(companies.values())


async def test_people_of_the_workspace_have_their_communities(demo_db: Database) -> None:
    async with demo_db.reading() as session:
        jen = await session.get_one(Person, (demo.WORKSPACE, "U07JENNY01"))
        sarah = await session.get_one(Person, (demo.WORKSPACE, "U07SARAH01"))
    assert (jen.roles, jen.all_properties, jen.property_ids) == ("property_manager", False, "entrata:10001")
    assert sarah.all_properties
