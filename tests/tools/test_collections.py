"""Residents, delinquency, ledgers, payment plans and notices, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.db.models.leasing import Lease, Notice, PaymentPlan
from app.domain.errors import Fixable, NotFound
from app.domain.money import Money
from app.portfolio.payment_plans import Installment, monthly
from tests.tools import world
from tests.tools.conftest import Desk


async def test_delinquency_is_listed_by_balance_and_charted_by_age(desk: Desk) -> None:
    shown = await desk.ask("list_delinquent_residents")
    assert shown.text == (
        "4 residents are past due across all 4 communities, $3,940 in all. Tyrone Banks, unit 102 at Maple Grove, owes "
        "the most: $2,140, 45 days late."
    )
    chart = shown.charts[0]
    assert chart.categories == ("0–30 days", "31–60 days", "61–90 days", "over 90 days")
    assert chart.series[0].values == (800.0, 2140.0, 0.0, 1000.0)


@pytest.mark.parametrize(("days", "bucket"), [(30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3)])
async def test_ageing_buckets_end_where_they_say(sqlite_desk: Desk, days: int, bucket: int) -> None:
    since = date(2026, 3, 18) - timedelta(days=days)
    async with sqlite_desk.db.transaction() as session:
        await session.execute(update(Lease).where(Lease.id == "entrata:l9").values(oldest_open_charge_on=since))
        await session.execute(update(Lease).where(Lease.id != "entrata:l9").values(past_due_cents=0))
        await session.execute(update(Lease).where(Lease.id == "entrata:l8").values(past_due_cents=1))
    shown = await sqlite_desk.ask("list_delinquent_residents")
    assert shown.charts[0].series[0].values[bucket] >= 500.0


async def test_delinquency_of_a_manager_leaves_out_other_communities(desk: Desk) -> None:
    shown = await desk.ask("list_delinquent_residents", principal=world.MANAGER, min_days_late=30)
    assert shown.text.startswith("2 residents are past due across your 3 communities, 30 or more days late, $3,140")
    assert shown.table is not None
    assert "Devon Carter" not in [row[0] for row in shown.table.rows]


async def test_nobody_past_due_is_said_with_the_filter(desk: Desk) -> None:
    shown = await desk.ask("list_delinquent_residents", property="Maple Court")
    assert shown.text == "Nobody is past due at Maple Court."
    assert shown.table is None


async def test_a_ledger_runs_to_the_balance_and_names_the_oldest_open_charge(desk: Desk) -> None:
    shown = await desk.ask("get_resident_ledger", resident="Tyrone Banks")
    assert shown.text == (
        "Tyrone Banks, unit 102 at Maple Grove, owes $2,140, all of it past due. The oldest open charge is from "
        "Feb 1, 2026 (45 days ago). The last payment was $1,520 on Mar 3, 2026. Mar 18, 2025 – Mar 18, 2026: "
        "$4,660 charged, $2,520 paid."
    )
    assert shown.table is not None
    assert [str(row[4]) for row in shown.table.rows] == ["$1,520", "$520", "$2,040", "$2,140", "$3,660", "$2,140"]


async def test_a_ledger_of_a_period_starts_from_the_balance_before_it(desk: Desk) -> None:
    shown = await desk.ask(
        "get_resident_ledger", resident="Tyrone Banks", start_date="2026-02-01", end_date="2026-02-28"
    )
    assert shown.table is not None
    assert [str(row[4]) for row in shown.table.rows] == ["$2,040", "$2,140"]


async def test_a_resident_is_found_by_name_unit_and_phone(desk: Desk) -> None:
    told = (
        "Grace Kim lives in unit 101 at Oakwood Terrace. Phone (512) 555-0143. E-mail grace@example.com. "
        "The lease runs to Jun 30, 2026 at $1,600 a month."
    )
    asked = ({"name": "grace kim"}, {"phone": "512-555-0143"}, {"unit": "101", "property": "Oakwood"})
    for given in asked:
        assert (await desk.ask("lookup_resident", **given)).text == told


async def test_a_resident_elsewhere_is_not_found(desk: Desk) -> None:
    for given in ({"name": "Devon Carter"}, {"phone": "+1 512 555 0109"}):
        with pytest.raises(NotFound):
            await desk.ask("lookup_resident", principal=world.MANAGER, **given)


async def test_looking_up_nobody_in_particular_is_asked_back(sqlite_desk: Desk) -> None:
    with pytest.raises(Fixable):
        await sqlite_desk.ask("lookup_resident")
    with pytest.raises(Fixable):
        await sqlite_desk.ask("lookup_resident", phone="12")


def test_installments_add_up_to_the_cent_and_keep_to_the_months_last_day() -> None:
    assert monthly(Money(100_001), 3, date(2026, 1, 31)) == (
        Installment(date(2026, 1, 31), Money(33_334)),
        Installment(date(2026, 2, 28), Money(33_334)),
        Installment(date(2026, 3, 31), Money(33_333)),
    )


async def test_a_payment_plan_spreads_all_that_is_owed_from_next_month_on(desk: Desk) -> None:
    shown = await desk.do("create_payment_plan", resident="Tyrone Banks", installments=3)
    assert shown.text == (
        "Tyrone Banks's payment plan is set up: $2,140 in 3 monthly payments of $713.33 (the first one $713.34), "
        "from Apr 1, 2026 to Jun 1, 2026."
    )
    async with desk.db.reading() as session:
        plan = (await session.scalars(select(PaymentPlan))).one()
    assert (plan.total_cents, plan.lease_id) == (214_000, "entrata:l2")
    assert sum(one["cents"] for one in json.loads(plan.schedule)) == 214_000
    with pytest.raises(Fixable) as refused:
        await desk.prepare("create_payment_plan", resident="Tyrone Banks", installments=4)
    assert refused.value.code == "plan_exists"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"resident": "Priya Patel", "installments": 3}, "nothing_owed"),
        ({"resident": "Carlos Rivera", "installments": 2, "total_amount": 2400}, "too_much"),
        ({"resident": "Carlos Rivera", "installments": 1}, "bad_number"),
        ({"resident": "Carlos Rivera", "installments": 2, "start_date": "2026-03-01"}, "date_in_past"),
        ({"resident": "Carlos Rivera", "installments": 2, "total_amount": -5}, "bad_amount"),
    ],
)
async def test_a_plan_that_makes_no_sense_is_asked_back(sqlite_desk: Desk, given: dict[str, object], code: str) -> None:
    with pytest.raises(Fixable) as asked_back:
        await sqlite_desk.prepare("create_payment_plan", **given)
    assert asked_back.value.code == code


async def test_a_late_rent_notice_states_what_is_owed_and_is_put_on_record(desk: Desk) -> None:
    card = await desk.prepare("serve_notice", resident="Tyrone Banks", notice_type="late_rent")
    assert "Handing it over in the form your state asks for stays with you" in card.consequence
    await desk.do("serve_notice", resident="Tyrone Banks", notice_type="late_rent")
    async with desk.db.reading() as session:
        notice = (await session.scalars(select(Notice))).one()
    assert "your account shows $2,140 past due, the oldest charge being due since February 1, 2026" in notice.body
    assert notice.status == "written"


@pytest.mark.parametrize(
    ("resident", "kind", "code"),
    [
        ("Grace Kim", "late_rent", "nothing_owed"),
        ("Priya Patel", "non_renewal", "already_leaving"),
        ("Omar Haddad", "entry", "not_living_here"),
    ],
)
async def test_a_notice_without_a_reason_is_refused(sqlite_desk: Desk, resident: str, kind: str, code: str) -> None:
    with pytest.raises(Fixable) as refused:
        await sqlite_desk.prepare("serve_notice", resident=resident, notice_type=kind)
    assert refused.value.code == code
