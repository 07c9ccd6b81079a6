"""Residents, leases, ledgers, guest cards and tours."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, Sourced, UtcDateTime


class Resident(Sourced, Base):
    """A person on a lease. `search_name` is the name lower-cased, for lookups."""

    __tablename__ = "residents"
    __table_args__ = (
        Index("ix_residents_search_name", "workspace_id", "search_name"),
        Index("ix_residents_phone", "workspace_id", "phone"),
        Index("ix_residents_property", "workspace_id", "property_id"),
    )

    property_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")  # E.164
    sms_consent: Mapped[bool] = mapped_column(default=True)


class Lease(Sourced, Base):
    """A lease of one unit. `status`: applicant, future, current, notice, past, cancelled. The balance columns are
    derived from the ledger whenever it is synced, so that delinquency over millions of rows stays a small query."""

    __tablename__ = "leases"
    __table_args__ = (
        Index("ix_leases_unit", "workspace_id", "unit_id"),
        Index("ix_leases_resident", "workspace_id", "resident_id"),
        Index("ix_leases_property_status", "workspace_id", "property_id", "status"),
        Index("ix_leases_past_due", "workspace_id", "past_due_cents"),
        # holds every column that today's sums need
        Index(
            "ix_leases_standing",
            "workspace_id",
            "status",
            "property_id",
            "rent_cents",
            "past_due_cents",
            "oldest_open_charge_on",
            "unit_id",
            "deleted_at",
        ),
        Index(
            "ix_leases_end_property",
            "workspace_id",
            "end_on",
            "property_id",
            "status",
            "rent_cents",
            "id",
            "deleted_at",
            "renewed",
        ),
        Index("ix_leases_move_in", "workspace_id", "move_in_on"),
        Index("ix_leases_move_out", "workspace_id", "move_out_on", "property_id", "status", "renewed", "deleted_at"),
        Index("ix_leases_renewed_from", "workspace_id", "renewed_from_id", "status", "deleted_at"),
    )

    property_id: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str] = mapped_column(String(120))
    resident_id: Mapped[str] = mapped_column(String(120))  # the primary resident
    occupants: Mapped[str] = mapped_column(String(500), default="")  # all names on the lease, joined by '|'
    status: Mapped[str] = mapped_column(String(16))
    start_on: Mapped[date]
    end_on: Mapped[date]
    move_in_on: Mapped[date | None] = mapped_column(default=None)
    move_out_on: Mapped[date | None] = mapped_column(default=None)
    notice_given_on: Mapped[date | None] = mapped_column(default=None)
    rent_cents: Mapped[int]
    deposit_cents: Mapped[int] = mapped_column(default=0)
    renewed_from_id: Mapped[str | None] = mapped_column(String(120), default=None)
    renewed: Mapped[bool] = mapped_column(default=False)  # app/portfolio/renewals.py works it out
    clauses: Mapped[str] = mapped_column(String(1000), default="")  # short clause texts, joined by '|'
    balance_cents: Mapped[int] = mapped_column(default=0)
    past_due_cents: Mapped[int] = mapped_column(default=0)
    oldest_open_charge_on: Mapped[date | None] = mapped_column(default=None)


class LedgerEntry(Sourced, Base):
    """A charge (positive) or payment or credit (negative) on a lease's ledger. `kind`: charge, payment, credit."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("ix_ledger_entries_lease", "workspace_id", "lease_id", "posted_on"),
        Index("ix_ledger_entries_property", "workspace_id", "property_id", "posted_on"),
    )

    lease_id: Mapped[str] = mapped_column(String(120))
    property_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))  # canonical: rent, late_fee, utility, pet_rent, parking, payment …
    description: Mapped[str] = mapped_column(String(200), default="")
    amount_cents: Mapped[int]
    posted_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(default=None)


class GuestCard(Sourced, Base):
    """A prospect's inquiry. `status`: new, contacted, toured, applied, leased, lost."""

    __tablename__ = "guest_cards"
    __table_args__ = (
        Index("ix_guest_cards_search_name", "workspace_id", "search_name"),
        Index("ix_guest_cards_inquired", "workspace_id", "inquired_on", "property_id"),
    )

    property_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    bedrooms: Mapped[int | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(String(16))
    lead_source: Mapped[str] = mapped_column(String(60), default="")
    inquired_on: Mapped[date]


class Tour(Sourced, Base):
    """A booked visit. `status`: booked, done, no_show, cancelled. `starts_at` is in UTC."""

    __tablename__ = "tours"
    __table_args__ = (Index("ix_tours_start", "workspace_id", "starts_at"),)

    property_id: Mapped[str] = mapped_column(String(120))
    prospect: Mapped[str] = mapped_column(String(120))
    guest_card_id: Mapped[str | None] = mapped_column(String(120), default=None)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str] = mapped_column(String(120), default="")


class PaymentPlan(Sourced, Base):
    """Agreed installments for an open balance; owned by Sophia."""

    __tablename__ = "payment_plans"

    lease_id: Mapped[str] = mapped_column(String(120), index=True)
    resident_id: Mapped[str] = mapped_column(String(120))
    total_cents: Mapped[int]
    installments: Mapped[int]
    first_due_on: Mapped[date]
    schedule: Mapped[str] = mapped_column(String(4000))  # JSON list of {"due_on", "cents"}
    status: Mapped[str] = mapped_column(String(16), default="active")
    created_by: Mapped[str] = mapped_column(String(64))


class Notice(Sourced, Base):
    """A formal notice to a resident; owned by Sophia. `kind`: late_rent, lease_violation, non_renewal, entry."""

    __tablename__ = "notices"

    lease_id: Mapped[str] = mapped_column(String(120), index=True)
    resident_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(8000))
    status: Mapped[str] = mapped_column(String(16), default="served")
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
