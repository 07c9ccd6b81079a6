"""Runs the stand-in as its own process, on loopback only."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from app.domain.clock import SystemClock
from app.sandbox.accounts import DEMO_SEED, HubSpotAccount
from app.sandbox.hubspot.running import hubspot_server


def main() -> None:
    """`python -m app.sandbox.hubspot --help` lists the options."""
    account = HubSpotAccount()
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.hubspot", description="A local stand-in for HubSpot.")
    parser.add_argument("--port", type=int, default=8932)
    parser.add_argument("--data", type=Path, default=Path(".sophia/hubspot"), help="where writes are kept")
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="which portfolio, the first time")
    parser.add_argument("--webhooks", default="", help="address that is told of changes")
    parser.add_argument("--search-lag", type=float, default=3.0, help="seconds until a search sees a change")
    given = parser.parse_args()
    clock = SystemClock()
    today = clock.now().astimezone(ZoneInfo("America/Chicago")).date()
    server = hubspot_server(given.data, clock, account, seed=given.seed, today=today)
    server.store.search_lag = timedelta(seconds=given.search_lag)
    server.webhooks.address = given.webhooks
    uvicorn.run(server.asgi(), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
