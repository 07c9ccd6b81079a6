"""Properties, floor plans, units and what competitors charge."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Index, String, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, InWorkspace, Sourced


class Property(Sourced, Base):
    """A community. `aliases` are other names people use for it, joined by '|'."""

    __tablename__ = "properties"

    name: Mapped[str] = mapped_column(String(120))
    aliases: Mapped[str] = mapped_column(String(500), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(2), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    year_built: Mapped[int | None] = mapped_column(default=None)
    unit_count: Mapped[int] = mapped_column(default=0)
    pet_friendly: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(String(64), default="America/Chicago")


class FloorPlan(Sourced, Base):
    __tablename__ = "floor_plans"

    property_id: Mapped[str] = mapped_column(String(120), index=True)
    name: Mapped[str] = mapped_column(String(80))
    bedrooms: Mapped[int]  # a studio has 0
    bathrooms: Mapped[float]
    square_feet: Mapped[int]
    market_rent_cents: Mapped[int]
    amenities: Mapped[str] = mapped_column(String(500), default="")  # joined by '|'


class Unit(Sourced, Base):
    """An apartment. `status`: occupied, notice (occupied, moving out), vacant, vacant_leased, down (not rentable)."""

    __tablename__ = "units"
    __table_args__ = (
        Index("ix_units_property_number", "workspace_id", "property_id", "number"),
        Index("ix_units_number", "workspace_id", "number"),
        # holds every column that the search for available units asks for
        Index(
            "ix_units_available",
            "workspace_id",
            "status",
            "bedrooms",
            "market_rent_cents",
            "rent_override_cents",
            "available_on",
            "property_id",
            "bathrooms",
            "pet_friendly",
            "number",
            "id",
            "deleted_at",
        ),
        Index("ix_units_property_status", "workspace_id", "property_id", "status", "deleted_at"),
    )

    property_id: Mapped[str] = mapped_column(String(120))
    floor_plan_id: Mapped[str | None] = mapped_column(String(120), default=None)
    number: Mapped[str] = mapped_column(String(20))
    building: Mapped[str] = mapped_column(String(40), default="")
    floor: Mapped[int | None] = mapped_column(default=None)
    bedrooms: Mapped[int]
    bathrooms: Mapped[float]
    square_feet: Mapped[int]
    market_rent_cents: Mapped[int]  # asking rent a month
    status: Mapped[str] = mapped_column(String(16))
    available_on: Mapped[date | None] = mapped_column(default=None)
    pet_friendly: Mapped[bool] = mapped_column(default=False)
    amenities: Mapped[str] = mapped_column(String(500), default="")
    # An asking rent set through Sophia that the source cannot take yet; a sync leaves it alone.
    rent_override_cents: Mapped[int | None] = mapped_column(default=None)

    @hybrid_property
    def asking_rent_cents(self) -> int:
        """What the unit is offered for: Sophia's override, else the source's asking rent."""
        return self.market_rent_cents if self.rent_override_cents is None else self.rent_override_cents

    @asking_rent_cents.inplace.expression
    @classmethod
    def _asking_rent_expression(cls) -> ColumnElement[int]:
        return func.coalesce(cls.rent_override_cents, cls.market_rent_cents)


class MarketComp(Sourced, Base):
    """What a competing community near one of ours asks for a floor plan, at one survey date."""

    __tablename__ = "market_comps"
    __table_args__ = (Index("ix_market_comps_property", "workspace_id", "property_id", "bedrooms"),)

    property_id: Mapped[str] = mapped_column(String(120))
    competitor: Mapped[str] = mapped_column(String(120))
    distance_miles: Mapped[float | None]  # None where the survey doesn't say
    bedrooms: Mapped[int]
    square_feet: Mapped[int | None]  # the same
    asking_rent_cents: Mapped[int]
    effective_rent_cents: Mapped[int]  # after concessions
    occupancy: Mapped[float | None] = mapped_column(default=None)  # fraction
    concession: Mapped[str] = mapped_column(String(200), default="")
    surveyed_on: Mapped[date]


class PropertyMonth(InWorkspace, Base):
    """What leases and ledgers of a property add up to in one month, worked out by app/portfolio/months.py, so that
    a metric over years and a thousand communities stays a small query. `month` is its first day; `id` is
    `<property id>:<YYYY-MM>`. The definitions stand in app/portfolio/definitions.py."""

    __tablename__ = "property_months"
    __table_args__ = (Index("ix_property_months_month", "workspace_id", "month", "property_id"),)

    property_id: Mapped[str] = mapped_column(String(120))
    month: Mapped[date]
    occupied_units: Mapped[int] = mapped_column(default=0)  # at the month's end
    leased_rent_cents: Mapped[int] = mapped_column(BigInteger, default=0)  # monthly rent of those units
    expiring_leases: Mapped[int] = mapped_column(default=0)
    renewed_leases: Mapped[int] = mapped_column(default=0)
    move_outs: Mapped[int] = mapped_column(default=0)
    past_due_cents: Mapped[int] = mapped_column(BigInteger, default=0)  # past due then, of who lived there
    delinquent_leases: Mapped[int] = mapped_column(default=0)  # how many of them owed something
