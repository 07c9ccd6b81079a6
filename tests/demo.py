"""The demo portfolio as tests see it: about one fixed day, in one workspace, with the local workspace's people."""

from __future__ import annotations

import fcntl
from datetime import UTC, date, datetime
from pathlib import Path

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import FixedClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.sandbox.portfolio.load import load_everything, load_team
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.slack.seed import demo_workspace

WORKSPACE = WorkspaceId("T-demo")
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)  # half past ten in the morning at the properties
CLOCK = FixedClock(NOW)
PORTFOLIO = Portfolio(seed=7, today=TODAY)
ADMIN = Principal(WORKSPACE, UserId("U07TOMOK01"), "Tom Okafor", frozenset({Role.ADMIN}))


async def build(path: Path) -> None:
    """Write the whole demo portfolio into a new SQLite file."""
    db = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(db)
    await load_everything(db, WORKSPACE, PORTFOLIO, as_of=NOW)
    await load_team(db, WORKSPACE, demo_workspace(), PORTFOLIO)
    await db.close()


class BuiltOnce:
    """Makes a file once for all processes of a test run: the first one builds, the others wait for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_suffix(".lock").open("w")

    def __enter__(self) -> bool:
        """True when the file is still to be made."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return not self._path.exists()

    def __exit__(self, *_: object) -> None:
        self._lock.close()
