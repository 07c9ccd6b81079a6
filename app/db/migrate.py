"""Brings a database to the schema of this version, and drafts the revision when the models have changed.

    python -m app.db.migrate "what changed"      # writes app/db/migrations/versions/<number>_<what_changed>.py

Sophia moves forward only: a mistake is mended by another revision, a disaster by a backup.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from app.db.engine import Database
from app.db.models import Base

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where it is used: it brings every dialect, a template engine and its highlighter, and most
# processes find the schema in order and never need it.

_ONE_AT_A_TIME = 5_027_316  # key of the advisory lock that two starting processes meet at


async def upgrade(db: Database) -> None:
    """Bring the database to the newest revision, in one transaction; does nothing when it is there already.

    Several processes may call it at once: the others wait for the first. Raises whatever the database raises, and
    then nothing has changed.
    """
    async with db.engine.connect() as connection:
        await connection.run_sync(_lock)
        await connection.run_sync(_upgrade)
        await connection.commit()


async def at_head(db: Database) -> bool:
    """True when the database has the newest revision."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_at_head)


async def differences(db: Database) -> list[str]:
    """What the models say and the database does not have, one line each; empty when they agree."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_differences)


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(_config(connection), "head")


def _at_head(connection: Connection) -> bool:
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _item, name, kind, *_: kind != "table" or name in Base.metadata.tables,
        },
    )
    return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def _draft(connection: Connection, message: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = _config(connection)
    count = sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions())
    command.revision(config, message=message, autogenerate=True, rev_id=f"{count + 1:04d}")


async def _draft_revision(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/draft.db")
        await upgrade(db)
        async with db.engine.connect() as connection:
            await connection.run_sync(_draft, message)
        await db.close()


if __name__ == "__main__":
    asyncio.run(_draft_revision(sys.argv[1]))
