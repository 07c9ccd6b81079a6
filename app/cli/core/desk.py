"""What administrators' commands work with: the migrated database and the record of who did what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import typer

from app.cli.core.edge import fail, settings_or_exit
from app.db.engine import Database
from app.db.failures import as_retry_later
from app.db.migrate import upgrade
from app.domain.clock import Clock, SystemClock
from app.domain.errors import SophiaError
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.settings import Settings

BY = "console"
"""Who acts when a command is typed, as the record names them."""

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    settings: Settings
    db: Database
    clock: Clock
    keys: KeyRing
    audit: AuditLog

    @property
    def workspace_id(self) -> str:
        return self.settings.workspace_id


def at_desk(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Runs `work` and closes the database. Exits with 2 and a sentence when it cannot be done."""
    settings = settings_or_exit()
    try:
        return asyncio.run(_work(settings, work))
    except Exception as failure:
        told = failure if isinstance(failure, SophiaError) else as_retry_later(failure)
        if told is None:
            raise
        fail(told)
        raise typer.Exit(2) from None


async def _work(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    clock = SystemClock()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keys = KeyRing(settings.signing_key, settings.previous_signing_keys)
    db = Database(settings.async_database_url)
    audit = AuditLog(db, keys.signer("audit"), clock, Redactor(settings.secret_values).value)
    try:
        await upgrade(db)
        return await work(Desk(settings, db, clock, keys, audit))
    finally:
        await db.close()
