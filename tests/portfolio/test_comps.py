"""Comps are the competitors' latest surveys, whatever else the surveys differ in."""

from __future__ import annotations

from datetime import date

from app.db.engine import Database
from app.db.models.property import MarketComp
from app.portfolio.area import area_of
from app.portfolio.comps import market
from tests.tools import world


async def test_an_older_survey_of_the_same_plan_is_not_counted_again(sqlite_db: Database) -> None:
    await world.build(sqlite_db)
    async with sqlite_db.transaction() as session:
        for number, (surveyed_on, square_feet, dollars) in enumerate(
            [(date(2026, 3, 2), 952, 1_900), (date(2025, 12, 2), 948, 1_700)]
        ):
            session.add(
                MarketComp(
                    workspace_id=world.WS, id=f"costar:new{number}", as_of=world.SYNCED, property_id=world.OAKWOOD,
                    competitor="Lakeside Commons", distance_miles=1.0, bedrooms=2, square_feet=square_feet,
                    asking_rent_cents=dollars * 100, effective_rent_cents=dollars * 100, surveyed_on=surveyed_on,
                )
            )  # fmt: skip
    async with sqlite_db.reading() as session:
        area = await area_of(session, world.ADMIN, "Oakwood Terrace")
        found = await market(session, area, bedrooms=2, radius_miles=None)
    assert [str(comp.asking) for comp in found.comps] == ["$1,900"]
    assert str(found.markets[0].average_asking) == "$1,900"
