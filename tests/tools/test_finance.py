"""Metrics, comparisons, budget variance, invoices and vendors, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Fixable, NotFound
from app.domain.money import Money
from app.portfolio.definitions import UnitCounts, average_rent, cost_per_move_out
from app.tools.core.registry import all_tools
from tests.tools import world
from tests.tools.conftest import Desk


def test_shares_of_nothing_are_zero() -> None:
    assert (UnitCounts().physical, UnitCounts(down=3).exposure) == (0.0, 0.0)
    assert average_rent(Money(0), 0) == Money(0)
    assert cost_per_move_out(Money(100_000), 3) == Money(33_333)


def test_a_unit_on_notice_that_is_leased_again_is_not_exposed() -> None:
    counts = UnitCounts(occupied=6, notice=1, notice_leased=1, vacant=1, vacant_leased=1, down=2)
    assert (counts.rentable, counts.lived_in, counts.leased_units, counts.exposed) == (10, 8, 9, 2)
    assert (counts.physical, counts.leased, counts.exposure) == (0.8, 0.9, 0.2)


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("noi", "NOI at Maple Grove was $4,900 in February 2026."),  # 10,500 - 5,600
        ("revenue", "Revenue at Maple Grove was $10,500 in February 2026."),
        ("operating_expenses", "Operating expenses at Maple Grove were $5,600 in February 2026."),
        ("turnover_cost", "Turnover cost at Maple Grove was $600 in February 2026."),
        # 2,140 of 1,500 + 1,520 + 1,810 + 1,495
        ("delinquency_rate", "The delinquency rate at Maple Grove was 33.8% on Feb 28, 2026. 1 of 4 households owed"),
        ("average_rent", "The average rent at Maple Grove was $1,581.25 on Feb 28, 2026."),
    ],
)
async def test_metrics_default_to_the_last_closed_month(desk: Desk, metric: str, told: str) -> None:
    shown = await desk.ask("get_kpi", metric=metric, property="Maple Grove")
    assert shown.text.startswith(told)


async def test_a_metric_over_months_adds_up_and_is_charted(desk: Desk) -> None:
    shown = await desk.ask(
        "get_kpi", principal=world.MANAGER, metric="noi", start_date="2026-01-01", end_date="2026-03-18"
    )
    # January 5,000; February 4,900 + 3,800; March is not closed
    assert shown.text.startswith("NOI across your 3 communities was $13,700 in Jan–Feb 2026.")
    assert shown.charts[0].series[0].values == (5000.0, 8700.0)


async def test_the_running_months_rate_is_todays(desk: Desk) -> None:
    shown = await desk.ask(
        "get_kpi", principal=world.MANAGER, metric="delinquency_rate", start_date="2026-03-01", end_date="2026-03-18"
    )
    # 2,140 + 300 + 1,000 of 6,325 + 3,250
    assert shown.text.startswith("The delinquency rate across your 3 communities is 35.9% today. 3 of 6 households")


async def test_the_renewal_rate_counts_leases_that_ended(desk: Desk) -> None:
    shown = await desk.ask(
        "get_kpi", metric="renewal_rate", property="Maple Grove", start_date="2025-05-01", end_date="2026-02-28"
    )
    # ended: Maria Gonzalez in May (renewed), Omar Haddad in January
    assert "was 50%" in shown.text
    assert "Of 2 leases that ended, 1 was renewed." in shown.text


async def test_turnover_cost_is_also_told_per_move_out(desk: Desk) -> None:
    shown = await desk.ask(
        "get_kpi", metric="turnover_cost", property="Maple Grove", start_date="2026-01-01", end_date="2026-02-28"
    )
    assert "was $1,300 in Jan–Feb 2026. With 1 move-out, that is $1,300 each." in shown.text


async def test_a_month_that_is_not_closed_is_said_with_the_last_that_is(desk: Desk) -> None:
    with pytest.raises(Fixable) as plain:
        await desk.ask("get_kpi", metric="noi", start_date="2026-03-01", end_date="2026-03-18")
    assert plain.value.sentence.endswith("The last closed month is February 2026.")


async def test_communities_are_compared_highest_first(desk: Desk) -> None:
    shown = await desk.ask("compare_properties", metric="noi", properties=["Maple Grove", "Oakwood", "harbor"])
    assert shown.text == (
        "NOI in February 2026: Harbor Point $9,999, Maple Grove $4,900 and Oakwood Terrace $3,800. "
        "Harbor Point is $6,199 above Oakwood Terrace."
    )
    occupancy = await desk.ask("compare_properties", metric="occupancy", properties=["Maple Grove", "Oakwood"])
    assert "Oakwood Terrace is 9.5 points above Maple Grove." in occupancy.text


async def test_comparing_takes_two_communities_the_person_may_see(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.ask(
            "compare_properties", principal=world.MANAGER, metric="noi", properties=["Maple Grove", "Harbor"]
        )
    for names in (["Maple Grove"], ["Maple Grove", "Maple Grove Apartments"]):
        with pytest.raises(Fixable):
            await desk.ask("compare_properties", metric="noi", properties=names)


async def test_without_names_all_are_compared_and_only_those_one_may_see(desk: Desk) -> None:
    shown = await desk.ask("compare_properties", metric="noi", properties=[])
    assert shown.text.startswith("NOI in February 2026: Harbor Point $9,999, Maple Grove $4,900 and Oakwood Terrace")
    mine = await desk.ask("compare_properties", principal=world.MANAGER, metric="noi", properties=[])
    assert "Harbor Point" not in mine.text


async def test_budget_variance_counts_closed_months_only(desk: Desk) -> None:
    shown = await desk.ask("get_budget_variance", property="Maple Grove")
    assert shown.text == (
        "Jan–Feb 2026 at Maple Grove: income was $20,700, $1,100 (5%) below the budget of $21,800; expenses were "
        "$10,800, $800 (8%) above the budget of $10,000. NOI came to $9,900, $1,900 (16.1%) below the budget of "
        "$11,800. Furthest off on the wrong side: rent, $1,200 under. March is not closed and not counted."
    )


async def test_open_invoices_are_split_by_what_they_wait_for(desk: Desk) -> None:
    shown = await desk.ask("list_invoices")
    assert shown.text == (
        "There are 4 open invoices, $6,749.50 in all: 1 overdue ($450), 1 pending approval ($5,000) and 2 unpaid "
        "($1,299.50). The longest overdue is INV-1 from AceFlow Plumbing: $450, 17 days."
    )


async def test_company_wide_invoices_are_for_people_who_see_everything(desk: Desk) -> None:
    shown = await desk.ask("list_invoices", principal=world.MANAGER)
    assert shown.table is not None
    assert [row[0] for row in shown.table.rows] == ["INV-1", "INV-2"]


async def test_invoices_by_vendor_and_status(desk: Desk) -> None:
    unpaid = await desk.ask("list_invoices", vendor="aceflow", status="unpaid")
    assert unpaid.text.startswith("There are 3 unpaid invoices from AceFlow Plumbing, $1,749.50 in all")
    none = await desk.ask("list_invoices", status="pending_approval", min_amount=10_000)
    assert none.text == "There are no pending invoices of $10,000 or more."
    with pytest.raises(NotFound) as missing:
        await desk.ask("list_invoices", vendor="AceFlo Plumbers Ltd")
    assert missing.value.near == ("AceFlow Plumbing",)


async def test_vendors_are_those_approved_for_the_persons_communities(desk: Desk) -> None:
    everywhere = await desk.ask("list_vendors", category="plumbing")
    assert everywhere.text.startswith("2 plumbing vendors are approved: AceFlow Plumbing and PipeWorks.")
    mine = await desk.ask("list_vendors", principal=world.MANAGER, category="plumbing")
    assert mine.text.startswith("1 plumbing vendor is approved: AceFlow Plumbing.")
    lapsed = await desk.ask("list_vendors", category="electrical", property="Maple Grove")
    assert "BrightSpark Electric's insurance ran out on Feb 28, 2026." in lapsed.text


async def test_without_a_trade_all_vendors_are_listed_with_theirs(desk: Desk) -> None:
    every = await desk.ask("list_vendors")
    assert every.table is not None
    assert {(row[0], row[1]) for row in every.table.rows} == {
        ("AceFlow Plumbing", "plumbing"),
        ("PipeWorks", "plumbing"),
        ("BrightSpark Electric", "electrical"),
    }
    assert every.text.startswith("3 vendors are approved: ")
    here = await desk.ask("list_vendors", property="Maple Grove")
    assert here.text.startswith("2 vendors are approved for Maple Grove: ")
    tool = all_tools()["list_vendors"]
    first = tool.present(tool.args(), await tool.run(replace(desk.context(), rows=1), tool.args()))
    assert first.table is not None
    assert (len(first.table.rows), first.table.row_count) == (1, 3)
    assert "The list holds the 1 best rated" in first.text
