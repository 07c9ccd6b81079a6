"""Invoices, budgets and actuals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, Sourced


class Invoice(Sourced, Base):
    """A vendor's bill. `status`: unpaid, paid, pending_approval; overdue = unpaid and due before today (derived)."""

    __tablename__ = "invoices"
    __table_args__ = (
        # hold every column that counts and sums need
        Index(
            "ix_invoices_status_due",
            "workspace_id",
            "status",
            "due_on",
            "amount_cents",
            "number",
            "id",
            "deleted_at",
        ),
        Index(
            "ix_invoices_dated",
            "workspace_id",
            "status",
            "invoiced_on",
            "due_on",
            "paid_on",
            "amount_cents",
            "number",
            "id",
            "deleted_at",
        ),
        Index("ix_invoices_vendor", "workspace_id", "vendor_id", "status", "due_on"),
    )

    number: Mapped[str] = mapped_column(String(40))
    vendor_id: Mapped[str] = mapped_column(String(120))
    property_id: Mapped[str | None] = mapped_column(String(120), default=None)
    amount_cents: Mapped[int]
    invoiced_on: Mapped[date]
    due_on: Mapped[date]
    paid_on: Mapped[date | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(String(200), default="")


class GlMonth(Sourced, Base):
    """Budget and actual of one account of one property in one month. `month` is its first day. `account`: rent,
    other_income, bad_debt, payroll, repairs, turnover, utilities, marketing, insurance, taxes, management_fee, admin.
    Income and expense amounts are both positive; `is_income` tells them apart."""

    __tablename__ = "gl_months"
    __table_args__ = (
        Index("ix_gl_months_property_month", "workspace_id", "property_id", "month"),
        # holds every column that sums need, so that a year of a thousand communities is read from the index alone
        Index(
            "ix_gl_months_sums",
            "workspace_id",
            "month",
            "property_id",
            "account",
            "is_income",
            "actual_cents",
            "budget_cents",
            "deleted_at",
        ),
    )

    property_id: Mapped[str] = mapped_column(String(120))
    month: Mapped[date]
    account: Mapped[str] = mapped_column(String(30))
    is_income: Mapped[bool]
    actual_cents: Mapped[int | None] = mapped_column(default=None)  # None: the month is not closed yet
    budget_cents: Mapped[int]
