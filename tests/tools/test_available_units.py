"""Available units, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

from tests.tools.conftest import Desk


async def test_two_bedrooms_under_a_rent_are_listed_cheapest_first(desk: Desk) -> None:
    shown = await desk.ask("search_available_units", property="Maple Grove", bedrooms=2, max_rent=1800)
    assert shown.text == (
        "2 two-bedroom units are available at Maple Grove, under $1,800, from $1,750 to $1,795 a month; all of them "
        "can be moved into now. The lowest rent is unit 104 at Maple Grove, $1,750, free now."
    )
    assert shown.table is not None
    assert [row[1] for row in shown.table.rows] == ["104", "105"]


async def test_leased_and_down_units_are_not_available(desk: Desk) -> None:
    shown = await desk.ask("search_available_units", property="Maple Grove")
    assert shown.table is not None
    assert [row[1] for row in shown.table.rows] == ["104", "105", "103"]
