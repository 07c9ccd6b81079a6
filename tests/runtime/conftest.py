"""A database with the tables and a runtime on it, for tests of durable work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.db.engine import Database
from app.domain.clock import SystemClock
from app.runtime.runtime import Runtime, RuntimeOptions


@pytest.fixture
def store(db: Database) -> Database:
    """The database that the runtime's tables stand in: SQLite, then PostgreSQL."""
    return db


@pytest.fixture
def options(tmp_path: Path) -> RuntimeOptions:
    """Options for one executor on the test's own files."""
    return RuntimeOptions(executor_id="one", system_url=f"sqlite:///{tmp_path}/runs.db", poll_every=0.05)


@pytest.fixture
async def runtime(store: Database, options: RuntimeOptions) -> AsyncIterator[Runtime]:
    """A runtime that is not started yet; it is drained after the test."""
    made = Runtime(store, SystemClock(), options)
    yield made
    if made.intake._writer is not None:
        await made.drain(patience=2)


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"did not happen within {seconds} s")
