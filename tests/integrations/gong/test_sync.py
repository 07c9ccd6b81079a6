"""Gong through the sync engine: windows, pages, cursors that die, look-back, deletions, privacy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.business import Call
from app.domain.clock import FixedClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.integrations.base import SAMPLED, Reading
from app.integrations.paging import Mark
from app.portfolio.calls import CallFilter, heard
from app.portfolio.sync import SyncMode, SyncReport, sync_source
from app.sandbox.gong.limits import Limits
from tests.http.patience import Patience
from tests.integrations.gong.rig import NOW, Stand, standing


async def synced(stand: Stand, db: Database, *, days: float = 0, mode: SyncMode = "auto") -> SyncReport:
    clock = FixedClock(NOW + timedelta(days=days))
    return await sync_source(db, "W1", stand.connector, clock=clock, mode=mode)


async def stored(db: Database) -> dict[str, Call]:
    async with db.reading() as session:
        found = await session.scalars(select(Call).where(Call.workspace_id == "W1", Call.deleted_at.is_(None)))
        return {call.source_id: call for call in found}


def latest(stand: Stand, place: int = -1) -> str:
    ids: Sequence[str] = sorted(stand.store.recordings, key=lambda one: stand.store.recordings[one].started)
    return ids[place]


@pytest.mark.parametrize("page_size", [7, 100])
async def test_everything_is_read_once_however_it_is_paged(sqlite_db: Database, page_size: int) -> None:
    async with standing(page_size) as stand:
        report = await synced(stand, sqlite_db)
        calls = await stored(sqlite_db)
        assert report.ok
        assert set(calls) == set(stand.store.recordings)
        assert {problem.kind for problem in report.problems} == set()
        call = next(one for one in calls.values() if one.title == "Rent guarantee with Marcus Lindqvist")
        assert call.participants == "|marcus@nordhaven.com|"
        assert "Marcus Lindqvist: The rent guarantee is what my partners keep asking about." in call.transcript
        people = stand.server.calls.count("/v2/users")
        assert people == 1


async def test_cursors_that_die_cost_a_new_beginning_of_their_window(sqlite_db: Database) -> None:
    async with standing(page_size=40) as stand:
        read = stand.connector.read
        died = 0

        async def dying(reading: Any) -> Any:
            nonlocal died
            if Mark.of(reading.cursor).place and died < 2:
                died += 1
                stand.server.cursors.expire()
            return await read(reading)

        stand.connector.read = dying  # type: ignore[method-assign]
        report = await synced(stand, sqlite_db)
        assert (report.ok, died) == (True, 2)
        assert set(await stored(sqlite_db)) == set(stand.store.recordings)


async def test_cursors_that_always_die_end_in_a_sentence_and_not_in_circles(sqlite_db: Database) -> None:
    async with standing(page_size=20) as stand:
        stand.server.cursors.seconds = -1
        report = await synced(stand, sqlite_db)
        assert [failed.code for _, failed in report.failures] == ["vendor_answer_unreadable"]
        assert len(stand.server.calls) < 60


async def test_an_increment_looks_back_far_enough_for_late_transcripts_and_edits(
    stand: Stand, sqlite_db: Database
) -> None:
    call_id = latest(stand)
    said = stand.store.recordings[call_id].said
    started = NOW - timedelta(hours=47)
    stand.store.change(call_id, said=(), started=started)
    await synced(stand, sqlite_db)
    assert (await stored(sqlite_db))[call_id].transcript == ""
    stand.store.change(call_id, said=said, title="Edited")
    before = len(stand.server.calls)
    await synced(stand, sqlite_db, days=0.9)
    call = (await stored(sqlite_db))[call_id]
    assert call.transcript
    assert call.title == "Edited"
    assert stand.server.calls[before:] == ["/v2/calls/extensive", "/v2/calls/transcript"]


async def test_a_deleted_call_is_buried_by_the_full_reading_and_rises_again(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    call_id = latest(stand, 5)
    gone = stand.store.recordings.pop(call_id)
    await synced(stand, sqlite_db, days=0.5, mode="full")
    assert call_id not in await stored(sqlite_db)
    stand.store.recordings[call_id] = gone
    await synced(stand, sqlite_db, days=0.6, mode="full")
    assert call_id in await stored(sqlite_db)


async def test_an_empty_answer_to_a_full_reading_buries_nothing(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    kept = dict(stand.store.recordings)
    stand.store.recordings.clear()
    report = await synced(stand, sqlite_db, days=0.5, mode="full")
    assert set(await stored(sqlite_db)) == set(kept)
    assert report.problems[0].kind == f"calls: none of {len(kept)} known rows came, so they were kept"


async def test_gongs_limits_are_waited_out(sqlite_db: Database) -> None:
    async with standing(page_size=40, limits=Limits(Patience().monotonic)) as stand:
        assert (await synced(stand, sqlite_db)).ok
        assert set(await stored(sqlite_db)) == set(stand.store.recordings)
        assert stand.server.refused > 0


async def test_calls_are_spaced_so_that_gong_has_nothing_to_refuse(sqlite_db: Database) -> None:
    async with standing(page_size=10, per_second=3, limits=Limits(Patience().monotonic)) as stand:
        assert (await synced(stand, sqlite_db)).ok
        assert len(stand.server.calls) > 20
        assert stand.server.refused == 0
        assert sum(stand.patience.waits) >= len(stand.server.calls) / 3 - 2


async def test_the_days_limit_stops_the_source_and_the_next_sync_goes_on(sqlite_db: Database) -> None:
    limits = Limits(Patience().monotonic, per_second=0, per_day=10)
    async with standing(page_size=40, limits=limits) as stand:
        report = await synced(stand, sqlite_db)
        assert report.stopped_by is not None
        assert report.stopped_by.code == "vendor_rate_limited"
        done = len(await stored(sqlite_db))
        assert 0 < done < len(stand.store.recordings)
        stand.server.limits.per_day = 0
        await stand.patience.sleep(3_600)
        before = len(stand.server.calls)
        assert (await synced(stand, sqlite_db, days=0.1)).ok
        assert set(await stored(sqlite_db)) == set(stand.store.recordings)
        assert stand.server.calls[before:].count("/v2/calls/extensive") < 9


SALES = Principal(WorkspaceId("W1"), UserId("U1"), "Ben", frozenset({Role.SALES}), email="ben@hearthstone.example")


async def test_a_private_call_is_heard_by_those_who_took_part_alone(stand: Stand, sqlite_db: Database) -> None:
    call_id = latest(stand, -3)
    host = stand.store.recordings[call_id].host
    monologue = stand.store.recordings[call_id].said[0]
    secret = replace(monologue, sentences=(replace(monologue.sentences[0], text="The xylophone budget is secret."),))
    stand.store.change(call_id, said=(secret,), private=True)
    await synced(stand, sqlite_db)
    wanted = CallFilter("xylophone", NOW - timedelta(days=30), NOW)
    strangers = ("", "sarah@other.example", "%", "|", host.email[1:], f"x{host.email}")
    async with sqlite_db.reading() as session:
        for email in strangers:
            found = await heard(session, replace(SALES, email=email), wanted, 5)
            assert found.quotes == (), email
        for email in (host.email, host.email.upper()):
            found = await heard(session, replace(SALES, email=email), wanted, 5)
            assert [quote.words for quote in found.quotes] == ["The xylophone budget is secret."]
    stand.store.change(call_id, private=False)
    await synced(stand, sqlite_db, days=0.5)
    async with sqlite_db.reading() as session:
        assert (await heard(session, replace(SALES, email=""), wanted, 5)).quotes


async def test_pages_show_some_raw_records_from_which_a_change_of_their_shape_is_noticed(stand: Stand) -> None:
    page = await stand.connector.read(Reading("calls", date(2025, 10, 1)))
    assert 0 < len(page.sample) <= SAMPLED
    assert all("isPrivate" in record for record in page.sample.values())
