"""Work orders, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from app.db.models.maintenance import WorkOrder
from app.domain.answer import FieldChange
from app.domain.errors import Fixable, NotFound
from app.portfolio.maintenance import trade_of
from tests.tools import world
from tests.tools.conftest import Desk


async def test_open_means_not_finished_and_not_on_hold(desk: Desk) -> None:
    shown = await desk.ask("list_work_orders", status="open")
    assert shown.text == (
        "There are 3 open work orders across all 4 communities: 2 not started and 1 in progress. 1 emergency is among "
        "them. The oldest has been open for 8 days."
    )
    everything = await desk.ask("list_work_orders", property="Maple Grove")
    assert everything.text.startswith(
        "There are 3 unfinished work orders at Maple Grove: 1 not started, 1 in progress and 1 on hold."
    )
    assert everything.table is not None
    assert [row[0] for row in everything.table.rows] == ["WO-1043", "WO-1042", "WO-1044"]


async def test_completed_ones_are_the_latest_and_other_communities_are_left_out(desk: Desk) -> None:
    shown = await desk.ask("list_work_orders", principal=world.MANAGER, status="completed")
    assert shown.text == "There is 1 completed work order across your 3 communities, in the last 90 days."
    none = await desk.ask("list_work_orders", property="Maple Court")
    assert none.text == "There are no unfinished work orders at Maple Court."


async def test_one_work_order_in_a_sentence(desk: Desk) -> None:
    shown = await desk.ask("get_work_order", work_order_id="#1042")
    assert shown.text == (
        "WO-1042 is open, opened Mar 10, 2026 (8 days ago): Kitchen sink leaking, in unit 101 at Maple Grove. "
        "Priority high, plumbing; nobody is assigned yet. Maria Gonzalez reported it."
    )
    with pytest.raises(NotFound):
        await desk.ask("get_work_order", principal=world.MANAGER, work_order_id="2001")


@pytest.mark.parametrize(
    ("problem", "trade"),
    [
        ("kitchen sink leaking", "plumbing"),
        ("no hot water", "plumbing"),
        ("unit has no heat", "hvac"),
        ("AC blowing warm air", "hvac"),
        ("outlet sparks", "electrical"),
        ("fridge is warm", "appliance"),
        ("mice in the pantry", "pest"),
        ("broken bedroom window lock", "general"),
    ],
)
def test_the_trade_follows_from_the_words(problem: str, trade: str) -> None:
    assert trade_of(problem) == trade


async def test_a_new_work_order_goes_through_the_property_system_and_warns_of_a_likely_double(desk: Desk) -> None:
    card = await desk.prepare("create_work_order", property="Maple Grove", unit="101", description="Toilet clogged")
    assert card.consequence == (
        "A new work order is opened in Entrata for unit 101 at Maple Grove. "
        "Please check first: WO-1042 in the same trade is unfinished there."
    )
    assert FieldChange("Occupied", "", "yes") in card.changes
    shown = await desk.do("create_work_order", property="Maple Grove", unit="101", description="Toilet clogged")
    assert shown.text == (
        "WO-3000 is open for unit 101 at Maple Grove: Toilet clogged (plumbing, normal priority). "
        "Nobody is assigned yet."
    )


async def test_after_a_lost_answer_a_work_order_is_found_again_by_its_key(desk: Desk) -> None:
    from app.tools.create_work_order import TOOL

    given = {"property": "Oakwood Terrace", "unit": "101", "description": "Sink leaking"}
    args = TOOL.args.model_validate(given)
    assert TOOL.reconcile is not None
    assert await TOOL.reconcile(desk.context(key="k1"), args) is None
    await desk.do("create_work_order", key="k1", **given)
    found = await TOOL.reconcile(desk.context(key="k1"), args)
    assert found is not None and found.work_order.line.number == "WO-3000"


async def test_a_change_shows_before_and_after_and_who_is_meant(desk: Desk) -> None:
    card = await desk.prepare("update_work_order", work_order_id="1042", status="on_hold", assignee="aceflow")
    assert card.arguments == {"work_order_id": "WO-1042", "status": "on_hold", "assignee": "AceFlow Plumbing"}
    assert card.changes == (
        FieldChange("Status", "open", "on hold"),
        FieldChange("Assigned to", "nobody", "AceFlow Plumbing"),
    )
    shown = await desk.do("update_work_order", work_order_id="1042", assignee="Luis")
    assert shown.text == "WO-1042 (Kitchen sink leaking, unit 101 at Maple Grove) is now open, assigned to Luis Ortega."


async def test_a_change_of_nothing_and_an_unknown_technician_are_asked_back(sqlite_desk: Desk) -> None:
    with pytest.raises(Fixable):
        await sqlite_desk.prepare("update_work_order", work_order_id="1042")
    with pytest.raises(Fixable):
        await sqlite_desk.prepare("update_work_order", work_order_id="1042", status="open")
    with pytest.raises(NotFound) as missing:
        await sqlite_desk.prepare("update_work_order", work_order_id="1043", assignee="Lusi Ortga")
    assert missing.value.near == ("Luis Ortega",)


async def test_days_are_the_communitys_own(sqlite_desk: Desk) -> None:
    evening = datetime(2026, 3, 17, 1, 30, tzinfo=UTC)  # 8:30 PM of the 16th in Chicago
    async with sqlite_desk.db.transaction() as session:
        await session.execute(update(WorkOrder).where(WorkOrder.number == "1042").values(created_at=evening))
    shown = await sqlite_desk.ask("get_work_order", work_order_id="WO-1042")
    assert "opened Mar 16, 2026 (2 days ago)" in shown.text
    listed = await sqlite_desk.ask("list_work_orders", property="Maple Grove", status="open")
    assert listed.table is not None
    assert date(2026, 3, 16) in next(row for row in listed.table.rows if row[0] == "WO-1042")
