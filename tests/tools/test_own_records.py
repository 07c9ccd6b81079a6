"""Sophia's own records after a crash: what was recorded is found, what was not is not made by looking."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db.models.property import Unit
from app.tools.core.registry import all_tools
from tests.tools.conftest import Desk
from tests.tools.questions import WRITES

OWN = (
    "create_payment_plan",
    "schedule_inspection",
    "schedule_tour",
    "serve_notice",
    "update_unit_rent",
)


@pytest.mark.parametrize("name", OWN)
async def test_what_was_not_recorded_did_not_happen(sqlite_desk: Desk, name: str) -> None:
    prepared = await sqlite_desk.prepare(name, **WRITES[name])
    tool = all_tools()[name]
    assert tool.reconcile is not None
    assert await tool.reconcile(sqlite_desk.context(key="k1"), tool.args(**prepared.arguments)) is None


async def test_a_rent_that_was_changed_once_more_stays(sqlite_desk: Desk) -> None:
    tool = all_tools()["update_unit_rent"]
    place = {"property": "Maple Grove", "unit": "104"}
    await sqlite_desk.ask("update_unit_rent", key="k1", **place, new_rent=1_795)
    await sqlite_desk.ask("update_unit_rent", key="k2", **place, new_rent=1_850)
    assert tool.reconcile is not None
    assert await tool.reconcile(sqlite_desk.context(key="k1"), tool.args(**place, new_rent=1_795)) is not None
    async with sqlite_desk.db.reading() as session:
        rents = set((await session.scalars(select(Unit.rent_override_cents))).all())
    assert 185_000 in rents
    assert 179_500 not in rents
