"""Records of different systems that are one thing: the same property, person or company."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class IdentityLink(InWorkspace, Base):
    """Two read-model ids and why they were matched. `state`: matched (holds until somebody says otherwise), proposed
    (holds only when somebody confirms it), confirmed, apart (never matched again). `id` is `<kind>-<digest>`."""

    __tablename__ = "identity_links"
    __table_args__ = (
        Index("ix_identity_links_kept", "workspace_id", "kept_id"),
        Index("ix_identity_links_other", "workspace_id", "other_id"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    kept_id: Mapped[str] = mapped_column(String(120))
    other_id: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
