"""Entrata's records, leniently: unknown fields are dropped, empty ones are None or "", and only what a row can't be
without is required."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from app.integrations.entrata.fields import (
    Cents,
    Day,
    Moment,
    Number,
    OptionalId,
    RecordId,
    Text,
    Yes,
    as_list,
    inside,
)
from app.integrations.records import Record


def _nested(*path: str) -> BeforeValidator:
    """A list that lies some keys deeper, in any of PHP's shapes."""
    return BeforeValidator(lambda value: as_list(inside(value, *path) if path else value))


class Property(Record):
    id: RecordId = Field(alias="PropertyID")
    name: Text = Field(alias="MarketingName", min_length=1)
    address: Any = Field(default=None, alias="Address")
    year_built: Number = Field(default=None, alias="YearBuilt")
    disabled: Yes = Field(default=False, alias="IsDisabled")
    custom: Annotated[list[Any], _nested("CustomKeyData")] = Field(default_factory=list[Any], alias="CustomKeysData")


class FloorPlan(Record):
    id: RecordId = Field(
        validation_alias=AliasChoices(AliasPath("Identification", "IDValue"), AliasPath("Identification", 0, "IDValue"))
    )
    name: Text = Field(alias="Name")
    rooms: Annotated[list[dict[str, Any]], _nested()] = Field(default_factory=list[dict[str, Any]], alias="Room")
    square_feet: Any = Field(default=None, alias="SquareFeet")
    market_rent: Any = Field(default=None, alias="MarketRent")
    amenities: Annotated[list[Any], _nested()] = Field(default_factory=list[Any], alias="Amenity")


class UnitSpace(Record):
    number: Text = Field(default="", alias="unitNumber")
    excluded: Text = Field(default="", alias="excludedReason")
    status: Text = Field(default="", alias="availabilityStatus")
    available: Day = Field(default=None, alias="availableDate")
    min_rent: Cents = Field(default=None, validation_alias=AliasPath("rent", "minRent"))
    amenities: Annotated[list[Any], _nested("amenity")] = Field(default_factory=list[Any])


class Unit(Record):
    id: RecordId
    number: Text = Field(alias="unitNumber", min_length=1)
    building: Text = Field(default="", alias="buildingName")
    floor_plan_id: OptionalId = Field(default=None, alias="floorplanId")
    bedrooms: Number = Field(default=None, alias="noOfBedrooms")
    bathrooms: Text = Field(default="", alias="noOfBathrooms")
    square_feet: Number = Field(default=None, alias="squareFeet")
    max_pets: Number = Field(default=None, alias="maxPets")
    spaces: Annotated[list[UnitSpace], _nested("unitSpace")] = Field(
        default_factory=list[UnitSpace], alias="unitSpaces"
    )


class Availability(Record):
    """One entry of getUnitsAvailabilityAndPricing."""

    number: Text = Field(alias="UnitNumber", min_length=1)
    status: Text = Field(default="", alias="Status")
    available: Day = Field(default=None, alias="AvailableOn")
    rent: Annotated[list[Any], _nested("TermRent")] = Field(default_factory=list[Any], alias="Rent")


class Phone(Record):
    number: Text = Field(default="", alias="phoneNumber")
    country: Text = Field(default="", alias="countryCode")


class Customer(Record):
    id: RecordId
    kind: Text = Field(default="", alias="customerType")
    first_name: Text = Field(default="", alias="firstName")
    last_name: Text = Field(default="", alias="lastName")
    full_name: Text = Field(default="", alias="nameFull")
    email: Text = Field(default="", alias="emailAddress")
    move_in: Day = Field(default=None, alias="moveInDate")
    move_out: Day = Field(default=None, alias="moveOutDate")
    phones: Annotated[list[Phone], _nested("phone")] = Field(default_factory=list[Phone])

    @property
    def name(self) -> str:
        return self.full_name or f"{self.first_name} {self.last_name}".strip()


class Interval(Record):
    """One term of a lease."""

    id: RecordId
    start: Day = Field(default=None, alias="startDate")
    end: Day = Field(default=None, alias="endDate")
    kind: Text = Field(default="", alias="leaseIntervalTypeName")
    status: Text = Field(default="", alias="leaseIntervalStatusTypeId")


class Lease(Record):
    id: RecordId
    status: Text = Field(alias="leaseStatusTypeId")
    unit_id: OptionalId = Field(default=None, alias="unitId")
    move_in: Day = Field(default=None, alias="moveInDate")
    move_out: Day = Field(default=None, alias="moveOutDate")
    month_to_month: Yes = Field(default=False, alias="isMonthToMonth")
    customers: Annotated[list[Customer], _nested("customer")] = Field(default_factory=list[Customer])
    intervals: Annotated[list[Interval], _nested("leaseInterval")] = Field(
        default_factory=list[Interval], alias="leaseIntervals"
    )


class ScheduledCharge(Record):
    code: Text = Field(default="", alias="chargeCode")
    amount: Cents = Field(default=None, alias="chargeAmount")


class WorkOrder(Record):
    id: RecordId = Field(alias="maintenanceRequestId")
    building: Text = Field(default="", alias="buildingName")
    unit_number: Text = Field(default="", alias="unitNumber")
    customer_id: OptionalId = Field(default=None, alias="customerId")
    created: Moment = Field(alias="createdOn")
    assigned_to: Text = Field(default="", alias="assignedTo")
    status: Text = Field(default="", alias="maintenanceStatus")
    priority: Text = Field(default="", alias="maintenancePriority")
    category: Text = Field(default="", alias="maintenanceCategoryName")
    problem: Text = Field(default="", alias="maintenanceProblem")
    description: Text = Field(default="", alias="maintenanceDescription")
    scheduled: Day = Field(default=None, alias="scheduledStartDate")
    completed: Moment = Field(
        default=None, validation_alias=AliasChoices("completedOn", "completedDateTime", "completedDate")
    )
    permission: Yes = Field(default=False, alias="permissionToEnter")
    deleted: Yes = Field(default=False, alias="isDeleted")
