"""Durable work: what came in, who is alive to do it, what was already shown to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class IntakeEntry(InWorkspace, Base):
    """One thing to do, stored before it is acknowledged. `id` names the thing itself (`<channel>:<ts>:message`) and
    `delivery_id` the delivery that brought it (Slack's event or trigger id): either one makes a repeat harmless.

    Entries of one `lane` run one after the other. `state`: new, handed (a durable run has it), done, failed."""

    __tablename__ = "intake"
    __table_args__ = (
        UniqueConstraint("workspace_id", "delivery_id"),
        Index("ix_intake_waiting", "state", "workspace_id", "received_at"),
        Index("ix_intake_lane", "state", "workspace_id", "lane"),
        Index("ix_intake_conversation", "workspace_id", "conversation"),
    )

    delivery_id: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(40))
    lane: Mapped[str] = mapped_column(String(160))
    conversation: Mapped[str] = mapped_column(String(160), default="")  # "<channel>:<thread>"
    user_id: Mapped[str] = mapped_column(String(64), default="")
    payload: Mapped[str] = mapped_column(Text)  # JSON
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="new")
    executor: Mapped[str] = mapped_column(String(120), default="")
    told_busy: Mapped[bool] = mapped_column(default=False)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Executor(InWorkspace, Base):
    """A process that does work, and when it was last alive by the database's clock (milliseconds since 1970).
    Executors serve every workspace; their `workspace_id` is `*`."""

    __tablename__ = "executors"

    beat_ms: Mapped[int] = mapped_column(BigInteger)


class Delivery(InWorkspace, Base):
    """A message shown to a person. `id` is `<run>:<part>`. `state`: begun (it may or may not be in Slack),
    streaming, posted. Written before the call and after it, so that no crash shows anything twice."""

    __tablename__ = "deliveries"

    channel: Mapped[str] = mapped_column(String(64))
    thread: Mapped[str] = mapped_column(String(64), default="")
    ts: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Feedback(InWorkspace, Base):
    """A person's thumb on an answer. `id` is `<turn>:<user>`; `verdict`: good, bad."""

    __tablename__ = "feedback"

    turn_id: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
