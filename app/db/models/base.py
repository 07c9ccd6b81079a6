"""What every table shares.

Each row belongs to a workspace and every query names it. Read-model rows carry where they came from: their `id` is
`<source>:<record id in that system>` (`entrata:900001`), `as_of` says when the source last confirmed them. Rows that
Sophia owns herself have the source `sophia`. Money columns end in `_cents`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases (SQLite has no time zones and would lose them)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    # Whole numbers are 64 bits wide: 32 bits of cents end at $21 million, less than one building costs.
    type_annotation_map = {datetime: UtcDateTime, int: BigInteger}  # noqa: RUF012 - SQLAlchemy's declarative API


class InWorkspace:
    """A row of one workspace; the workspace is part of the key, so ids of two workspaces never meet."""

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(120), primary_key=True)


class Sourced(InWorkspace):
    """A row of the read model that a source system owns."""

    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def source(self) -> str:
        """Key of the owning system, e.g. `entrata`."""
        return self.id.partition(":")[0]

    @property
    def source_id(self) -> str:
        """The record's id in the owning system."""
        return self.id.partition(":")[2]
