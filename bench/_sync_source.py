"""`python -m bench._sync_source <port> <folder> <communities>`: Entrata's stand-in, which has made everything it will
be asked for before it says that it is ready, so that a load's time is not its own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from app.domain.clock import FixedClock
from app.sandbox.entrata.server import EntrataServer
from app.sandbox.entrata.store import EntrataStore
from bench._portfolios import TODAY

KEY, ORG = "bench-key", "bench"
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def main() -> None:
    port, folder, size = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    store = EntrataStore(folder, FixedClock(NOW), seed=7, today=TODAY, size=size)
    for prop in store.properties:
        home = store.home(prop.id)
        _ = home.ledger, home.stays, home.stay_of_term, home.balances, home.residents, home.units_by_id
    server = EntrataServer(store, ORG, KEY)
    print("ready", flush=True)
    uvicorn.run(server.asgi(), host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
