"""Readiness says what is wrong in words; liveness only looks at the event loop."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from sqlalchemy import text

from app.db.checks import migrated
from app.db.engine import Database
from app.telemetry.health import LoopLag, Readiness


async def test_a_process_is_ready_when_every_check_is_well(db: Database) -> None:
    assert (await Readiness({"schema": partial(migrated, db)}).report()).ok


async def test_an_old_schema_is_named(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    report = await Readiness({"schema": partial(migrated, db)}).report()
    assert report.problems == {"schema": "not this version's; run: sophia migrate"}


async def test_a_check_that_hangs_or_breaks_is_a_problem_not_a_crash() -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    async def breaks() -> str:
        raise RuntimeError("internals")

    report = await Readiness({"slow": hangs, "broken": breaks}, each_within=0.05).report()
    assert report.problems == {"slow": "no answer within 0.05 s", "broken": "failed"}


async def test_a_blocked_loop_is_noticed() -> None:
    lag = LoopLag(every=0.01, alive_below=0.05)
    watching = asyncio.create_task(lag.watch())
    await asyncio.sleep(0)
    assert lag.alive
    time.sleep(0.1)  # noqa: ASYNC251 - blocking the loop is the point
    assert not lag.alive
    watching.cancel()
