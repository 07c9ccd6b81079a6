"""Settings completed with the secrets that `sophia secrets` keeps in the database. The environment always wins.

Not for: how a secret is kept (app/security/secrets.py), or what a setting may hold (app/settings.py).
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from app.db.engine import Database
from app.db.models.security import Secret
from app.domain.clock import Clock
from app.security.keys import KeyRing
from app.security.secrets import SecretKeyProvider, SecretStore
from app.settings import Settings


def secret_store(settings: Settings, db: Database, clock: Clock) -> SecretStore:
    """The store whose secrets SECRET_KEY opens."""
    return SecretStore(db, SecretKeyProvider(KeyRing(settings.signing_key, settings.previous_signing_keys)), clock)


async def with_stored_secrets(settings: Settings, db: Database, clock: Clock) -> Settings:
    """The settings, with what is stored for each secret that the environment leaves empty.

    A database that was never migrated holds none. Raises Fixable for one that can't be opened or that a setting
    refuses, and whatever the database raises.
    """
    async with db.engine.connect() as connection:
        if not await connection.run_sync(_has_secrets):
            return settings
    store = secret_store(settings, db, clock)
    values: dict[str, str] = {}
    for name in await store.names(settings.workspace_id):
        value = await store.get(settings.workspace_id, name)
        if value is not None:
            values[name] = value
    return settings.with_stored(values) if values else settings


def _has_secrets(connection: Connection) -> bool:
    return inspect(connection).has_table(Secret.__tablename__)
