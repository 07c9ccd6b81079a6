"""Runs the stand-in as its own process, on loopback only."""

from __future__ import annotations

import argparse

import uvicorn

from app.domain.clock import SystemClock, local_date
from app.sandbox.accounts import DEMO_SEED
from app.sandbox.gong.server import GongServer
from app.sandbox.gong.store import GongStore
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.slack.config import SandboxConfig


def main() -> None:
    """`python -m app.sandbox.gong --help` lists the options."""
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.gong", description="A local stand-in for Gong.")
    parser.add_argument("--port", type=int, default=8932)
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="which portfolio")
    given = parser.parse_args()
    portfolio = Portfolio(given.seed, local_date(SystemClock(), "America/Chicago"))
    store = GongStore(portfolio, SandboxConfig().workspace, address=f"http://127.0.0.1:{given.port}")
    uvicorn.run(GongServer(store).asgi(), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
