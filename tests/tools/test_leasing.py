"""Units, occupancy, rent roll, leases, moves, tours and comps, worked out by hand from tests/tools/world.py."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import make_transient

from app.db.engine import Database
from app.db.models.assistant import RegisterChange
from app.db.models.leasing import GuestCard, Tour
from app.db.models.maintenance import Inspection
from app.db.models.property import Property, Unit
from app.domain.answer import FieldChange
from app.domain.errors import Ambiguous, Fixable, NotFound
from app.portfolio.months import refresh_months, whole_months
from tests.tools import world
from tests.tools.conftest import Desk


async def test_occupancy_leaves_out_down_units_and_counts_notices_as_lived_in(desk: Desk) -> None:
    shown = await desk.ask("get_occupancy", property="Maple Grove")
    # 101, 102, 103 (notice), 108 of 101-106 and 108; 106 is leased; 103, 104 and 105 are still to lease
    assert shown.text == (
        "Physical occupancy at Maple Grove is 57.1% (4 of 7 rentable units) and leased occupancy is 71.4%. "
        "Exposure is 42.9%: 3 units still to lease. 1 unit is down and not counted."
    )


async def test_occupancy_covers_only_the_persons_communities(desk: Desk) -> None:
    shown = await desk.ask("get_occupancy", principal=world.MANAGER)
    assert shown.text.startswith("Physical occupancy across your 3 communities is 54.5% (6 of 11 rentable units)")
    assert shown.table is not None
    assert [row[0] for row in shown.table.rows] == ["Maple Court", "Maple Grove", "Oakwood Terrace", "Portfolio"]
    assert shown.charts[0].categories == ("Oakwood Terrace", "Maple Grove", "Maple Court")


async def test_occupancy_of_a_past_day_comes_from_the_leases(desk: Desk) -> None:
    shown = await desk.ask("get_occupancy", property="Maple Grove", as_of_date="2026-01-15")
    # Omar Haddad still lived in 104
    assert "5 of 7 units at Maple Grove were lived in: 71.4% physical occupancy" in shown.text
    on_the_day_he_left = await desk.ask("get_occupancy", property="Maple Grove", as_of_date="2026-01-31")
    assert "4 of 7 units" in on_the_day_he_left.text


async def test_past_occupancy_from_kept_months_equals_the_count_of_leases(desk: Desk) -> None:
    days = ("2025-12-10", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-10")
    counted = [(await desk.ask("get_occupancy", as_of_date=day)).table for day in days]
    async with desk.db.transaction() as session:
        await refresh_months(session, world.WS, whole_months(date(2026, 3, 18)))
    assert [(await desk.ask("get_occupancy", as_of_date=day)).table for day in days] == counted


async def test_tomorrows_occupancy_is_not_invented(desk: Desk) -> None:
    with pytest.raises(Fixable) as asked_back:
        await desk.ask("get_occupancy", as_of_date="2026-03-19")
    assert asked_back.value.code == "date_in_future"


async def test_the_rent_roll_lists_every_unit_with_or_without_a_lease(desk: Desk) -> None:
    shown = await desk.ask("get_rent_roll", property="Maple Grove")
    assert shown.text.startswith(
        "The rent roll of Maple Grove has 8 units, 4 of them leased and lived in, for $6,325 a month in rent."
    )
    assert shown.table is not None
    assert [(row[0], row[5]) for row in shown.table.rows] == [
        ("101", "Maria Gonzalez"), ("102", "Tyrone Banks"), ("103", "Priya Patel"), ("104", None),
        ("105", None), ("106", None), ("107", None), ("108", "Carlos Rivera"),
    ]  # fmt: skip


async def test_a_past_rent_roll_shows_who_lived_there_then(desk: Desk) -> None:
    shown = await desk.ask("get_rent_roll", property="Maple Grove", as_of_date="2025-05-15")
    assert shown.table is not None
    by_unit = {row[0]: (row[5], str(row[6])) for row in shown.table.rows}
    assert by_unit["101"] == ("Maria Gonzalez", "$1,450")  # before her renewal
    assert by_unit["104"] == ("Omar Haddad", "$1,700")
    assert by_unit["102"] == (None, "None")


async def test_lease_expirations_say_how_far_each_renewal_is(desk: Desk) -> None:
    shown = await desk.ask("list_lease_expirations")
    assert shown.text == (
        "2 leases end across all 4 communities, Mar 18 – May 17, 2026: 1 undecided and 1 on notice. "
        "Together they pay $3,460 a month."
    )
    ended = await desk.ask(
        "list_lease_expirations", property="Maple Grove", start_date="2025-05-01", end_date="2025-05-31"
    )
    assert ended.table is not None
    assert ended.table.rows[0][6] == "renewed"


async def test_a_lease_is_told_with_its_occupants_and_clauses(desk: Desk) -> None:
    shown = await desk.ask("get_lease_details", resident="Maria Gonzalez (Maple Grove 101)")
    assert shown.text == (
        "Maria Gonzalez's lease of unit 101 at Maple Grove runs from Jun 1, 2025 to May 31, 2026 at $1,500 a month, "
        "with a deposit of $500. Occupants: Maria Gonzalez and Luis Gonzalez. Clauses: No smoking; One cat allowed."
    )


async def test_two_residents_of_one_name_are_told_apart_by_their_unit(desk: Desk) -> None:
    with pytest.raises(Ambiguous) as which:
        await desk.ask("get_lease_details", resident="maria gonzalez")
    assert which.value.options == ("Maria Gonzalez (Maple Grove 101)", "Maria Gonzalez (Oakwood Terrace 201)")
    for option in which.value.options:
        assert "lease of unit" in (await desk.ask("get_lease_details", resident=option)).text


async def test_a_typo_in_a_residents_name_is_forgiven(desk: Desk) -> None:
    assert (await desk.ask("get_lease_details", resident="Pria Patel")).text.startswith("Priya Patel's lease")


async def test_moves_in_and_out(desk: Desk) -> None:
    out = await desk.ask("list_move_events", event_type="move_out")
    assert out.text == (
        "1 move-out is scheduled across all 4 communities for Mar 18 – Apr 17, 2026. "
        "It is Priya Patel, unit 103 at Maple Grove, on Apr 10, 2026."
    )
    coming_in = await desk.ask("list_move_events", event_type="move_in", start_date="2026-03-25", end_date="2026-03-25")
    assert "Emily Chen, unit 106 at Maple Grove" in coming_in.text
    renewal = await desk.ask("list_move_events", event_type="move_in", start_date="2025-06-01", end_date="2025-06-01")
    assert renewal.text.startswith("No move-ins are scheduled")


async def test_tours_leave_out_cancelled_ones_and_use_the_communitys_clock(desk: Desk) -> None:
    shown = await desk.ask("list_tours", principal=world.MANAGER)
    assert shown.text == (
        "There are 2 tours across your 3 communities for Mar 18–25, 2026 (2 booked). The first is Fiona Doyle at "
        "Maple Grove, Wed, Mar 18, 2026 at 2:00 PM. 1 tour was also cancelled."
    )


async def test_comps_within_a_radius_are_averaged_per_bedroom(desk: Desk) -> None:
    shown = await desk.ask("get_market_comps", property="Maple Grove", bedrooms=2, radius_miles=3)
    # (1,850 + 1,700) / 2; ours (1,820 + 1,750 + 1,795 + 1,780) / 4 = 1,786.25
    assert shown.text == (
        "Near Maple Grove, within 3 miles, competitors ask on average $1,775 for a two-bedroom "
        "($1,740 after concessions, 2 competitors, $1,700 to $1,850); we ask $1,786, $11 above."
    )


async def test_a_tour_is_booked_once_and_never_twice_for_the_same_hour(desk: Desk) -> None:
    asked = {"prospect": "fiona doyle", "property": "Maple Grove", "date": "2026-03-20", "time": "14:00"}
    card = await desk.prepare("schedule_tour", **asked)
    assert card.changes == (
        FieldChange("Prospect", "", "Fiona Doyle (guest card of Mar 15)"),
        FieldChange("Community", "", "Maple Grove"),
        FieldChange("Starts", "", "Fri, Mar 20, 2026 at 2:00 PM"),
    )
    shown = await desk.do("schedule_tour", **asked)
    assert shown.text == "Fiona Doyle's tour of Maple Grove is booked for Fri, Mar 20, 2026 at 2:00 PM."
    async with desk.db.reading() as session:
        tour = (await session.scalars(select(Tour).where(Tour.id == "sophia:k1"))).one()
    assert (tour.starts_at, tour.guest_card_id) == (world.at(3, 20, 19), "entrata:g1")
    with pytest.raises(Fixable) as refused:
        await desk.prepare("schedule_tour", **asked)
    assert refused.value.code == "already_booked"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"time": None}, "time_missing"),
        ({"time": "3:00"}, "outside_hours"),
        ({"date": "2026-03-18", "time": "9:00"}, "date_in_past"),
        ({"date": "2025-03-20"}, "date_in_past"),
        ({"date": "2226-03-20"}, "date_too_late"),
    ],
)
async def test_a_tour_at_an_impossible_time_is_asked_back(sqlite_desk: Desk, change: dict[str, str], code: str) -> None:
    asked = {"prospect": "Fiona Doyle", "property": "Maple Grove", "date": "2026-03-20", "time": "14:00", **change}
    with pytest.raises(Fixable) as asked_back:
        await sqlite_desk.prepare("schedule_tour", **asked)
    assert asked_back.value.code == code


async def test_an_asking_rent_is_laid_over_the_property_systems_own(desk: Desk) -> None:
    card = await desk.prepare("update_unit_rent", property="Maple Grove", unit="104", new_rent=1400)
    assert card.changes == (FieldChange("Asking rent", "$1,750", "$1,400"),)
    assert "That is a large step, so please check it. Entrata can't take rents from me yet" in card.consequence
    await desk.do("update_unit_rent", property="Maple Grove", unit="104", new_rent=1400)
    async with desk.db.reading() as session:
        unit = (await session.scalars(select(Unit).where(Unit.id == world.unit_id(world.MAPLE, "104")))).one()
        changes = await session.scalar(select(func.count()).select_from(RegisterChange))
    assert (unit.market_rent_cents, unit.rent_override_cents, changes) == (175_000, 140_000, 1)
    cheapest = await desk.ask("search_available_units", property="Maple Grove")
    assert "The lowest rent is unit 104 at Maple Grove, $1,400" in cheapest.text


async def test_an_inspection_warns_of_the_resident_and_is_not_set_twice(desk: Desk) -> None:
    asked = {"unit": "102", "property": "Maple Grove", "date": "2026-03-24"}
    card = await desk.prepare("schedule_inspection", **asked)
    assert "Somebody lives there and is not told by this" in card.consequence
    shown = await desk.do("schedule_inspection", **asked)
    assert shown.text == "An annual inspection of unit 102 at Maple Grove is set for Mar 24, 2026."
    async with desk.db.reading() as session:
        assert await session.scalar(select(Inspection.scheduled_on)) == date(2026, 3, 24)
    with pytest.raises(Fixable):
        await desk.prepare("schedule_inspection", **asked)


async def test_a_unit_number_that_two_communities_share_is_asked_back(desk: Desk) -> None:
    with pytest.raises(Ambiguous) as which:
        await desk.ask("get_unit_details", unit="101")
    assert which.value.options == ("Maple Grove", "Oakwood Terrace")
    with pytest.raises(NotFound) as missing:
        await desk.ask("get_unit_details", unit="110", property="Maple Grove")
    assert missing.value.near and missing.value.next_step.startswith("Did you mean")


async def test_tours_of_a_week_that_is_over_are_told_in_the_past(sqlite_desk: Desk) -> None:
    shown = await sqlite_desk.ask("list_tours", property="Maple Grove", start_date="2026-03-09", end_date="2026-03-15")
    assert shown.text.startswith("There was 1 tour at Maple Grove for Mar 9–15, 2026 (1 done). It was Alan Park")


async def _inquire(db: Database, *cards: dict[str, Any]) -> None:
    async with db.transaction() as session:
        for number, card in enumerate(cards):
            name = card.get("name", f"Prospect {number}")
            made = {"name": name, "search_name": name.lower(), "status": "new", "property_id": world.MAPLE} | card
            row_id = f"entrata:card{number}"
            session.add(GuestCard(workspace_id=world.WS, id=row_id, as_of=world.NOW, **made))


async def test_guest_cards_of_a_month_with_what_came_of_them_and_where_they_came_from(desk: Desk) -> None:
    march, february = world.on("2026-03-02"), world.on("2026-02-28")
    await _inquire(
        desk.db,
        {"status": "toured", "lead_source": "Zillow", "inquired_on": march},
        {"status": "lost", "lead_source": "Zillow", "inquired_on": march},
        {"status": "leased", "lead_source": "Website", "inquired_on": february},
        {"status": "new", "lead_source": "Zillow", "inquired_on": march, "property_id": world.OAKWOOD},
    )
    shown = await desk.ask("list_guest_cards", property="Maple Grove", start_date="2026-03-01", end_date="2026-03-31")
    assert shown.text == "3 guest cards came in at Maple Grove, Mar 1–31, 2026: 1 new, 1 toured and 1 lost."
    assert shown.table is not None
    assert [row[1] for row in shown.table.rows] == ["Fiona Doyle", "Prospect 0", "Prospect 1"]
    every = await desk.ask("list_guest_cards")
    assert every.text.startswith("5 guest cards came in across all 4 communities, Feb 16 – Mar 18, 2026:")
    assert "Most came through Zillow: 3." in every.text
    assert every.charts[0].categories == ("Zillow", "Website")


@pytest.mark.parametrize(
    ("status", "names"),
    [("active", ["Fiona Doyle", "Tia"]), ("not_contacted", ["Fiona Doyle"]), ("lost", ["Lou"]), ("leased", [])],
)
async def test_guest_cards_by_what_came_of_them(desk: Desk, status: str, names: list[str]) -> None:
    day = world.on("2026-03-10")
    await _inquire(
        desk.db,
        {"name": "Tia", "status": "toured", "inquired_on": day},
        {"name": "Lou", "status": "lost", "inquired_on": day},
    )
    shown = await desk.ask("list_guest_cards", status=status)
    assert [row[1] for row in (shown.table.rows if shown.table else ())] == names
    if not names:
        assert shown.text == "No leased guest cards came in across all 4 communities, Feb 16 – Mar 18, 2026."


async def test_a_system_that_gives_no_guest_cards_is_named_and_not_taken_for_a_quiet_month(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        home = await session.get_one(Property, (world.WS, world.HARBOR))
        session.expunge(home)
        make_transient(home)
        home.id, home.name, home.aliases = "yardi:9", "Lakeview", ""
        session.add(home)
    shown = await desk.ask("list_guest_cards", property="Lakeview")
    assert shown.text.endswith("I get no guest cards from Yardi Voyager.")
    every = await desk.ask("list_guest_cards")
    assert every.text.endswith("I get no guest cards from Yardi Voyager.")


async def test_guest_cards_are_those_of_the_persons_communities(desk: Desk) -> None:
    await _inquire(desk.db, {"property_id": world.HARBOR, "inquired_on": world.on("2026-03-10")})
    mine = await desk.ask("list_guest_cards", principal=world.MANAGER)
    assert mine.table is not None
    assert [row[1] for row in mine.table.rows] == ["Fiona Doyle"]
