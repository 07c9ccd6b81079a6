"""AppFolio's records, leniently: unknown fields are dropped, missing ones are None or "", and only what a row can't be
without is required. Which columns a report has depends on an account's settings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from app.integrations.appfolio.fields import (
    Cents,
    Day,
    DayOrMoment,
    Moment,
    Number,
    OptionalId,
    RecordId,
    RowNumber,
    Text,
    Yes,
    given_first,
)
from app.integrations.records import Record


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class Property(Record):
    id: RecordId = Field(alias="Id")
    name: Text = Field(alias="Name", min_length=1)
    street: Text = Field(default="", alias="Address1")
    city: Text = Field(default="", alias="City")
    state: Text = Field(default="", alias="State")
    postal_code: Text = Field(default="", alias="Zip")
    hidden: Moment = Field(default=None, alias="HiddenAt")
    management_ended: Day = Field(default=None, alias="ManagementEndDate")


class Unit(Record):
    id: RecordId = Field(alias="Id")
    property_id: RecordId = Field(alias="PropertyId")
    name: Text = Field(alias="Name", min_length=1)
    bedrooms: Number = Field(default=None, alias="Bedrooms")
    bathrooms: Number = Field(default=None, alias="Bathrooms")
    square_feet: Number = Field(default=None, alias="SquareFeet")
    market_rent: Cents = Field(default=None, alias="MarketRent")
    listed_rent: Cents = Field(default=None, alias="ListedRent")
    status: Text = Field(default="", alias="Status")
    available: Day = Field(default=None, alias="AvailableOn")
    hidden: Moment = Field(default=None, alias="HiddenAt")


class Tenant(Record):
    id: RecordId = Field(alias="Id")
    occupancy_id: RecordId = Field(alias="OccupancyId")
    property_id: RecordId = Field(alias="PropertyId")
    unit_id: OptionalId = Field(default=None, alias="UnitId")
    first_name: Text = Field(default="", alias="FirstName")
    last_name: Text = Field(default="", alias="LastName")
    email: Text = Field(default="", alias="Email")
    phone: Text = Field(default="", validation_alias=AliasChoices("Phone", "MobilePhone", "PhoneNumber"))
    status: Text = Field(default="", alias="Status")
    move_in: Day = Field(default=None, alias="MoveInOn")
    move_out: Day = Field(default=None, alias="MoveOutOn")
    updated: Moment = Field(default=None, alias="LastUpdatedAt")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Lease(Record):
    id: RecordId = Field(alias="Id")
    occupancy_id: RecordId = Field(alias="OccupancyId")
    start: Day = Field(default=None, alias="StartOn")
    end: Day = Field(default=None, alias="EndOn")
    month_to_month: Yes = Field(default=False, alias="IsMtm")
    updated: Moment = Field(default=None, alias="LastUpdatedAt")


class WorkOrder(Record):
    id: RecordId = Field(alias="Id")
    property_id: RecordId = Field(alias="PropertyId")
    unit_id: OptionalId = Field(default=None, alias="UnitId")
    vendor_id: OptionalId = Field(default=None, alias="VendorId")
    vendor_trade: Text = Field(default="", alias="VendorTrade")
    users: Annotated[list[Text], BeforeValidator(_listed)] = Field(default_factory=list[str], alias="AssignedUsers")
    status: Text = Field(default="", alias="Status")
    priority: Text = Field(default="", alias="Priority")
    description: Text = Field(default="", alias="JobDescription")
    scheduled: Day = Field(default=None, alias="ScheduledStart")
    completed: DayOrMoment = Field(default=None, alias="CompletedOn")
    created: Moment = Field(default=None, alias="CreatedAt")
    updated: Moment = Field(default=None, alias="LastUpdatedAt")
    link: Text = Field(default="", alias="Link")


class Charge(Record):
    id: RecordId = Field(alias="Id")
    occupancy_id: RecordId = Field(alias="OccupancyId")
    gl_account_id: OptionalId = Field(default=None, alias="GlAccountId")
    amount: Cents = Field(alias="AmountDue")
    charged: Day = Field(alias="ChargedOn")
    description: Text = Field(default="", alias="Description")


class Named(Record):
    """A vendor, a user or a general-ledger account."""

    id: RecordId = Field(alias="Id")
    company: Text = Field(default="", validation_alias=AliasChoices("CompanyName", "Name"))
    first_name: Text = Field(default="", alias="FirstName")
    last_name: Text = Field(default="", alias="LastName")

    @property
    def name(self) -> str:
        return self.company or f"{self.first_name} {self.last_name}".strip()


class RollRow(Record):
    """A line of the report `rent_roll`."""

    property_name: Text = Field(min_length=1)
    unit: Text = Field(min_length=1)
    unit_type: Text = ""
    tenant: Text = ""
    rent: Cents = None
    deposit: Cents = None
    lease_from: Day = None


class Receipt(Record):
    """A line of the report `receivables_activity`; one without a transaction only names the household."""

    property_name: Text = Field(min_length=1)
    party: Text = ""
    move_in: Day = None
    id: Text = Field(default="", alias="txn_id")
    amount: Cents = Field(default=None, alias="txn_amount")
    received: Day = Field(default=None, alias="txn_receipt_date")
    remarks: Text = Field(default="", alias="txn_remarks")
    reference: Text = Field(default="", alias="txn_reference")


class Owing(Record):
    """A line of the report `delinquency_as_of`."""

    property_name: Text = Field(min_length=1)
    amount: Cents = Field(default=None, alias="amount_receivable")


class GuestCard(Record):
    """A line of the report `guest_card_inquiries`."""

    id: RowNumber = Field(alias="guest_card_id")
    property: Text = ""
    name: Text = ""
    email: Text = Field(default="", alias="email_address")
    phone: Text = Field(default="", alias="phone_number")
    received: Day = None
    latest: Day = Field(default=None, alias="latest_interest_date")
    source: Text = ""
    latest_source: Text = Field(default="", alias="latest_interest_source")
    status: Text = ""
    wish: Text = Field(default="", alias="bed_bath_preference")
    application: Text = Field(default="", alias="rental_application_id")
    showings: Number = None
    last_activity: Text = Field(default="", alias="last_activity_type")


class Vendor(Record):
    """A line of the report `vendor_directory`."""

    id: RecordId = Field(alias="vendor_integration_id")
    company: Text = Field(default="", alias="company_name")
    name: Text = ""
    phones: Text = Field(default="", alias="phone_numbers")
    email: Text = ""
    trades: Text = Field(default="", alias="vendor_trades")
    insured_until: Day = Field(default=None, alias="liability_ins_expires")
    do_not_use: Yes = Field(default=False, alias="do_not_use_for_work_order")

    @property
    def shown_name(self) -> str:
        return self.company or given_first(self.name)
