"""Companies, contacts, deals, calls with transcripts, notes and tasks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, Sourced, UtcDateTime


class Company(Sourced, Base):
    __tablename__ = "companies"

    name: Mapped[str] = mapped_column(String(120), index=True)
    domain: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(60), default="")  # owner, investor, management company …


class Contact(Sourced, Base):
    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_search_name", "workspace_id", "search_name"),)

    name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120))
    company_id: Mapped[str | None] = mapped_column(String(120), default=None)
    role: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")


class Deal(Sourced, Base):
    """`stage`: prospecting, qualified, proposal, negotiation, closed_won, closed_lost; unknown when the source's own
    word for it is not understood."""

    __tablename__ = "deals"
    __table_args__ = (Index("ix_deals_stage", "workspace_id", "stage"),)

    name: Mapped[str] = mapped_column(String(160))
    company_id: Mapped[str | None] = mapped_column(String(120), default=None)
    owner: Mapped[str] = mapped_column(String(120), default="")
    stage: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    close_on: Mapped[date | None] = mapped_column(default=None)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Call(Sourced, Base):
    """A recorded call. `transcript` is `[mm:ss] Speaker: words` lines, `summary` what the recording system wrote about
    it; both are untrusted text. `link` opens the call there.

    `attendees` are the e-mail addresses of the company's own people who took part, in lower case, each between bars
    (`|ben@acme.com|`); who may read a private call is told by them (app/portfolio/visible.py). `participants` are the
    others' addresses, written the same way; `contact_id` and `company_id` follow from them (app/portfolio/sync)."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_started", "workspace_id", "started_at"),)

    title: Mapped[str] = mapped_column(String(200))
    contact_id: Mapped[str | None] = mapped_column(String(120), default=None)
    company_id: Mapped[str | None] = mapped_column(String(120), default=None)
    host: Mapped[str] = mapped_column(String(120), default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int] = mapped_column(default=0)
    transcript: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    attendees: Mapped[str] = mapped_column(Text, default="")
    participants: Mapped[str] = mapped_column(Text, default="")


class CallNote(Sourced, Base):
    """A note somebody left on a contact."""

    __tablename__ = "call_notes"

    contact_id: Mapped[str] = mapped_column(String(120), index=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))


class Task(Sourced, Base):
    """A to-do. `status`: open, done; overdue = open and due before today (derived)."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_status_due", "workspace_id", "status", "due_on"),)

    title: Mapped[str] = mapped_column(String(500))
    assignee: Mapped[str] = mapped_column(String(120), default="")
    due_on: Mapped[date | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
