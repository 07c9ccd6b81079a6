"""How the reading of the connected systems stands, what was found in their data, and what their records look like."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class SyncState(InWorkspace, Base):
    """How far one resource of one source has been read. `id` is `<source>:<resource>:<property or *>`. Who reads it
    now is `held_by`, and it is theirs until `held_until`. For imported files `cursor` names the file,
    `last_success_at` is the moment it speaks for and `last_attempt_at` the import's."""

    __tablename__ = "sync_states"

    cursor: Mapped[str] = mapped_column(Text, default="")
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_full_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    held_by: Mapped[str] = mapped_column(String(80), default="")
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    rows: Mapped[int] = mapped_column(default=0)


class SyncFinding(InWorkspace, Base):
    """Something in a source's data that was not understood or does not add up, as the last sync that met it saw it.
    `id` is `<source>:<digest of the kind>`; `record` names the first example."""

    __tablename__ = "sync_findings"

    kind: Mapped[str] = mapped_column(String(160))
    record: Mapped[str] = mapped_column(String(200))
    count: Mapped[int]
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SyncShape(InWorkspace, Base):
    """What the records of a source's resource looked like so far: names and kinds of their fields, never their
    values. `id` is `<source>:<resource>`, `fields` a JSON object."""

    __tablename__ = "sync_shapes"

    fields: Mapped[str] = mapped_column(Text)
    learned_at: Mapped[datetime] = mapped_column(UtcDateTime)
