"""Alembic's environment: runs the revisions on the connection that app/db/migrate.py hands over.

It reads no settings and opens no connection of its own, so that the same code serves every database and no
directory of the machine matters.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.db.models import Base
from app.db.models.base import UtcDateTime


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Revisions name plain column types, so that an old revision never depends on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _own_tables(item: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Tables that other libraries keep in the same database are none of our business."""
    return kind != "table" or (isinstance(item, sa.Table) and name in Base.metadata.tables)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=_render,
    include_object=_own_tables,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
