"""What administrators' commands work with: the migrated database and the record of who did what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from app.cli.core.edge import BAD_SETTINGS, run_or_exit, settings_or_exit
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import Clock, SystemClock
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
    """Runs `work` and closes the database. Exits with 2 and a sentence when it cannot be done: 1 is for what was found
    (a touched audit chain)."""
    settings = settings_or_exit()
    return run_or_exit(_work(settings, work), failed=BAD_SETTINGS)


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
