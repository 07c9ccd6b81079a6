"""Documents, their passages and vectors. The main database is the truth about documents and their text, whatever store
finds passages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class KnowledgeDocument(InWorkspace, Base):
    """A document whose passages are all in. `kind`: file, page, transcript, note. `content_hash` is empty while it is
    being forgotten."""

    __tablename__ = "knowledge_documents"

    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(12))
    link: Mapped[str] = mapped_column(String(1000), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    dated: Mapped[datetime] = mapped_column(UtcDateTime)
    embedder: Mapped[str] = mapped_column(String(80), default="")
    passages: Mapped[int] = mapped_column(default=0)
    ingested_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnowledgeReader(Base):
    """Who may read a document: one row for each reader token (`everyone`, `role:leasing`, `channel:C1` …)."""

    __tablename__ = "knowledge_readers"
    __table_args__ = (Index("ix_knowledge_readers_token", "workspace_id", "token", "document_id"),)

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    token: Mapped[str] = mapped_column(String(140), primary_key=True)


class KnowledgePassage(Base):
    """One passage. `vector` holds float16 numbers, little endian, of the embedder that the document names; empty where
    another store keeps them. `terms` holds its words as app/knowledge/terms.py packs them. `since` is the version
    (KnowledgeVersion) that it came with."""

    __tablename__ = "knowledge_passages"
    __table_args__ = (
        Index("uq_knowledge_passages_place", "workspace_id", "document_id", "number", unique=True),
        Index("ix_knowledge_passages_since", "workspace_id", "since"),
    )

    row: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(String(64))
    document_id: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    section: Mapped[int]
    header: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None] = mapped_column(default=None)
    anchor: Mapped[str] = mapped_column(String(200), default="")
    vector: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    terms: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    since: Mapped[int] = mapped_column(default=0)


class KnowledgeVersion(Base):
    """How often a workspace's passages have changed: what was kept in memory of an older number is stale."""

    __tablename__ = "knowledge_versions"

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class KnowledgeClaim(Base):
    """Who is writing a document, as app/knowledge/claims.py keeps it."""

    __tablename__ = "knowledge_claims"

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    claim: Mapped[str] = mapped_column(String(32))
