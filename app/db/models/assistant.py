"""What Sophia keeps for herself: reminders, digests, thread memory, outgoing messages, usage."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, Sourced, UtcDateTime


class Reminder(Sourced, Base):
    """`status`: pending, sent, cancelled."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_due", "status", "remind_at"),)

    user_id: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(String(2000))
    remind_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12), default="pending")


class DigestSchedule(Sourced, Base):
    """A recurring summary for a channel. `time` is HH:MM in `timezone`."""

    __tablename__ = "digest_schedules"

    topic: Mapped[str] = mapped_column(String(20))
    frequency: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(80))
    day_of_week: Mapped[str] = mapped_column(String(10), default="")
    time: Mapped[str] = mapped_column(String(5))
    timezone: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(64))
    paused: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterChange(Sourced, Base):
    """A change of a record that another system owns, kept because that system cannot take it from Sophia yet.
    `id` holds the action's idempotency key."""

    __tablename__ = "register_changes"
    __table_args__ = (Index("ix_register_changes_record", "workspace_id", "record_id"),)

    record_id: Mapped[str] = mapped_column(String(120))  # read-model id, e.g. a unit's
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(200), default="")
    after: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))


class ThreadTurn(InWorkspace, Base):
    """One finished turn of a conversation: what was asked, which tools were called, what was answered. `earlier`: what
    the thread was about before the turns that were shown whole beside this one, summed up."""

    __tablename__ = "thread_turns"
    __table_args__ = (Index("ix_thread_turns_thread", "workspace_id", "conversation", "created_at"),)

    conversation: Mapped[str] = mapped_column(String(160))  # "<channel>:<thread>"
    user_id: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    calls: Mapped[str] = mapped_column(Text, default="[]")  # JSON [{"name", "arguments"}]
    earlier: Mapped[str | None] = mapped_column(Text, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UsageRecord(InWorkspace, Base):
    """One attempt at a model: its tokens, time and cost, in micro-dollars, so that small calls add up exactly.

    `cost_microdollars` is what the attempt costs, fees included: the provider's own figure where it gives one
    (`reported_microdollars`), else what the price table says (`priced_microdollars`; null: nobody knows the price).
    """

    __tablename__ = "usage_records"
    __table_args__ = (
        Index("ix_usage_records_day", "workspace_id", "day"),
        Index("ix_usage_records_turn_id", "workspace_id", "turn_id"),
    )

    day: Mapped[date]
    turn_id: Mapped[str] = mapped_column(String(80), default="")
    user_id: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64), default="")
    task: Mapped[str] = mapped_column(String(16), default="", server_default="")
    tool: Mapped[str] = mapped_column(String(80), default="", server_default="")
    gateway: Mapped[str] = mapped_column(String(40), default="", server_default="")
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(12), default="", server_default="")
    input_tokens: Mapped[int] = mapped_column(default=0)  # cached and cache-write ones included
    cached_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    cache_write_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    output_tokens: Mapped[int] = mapped_column(default=0)  # reasoning ones included
    reasoning_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    counted_here: Mapped[bool] = mapped_column(default=False, server_default=false())
    hedge: Mapped[bool] = mapped_column(default=False, server_default=false())
    cost_microdollars: Mapped[int] = mapped_column(default=0)
    fee_microdollars: Mapped[int] = mapped_column(default=0, server_default="0")
    priced_microdollars: Mapped[int | None] = mapped_column(default=None)
    reported_microdollars: Mapped[int | None] = mapped_column(default=None)
    total_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutgoingMessage(InWorkspace, Base):
    """An SMS or e-mail. `id` is its idempotency key. `status`: begun, queued, sent, failed, unknown."""

    __tablename__ = "outgoing_messages"

    kind: Mapped[str] = mapped_column(String(8))  # sms, email
    recipient: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(10))
    error_code: Mapped[str] = mapped_column(String(40), default="")  # the provider's own code when it refused
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
