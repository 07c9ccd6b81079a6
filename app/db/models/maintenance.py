"""Work orders, vendors and inspections."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, Sourced, UtcDateTime


class WorkOrder(Sourced, Base):
    """A maintenance request. `number` is what people say (`WO-1042` is 1042). `status`: open, in_progress,
    completed, on_hold, cancelled. `priority`: low, normal, high, emergency. `category`: plumbing, electrical, hvac,
    appliance, pest, general."""

    __tablename__ = "work_orders"
    __table_args__ = (
        Index("ix_work_orders_number", "workspace_id", "number"),
        Index("ix_work_orders_property_status", "workspace_id", "property_id", "status"),
        Index("ix_work_orders_unit", "workspace_id", "unit_id"),
        Index("ix_work_orders_status", "workspace_id", "status", "created_at"),
        # holds every column that counts need
        Index(
            "ix_work_orders_completed",
            "workspace_id",
            "status",
            "completed_at",
            "priority",
            "created_at",
            "deleted_at",
        ),
    )

    number: Mapped[str] = mapped_column(String(20))
    property_id: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str | None] = mapped_column(String(120), default=None)
    resident_id: Mapped[str | None] = mapped_column(String(120), default=None)
    description: Mapped[str] = mapped_column(String(2000))
    category: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12))
    assignee: Mapped[str] = mapped_column(String(120), default="")
    permission_to_enter: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scheduled_on: Mapped[date | None] = mapped_column(default=None)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Vendor(Sourced, Base):
    """An approved contractor. `category`: plumbing, electrical, hvac, landscaping, painting, locksmith, pest,
    cleaning. `property_ids` joined by '|'; `<source>:*` are all communities of that system, empty = approved
    everywhere."""

    __tablename__ = "vendors"
    __table_args__ = (Index("ix_vendors_category", "workspace_id", "category"),)

    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    property_ids: Mapped[str] = mapped_column(String(4000), default="")
    insured_until: Mapped[date | None] = mapped_column(default=None)
    rating: Mapped[float | None] = mapped_column(default=None)  # 1 to 5


class Inspection(Sourced, Base):
    """A scheduled inspection; owned by Sophia. `kind`: move_in, move_out, annual, safety."""

    __tablename__ = "inspections"
    __table_args__ = (Index("ix_inspections_on", "workspace_id", "scheduled_on"),)

    property_id: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    scheduled_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(12), default="scheduled")
    created_by: Mapped[str] = mapped_column(String(64), default="")
