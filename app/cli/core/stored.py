"""Stored secrets for commands that must work without a database too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.cli.core.edge import fail
from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.security.stored import with_stored_secrets
from app.settings import Settings

log = structlog.get_logger(__name__)


async def completed(settings: Settings, db: Database, clock: Clock, seconds: float) -> Settings:
    """The settings with the stored secrets; without them, and a line that says so, when they can't be read."""
    if not _there(settings.sync_database_url):
        return settings
    try:
        async with asyncio.timeout(seconds):
            return await with_stored_secrets(settings, db, clock)
    except Fixable as unreadable:
        fail(unreadable)
    except (SQLAlchemyError, OSError) as failure:
        log.info("stored_secrets_unread", error=type(failure).__name__)
    return settings


def _there(address: str) -> bool:
    """False for an embedded database that was never made: it holds nothing, and asking would make its file."""
    return not address.startswith("sqlite:///") or Path(address.removeprefix("sqlite:///")).exists()
