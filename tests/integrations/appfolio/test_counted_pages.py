"""The Database API counts its pages: what moves while they are read is asked for by its id and stays."""

from __future__ import annotations

from typing import Any

import pytest

from app.db.engine import Database
from app.db.models.leasing import Lease, Resident
from app.db.models.property import Unit
from app.integrations.appfolio import database
from app.sandbox.appfolio import database as wire
from tests.integrations.appfolio.rig import Stand
from tests.integrations.appfolio.test_first_sync import everything, synced


@pytest.mark.parametrize("kind", ["units", "tenants"])
async def test_what_moves_to_a_page_that_was_read_is_not_taken_for_gone(
    stand: Stand, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    await synced(stand, sqlite_db)
    before = [set(await everything(sqlite_db, model)) for model in (Unit, Resident, Lease)]
    listed, calls = wire._LISTS[kind], [0]

    def shifting(store: Any) -> list[dict[str, Any]]:
        """After its first page, the list's first record stands behind the others."""
        records = listed(store)
        calls[0] += 1
        return records if calls[0] == 1 else [*records[1:], records[0]]

    monkeypatch.setattr(database, "PER_PAGE", len(listed(stand.store)) // 2)
    monkeypatch.setitem(wire._LISTS, kind, shifting)  # type: ignore[arg-type]
    object.__setattr__(stand.clock, "at", stand.clock.at.replace(hour=20))
    await synced(stand, sqlite_db, mode="full")
    assert calls[0] > 2
    assert [set(await everything(sqlite_db, model)) for model in (Unit, Resident, Lease)] == before
