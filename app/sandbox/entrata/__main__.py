"""Runs the stand-in as its own process, on loopback only."""

from __future__ import annotations

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from app.domain.clock import SystemClock
from app.sandbox.accounts import DEMO_KEY, DEMO_ORG, DEMO_SEED
from app.sandbox.entrata.server import EntrataServer
from app.sandbox.entrata.store import EntrataStore


def main() -> None:
    """`python -m app.sandbox.entrata --help` lists the options."""
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.entrata", description="A local stand-in for Entrata.")
    parser.add_argument("--port", type=int, default=8931)
    parser.add_argument("--data", type=Path, default=Path(".sophia/entrata"), help="where writes are kept")
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="which portfolio, the first time")
    parser.add_argument("--org", default=DEMO_ORG)
    parser.add_argument("--key", default=DEMO_KEY)
    given = parser.parse_args()
    clock = SystemClock()
    today = clock.now().astimezone(ZoneInfo("America/Chicago")).date()
    store = EntrataStore(given.data, clock, seed=given.seed, today=today)
    server = EntrataServer(store, given.org, given.key)
    uvicorn.run(server.asgi(), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
