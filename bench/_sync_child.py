"""`python -m bench._sync_child <source> <database>`: one first sync in a process of its own, told as JSON."""

from __future__ import annotations

import asyncio
import json
import resource
import sys

import structlog

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.entrata import CONNECTOR
from app.portfolio.sync import sync_source
from app.portfolio.sync.upkeep import after_sync
from bench._portfolios import WORKSPACE
from bench._sync_source import KEY, NOW, ORG


async def load(url: str, address: str) -> dict[str, float]:
    clock, db = FixedClock(NOW), Database(address)
    outbound = Outbound(clock)
    settings = {"ENTRATA_API_KEY": KEY, "ENTRATA_ORG": ORG, "ENTRATA_BASE_URL": url}
    try:
        await upgrade(db)
        report = await sync_source(db, WORKSPACE, CONNECTOR.open(settings, outbound, clock), clock=clock)
        await after_sync(db, WORKSPACE, [report], clock, "America/Chicago")
    finally:
        await outbound.close()
        await db.close()
    if not report.ok:
        raise SystemExit(report.sentence)
    ledger = next(one for one in report.resources if one.resource == "ledger")
    return {
        "rows": report.rows,
        "seconds": report.seconds,
        "ledger_rows": ledger.rows,
        "ledger_seconds": ledger.seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(json.dumps(asyncio.run(load(sys.argv[1], sys.argv[2]))))
