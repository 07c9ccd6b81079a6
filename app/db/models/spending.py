"""Model calls: budgets with what is spent and held in each window and who holds it, and how each call went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class SpendBudget(InWorkspace, Base):
    """A limit in microdollars. `id` is `<kind>:<subject>`, e.g. `channel:C0LEASING`; `period` day or month (UTC)."""

    __tablename__ = "spend_budgets"

    period: Mapped[str] = mapped_column(String(5))
    limit_microdollars: Mapped[int]
    alert_channel: Mapped[str] = mapped_column(String(64), default="")
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpendWindow(InWorkspace, Base):
    """One budget in one window. `id` is `<budget id>@<window start>`. `told` is the highest percentage announced."""

    __tablename__ = "spend_windows"
    __table_args__ = (Index("ix_spend_windows_ends_at", "ends_at"),)

    budget_id: Mapped[str] = mapped_column(String(100))
    spent_microdollars: Mapped[int] = mapped_column(default=0)
    held_microdollars: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpendReservation(InWorkspace, Base):
    """Room held by one attempt until it is settled, or until its process is taken for dead. `windows`: ids, one a
    line."""

    __tablename__ = "spend_reservations"
    __table_args__ = (Index("ix_spend_reservations_expires_at", "expires_at"),)

    windows: Mapped[str] = mapped_column(Text)
    amount_microdollars: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ModelCall(InWorkspace, Base):
    """How one call went, kept for some weeks. `candidates`: every route with what was thought of it and what became of
    it, as JSON (app/gateways/trail/record.py). `answered`: the route's name, `embedded`, or '' for nobody."""

    __tablename__ = "model_calls"
    __table_args__ = (
        Index("ix_model_calls_turn_id", "workspace_id", "turn_id"),
        Index("ix_model_calls_trace_id", "workspace_id", "trace_id"),
        Index("ix_model_calls_created_at", "workspace_id", "created_at"),
    )

    turn_id: Mapped[str] = mapped_column(String(80))
    trace_id: Mapped[str] = mapped_column(String(80), default="")
    user_id: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    task: Mapped[str] = mapped_column(String(16))
    policy: Mapped[str] = mapped_column(String(16))
    answered: Mapped[str] = mapped_column(String(260))
    cost_microdollars: Mapped[int]
    total_ms: Mapped[int]
    candidates: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
