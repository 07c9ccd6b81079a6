"""AppFolio's days are those of the community, whatever day it is in UTC meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.db.engine import Database
from app.db.models.leasing import Lease
from app.db.models.maintenance import WorkOrder
from app.integrations.appfolio.directory import is_gone
from app.integrations.appfolio.models import Property
from app.integrations.writing import Write
from app.sandbox.appfolio.ids import uuid_of
from tests.integrations.appfolio.rig import HOME, Stand, read_model
from tests.integrations.appfolio.test_first_sync import everything, synced

EVENING = datetime(2026, 3, 19, 1, 30, tzinfo=UTC)  # the evening of the 18th in Chicago
CHICAGO = ZoneInfo("America/Chicago")


def at(stand: Stand, moment: datetime) -> None:
    object.__setattr__(stand.clock, "at", moment)


async def test_what_is_done_in_the_evening_was_done_on_that_day(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    system = stand.connector.writer(sqlite_db)
    assert system is not None
    made = await system.write(
        Write("work_order", "W1", {"property_id": read_model("property", HOME), "description": "Drip"}, "k1")
    )
    at(stand, EVENING)
    stand.store.visible_after = timedelta(minutes=5)  # what is kept meanwhile is what was sent
    done = await system.write(Write("work_order", "W1", {"status": "completed"}, "k2", record_id=made))
    stored = stand.store.orders[made.partition(":")[2]].order
    assert stored.completed_at is not None
    assert stored.completed_at.date() == date(2026, 3, 18)
    row = (await everything(sqlite_db, WorkOrder))[done]
    assert row.completed_at is not None
    assert row.completed_at.astimezone(CHICAGO).date() == date(2026, 3, 18)
    assert row.completed_at >= row.created_at


async def test_a_term_of_tomorrow_has_not_begun_this_evening(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    leases = await everything(sqlite_db, Lease)
    renewal = next(one for one in leases.values() if one.renewed_from_id and one.status == "current")
    terms = [one for home in stand.store.homes for one in home.leases]
    wire = next(one for one in terms if f"appfolio:{one['Id']}" == renewal.id)
    wire["StartOn"] = "2026-03-19"
    at(stand, EVENING)
    await synced(stand, sqlite_db, mode="full")
    after = await everything(sqlite_db, Lease)
    assert (after[renewal.id].status, after[renewal.renewed_from_id or ""].status) == ("future", "current")


@pytest.mark.parametrize(("hour", "gone"), [(1, False), (6, True)])
def test_a_community_is_managed_until_the_end_of_its_last_day_there(hour: int, gone: bool) -> None:
    home = Property.model_validate(
        {"Id": uuid_of("property", 1), "Name": "Maple", "State": "TX", "ManagementEndDate": "2026-03-18"}
    )
    assert is_gone(home, EVENING.replace(hour=hour)) is gone
