"""Runs the stand-in as its own process, on loopback only."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from app.domain.clock import SystemClock
from app.sandbox.accounts import DEMO_SEED, AppFolioAccount
from app.sandbox.appfolio.server import AppFolioServer
from app.sandbox.appfolio.store import AppFolioStore
from app.sandbox.portfolio.portfolio import Portfolio


def main() -> None:
    """`python -m app.sandbox.appfolio --help` lists the options."""
    parser = argparse.ArgumentParser(
        prog="python -m app.sandbox.appfolio", description="A local stand-in for AppFolio."
    )
    parser.add_argument("--port", type=int, default=8932)
    parser.add_argument("--data", type=Path, default=Path(".sophia/appfolio"), help="where writes are kept")
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="which portfolio, the first time")
    parser.add_argument("--visible-after", type=float, default=0, help="seconds until a written row shows in lists")
    parser.add_argument("--webhooks", default="", help="address that is told of changes")
    given = parser.parse_args()
    clock, account = SystemClock(), AppFolioAccount()
    today = clock.now().astimezone(ZoneInfo("America/Chicago")).date()
    store = AppFolioStore(
        given.data,
        clock,
        seed=given.seed,
        today=today,
        property_ids=Portfolio(given.seed, today).ids_of(account.communities),
        visible_after=timedelta(seconds=given.visible_after),
    )
    server = AppFolioServer(store, account)
    server.webhooks.address = given.webhooks
    uvicorn.run(server.asgi(), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
