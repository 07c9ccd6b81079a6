"""People and their roles, approvals, the action journal, the audit chain, encrypted secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, UtcDateTime


class Person(InWorkspace, Base):
    """A member of the workspace; `id` is their Slack user id. `roles` and `property_ids` are joined by '|';
    `all_properties` wins over `property_ids`."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="America/Chicago")
    roles: Mapped[str] = mapped_column(String(200), default="")
    all_properties: Mapped[bool] = mapped_column(default=False)
    property_ids: Mapped[str] = mapped_column(String(4000), default="")
    is_team: Mapped[bool] = mapped_column(default=True)


class ApprovalRequest(InWorkspace, Base):
    """An action that waits for a person. `status`: pending, approved, declined, expired, executed, failed, unknown.
    `binding` is an HMAC over the arguments' hash, requester, conversation and expiry; checked again at the click."""

    __tablename__ = "approval_requests"
    __table_args__ = (Index("ix_approval_requests_status", "workspace_id", "status", "expires_at"),)

    tool: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[str] = mapped_column(Text)  # canonical JSON
    title: Mapped[str] = mapped_column(String(200))
    preparation: Mapped[str] = mapped_column(Text)  # JSON: changes, recipients, consequence, property_id, editable
    requester_id: Mapped[str] = mapped_column(String(64))
    conversation: Mapped[str] = mapped_column(String(160))
    binding: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12), default="pending")
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    outcome: Mapped[str] = mapped_column(Text, default="")  # sentence for people
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActionJournal(InWorkspace, Base):
    """One write, by idempotency key (`id`). `state`: begun, done, failed, unknown."""

    __tablename__ = "action_journal"
    __table_args__ = (Index("ix_action_journal_state", "state", "begun_at"),)

    tool: Mapped[str] = mapped_column(String(60))
    arguments_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8))
    result: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class AuditEntry(Base):
    """An append-only chain per workspace: `digest` = HMAC(previous digest + this entry's canonical JSON)."""

    __tablename__ = "audit_entries"

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")  # canonical JSON, redacted
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The newest entry of each workspace's chain. Its row is locked while entries are added, so numbers never fork."""

    __tablename__ = "audit_heads"

    workspace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class Switch(InWorkspace, Base):
    """Something switched off in a hurry. `id`: `bot`, `tool:<name>` or `integration:<name>`. The workspace `*` stands
    for all workspaces. A row that exists and is not `on` blocks."""

    __tablename__ = "switches"

    on: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(300), default="")
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BudgetCounter(InWorkspace, Base):
    """How much was used in one window. `id`: `<turns|calls>:<user or *>:<window start>`."""

    __tablename__ = "budget_counters"
    __table_args__ = (Index("ix_budget_counters_ends_at", "ends_at"),)

    used: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Secret(InWorkspace, Base):
    """An integration's secret, AES-GCM under an envelope key; the row's place is the associated data."""

    __tablename__ = "secrets"

    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
