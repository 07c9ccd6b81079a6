"""Entrata's records, leniently: unknown fields are dropped, empty ones are None or "", and only what a row can't be
without is required."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from app.integrations.entrata.fields import (
    Cents,
    Day,
    Moment,
    Month,
    Number,
    OptionalId,
    RecordId,
    SaidYes,
    Text,
    Yes,
    as_list,
    inside,
    moment,
    number,
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


class Person(Record):
    """One of the people of a lead."""

    first_name: Text = Field(default="", alias="firstName")
    last_name: Text = Field(default="", alias="lastName")
    email: Text = ""
    cell: Text = Field(default="", alias="cellPhoneNumber")
    personal: Text = Field(default="", alias="personalPhoneNumber")
    office: Text = Field(default="", alias="officePhoneNumber")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class LeadEvent(Record):
    """Something that happened with a lead, or is to happen at `appointment`."""

    id: RecordId = Field(alias="eventId")
    kind: Text = Field(default="", alias="typeId")
    dated: Text = Field(default="", alias="date")
    appointment: Text = Field(default="", alias="appointmentDate")
    time: Text = Field(default="", alias="timeFrom")
    result: Text = Field(default="", alias="eventResult")

    @property
    def starts(self) -> datetime | None:
        """When the visit begins, None when no time is said. Raises ValueError when it can't be read."""
        on = (self.appointment or self.dated).partition(" ")[0]
        return moment(f"{on} {self.time}") if on and self.time else None


class Lead(Record):
    """What Entrata calls an application from the first inquiry on."""

    id: RecordId = Field(alias="applicationId")
    status: Text = ""
    source: Text = Field(default="", alias="leadSource")
    agent: Text = Field(default="", alias="leasingAgent")
    created: Day = Field(default=None, alias="createdOn")
    people: Annotated[list[Person], _nested("customer")] = Field(default_factory=list[Person], alias="customers")
    bedrooms: Annotated[int | None, BeforeValidator(lambda value: number(next(iter(as_list(value)), None)))] = Field(
        default=None, validation_alias=AliasPath("customerPreferences", "desiredNumBedrooms")
    )
    events: Annotated[list[Any], _nested("event")] = Field(default_factory=list[Any])


class Contact(Record):
    email: Text = ""
    phone: Text = ""


class VendorLocation(Record):
    """A vendor's office and the properties that may use it."""

    property_ids: Text = Field(default="", alias="propertyIds")


class Vendor(Record):
    id: RecordId
    name: Text = Field(alias="vendorName", min_length=1)
    status: Text = ""
    trade: Text = Field(default="", alias="vendorCategoryType")
    contacts: Annotated[list[Contact], _nested("contact")] = Field(default_factory=list[Contact])
    locations: Annotated[list[VendorLocation], _nested("location")] = Field(default_factory=list[VendorLocation])


class Policy(Record):
    kind: Text = Field(default="", alias="Type")
    until: Day = Field(default=None, alias="Expiration")


class Insurance(Record):
    """A vendor's insurance, from getVendorLocations."""

    vendor_id: RecordId = Field(alias="VendorId")
    policies: Annotated[list[Policy], _nested("PolicyType")] = Field(default_factory=list[Policy], alias="PolicyTypes")


class InvoicePayment(Record):
    paid: Day = Field(default=None, alias="paymentDate")
    reversed: Yes = Field(default=False, alias="isReversed")


class Invoice(Record):
    id: RecordId
    number: Text = Field(default="", alias="invoiceNumber")
    vendor_id: RecordId = Field(validation_alias=AliasPath("vendor", "id"))
    dated: Day = Field(default=None, alias="date")
    due: Day = Field(default=None, alias="dueDate")
    amount: Cents = None
    open_amount: Cents = Field(default=None, alias="amountDue")
    posted: SaidYes = Field(default=None, alias="isPosted")
    note: Text = ""
    payments: Annotated[list[InvoicePayment], _nested("invoicePayment")] = Field(
        default_factory=list[InvoicePayment], alias="invoicePayments"
    )
    lines: Annotated[list[Any], _nested("lineitem")] = Field(default_factory=list[Any], alias="lineItems")


class GlAccount(Record):
    """An account of the chart of accounts."""

    id: RecordId
    name: Text = Field(default="", alias="accountName")
    group: Text = Field(default="", alias="glGroupType")


class BudgetMonth(Record):
    month: Month = None
    amount: Cents = None


class BudgetAccount(Record):
    id: RecordId
    months: Annotated[list[BudgetMonth], _nested("budgetMonth")] = Field(
        default_factory=list[BudgetMonth], alias="budgetMonths"
    )


class Budget(Record):
    """A property's budget of one fiscal year."""

    id: RecordId
    year: Text = Field(default="", alias="fiscalYear")
    default: Yes = Field(default=False, alias="isDefault")
    accounts: Annotated[list[BudgetAccount], _nested("glAccount")] = Field(
        default_factory=list[BudgetAccount], alias="glAccounts"
    )


class BudgetActual(Record):
    """An account's line in a budget comparison of one month."""

    account_id: OptionalId = Field(default=None, alias="accountId")
    actual: Cents = Field(default=None, alias="mtdActualIncome")
    budget: Cents = Field(default=None, alias="mtdBudgetIncome")
