"""Which methods there are: their resource, version, parameters, handler, and how their answer is wrapped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.sandbox.entrata import accounting, buildings, leases, maintenance
from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Answer, Kind, Param, Request

Handler = Callable[[EntrataStore, Request], Answer]


@dataclass(frozen=True)
class Method:
    """`wrapped`: whether the answer stands in `response`; `code`: what stands in it for success (None: nothing)."""

    resource: str
    versions: tuple[str, ...]
    handler: Handler
    params: Mapping[str, Param] = field(default_factory=dict[str, Param])
    wrapped: bool = True
    code: str | int | None = 200
    pages: bool = False


def _params(**kinds: str) -> dict[str, Param]:
    """`name="int"`; a star behind the kind marks a required one."""
    allowed: tuple[Kind, ...] = ("int", "flag", "day", "month", "ids", "text", "phone", "moment")
    return {
        name: Param(next(kind for kind in allowed if kind == text.removesuffix("*")), text.endswith("*"))
        for name, text in kinds.items()
    }


METHODS: Final[Mapping[str, Method]] = {
    "getStatus": Method("status", ("r1",), buildings.get_status),
    "getProperties": Method(
        "properties",
        ("r1",),
        buildings.get_properties,
        _params(propertyIds="ids", propertyLookupCode="text", showAllStatus="flag"),
        wrapped=False,
        code="200",
    ),
    "getFloorPlans": Method(
        "properties",
        ("r1",),
        buildings.get_floor_plans,
        _params(
            propertyId="int*",
            propertyFloorPlanIds="ids",
            usePropertyPreferences="flag",
            includeDisabledFloorplans="flag",
        ),
        wrapped=False,
        code=None,
    ),
    "getPropertyUnits": Method(
        "propertyunits",
        ("r1",),
        buildings.get_property_units,
        _params(
            propertyIds="ids*",
            availableUnitsOnly="flag",
            usePropertyPreferences="flag",
            includeDisabledFloorplans="flag",
            includeDisabledUnits="flag",
        ),
        code=None,
    ),
    "getUnitsAvailabilityAndPricing": Method(
        "propertyunits",
        ("r1",),
        buildings.get_units_availability,
        _params(
            propertyId="int*",
            floorplanId="int",
            unitTypeId="int",
            propertyUnitId="int",
            availableUnitsOnly="flag",
            unavailableUnitsOnly="flag",
            skipPricing="flag",
            showChildProperties="flag",
            includeDisabledFloorplans="flag",
            includeDisabledUnits="flag",
            showUnitSpaces="flag",
            useSpaceConfiguration="flag",
            allowLeaseExpirationOverride="flag",
            moveInStartDate="day",
            moveInEndDate="day",
        ),
        wrapped=False,
        code=None,
    ),
    "getMitsPropertyUnits": Method(
        "propertyunits",
        ("r1",),
        buildings.get_mits_property_units,
        _params(
            propertyIds="ids*",
            availableUnitsOnly="flag",
            usePropertyPreferences="flag",
            includeDisabledFloorplans="flag",
            includeDisabledUnits="flag",
            showUnitSpaces="flag",
        ),
        wrapped=False,
        code=None,
    ),
    "getVendors": Method(
        "vendors",
        ("r1",),
        buildings.get_vendors,
        _params(vendorIds="ids", vendorCodes="text"),
        wrapped=False,
        code="200",
    ),
    "getLeases": Method(
        "leases",
        ("r1", "r2"),
        leases.get_leases,
        _params(
            propertyId="int*",
            leaseStatusTypeIds="ids",
            leaseIds="ids",
            unitNumber="text",
            moveInDateFrom="day",
            moveInDateTo="day",
            leaseExpiringDateFrom="day",
            leaseExpiringDateTo="day",
            moveOutDateFrom="day",
            moveOutDateTo="day",
            includeOtherIncomeLeases="flag",
            residentFriendlyMode="flag",
            includeLeaseHistory="flag",
        ),
        wrapped=False,
        code="200",
        pages=True,
    ),
    "getLeaseDetails": Method(
        "leases",
        ("r2",),
        leases.get_lease_details,
        _params(propertyId="int*", leaseId="int", leaseStatusTypeIds="ids", includeAddOns="flag", includeCharge="flag"),
        wrapped=False,
        code="200",
        pages=True,
    ),
    "getExpiringLeases": Method(
        "leases",
        ("r1",),
        leases.get_expiring_leases,
        _params(propertyId="int*", fromDate="day", toDate="day*", isMonthToMonth="flag", isWaitList="flag"),
        code=None,
    ),
    "getLeaseDocumentsList": Method(
        "leases",
        ("r1",),
        leases.get_lease_documents_list,
        _params(propertyId="int*", leaseStatusTypeIds="ids", showDeletedFile="flag"),
        wrapped=False,
        code="200",
        pages=True,
    ),
    "getMitsCollections": Method(
        "leases",
        ("r1",),
        accounting.get_mits_collections,
        _params(propertyId="int*", includeEvictions="flag", fromDate="day", transactionFromDate="day"),
    ),
    "getCustomers": Method(
        "customers",
        ("r1",),
        leases.get_customers,
        _params(propertyId="int*", customerIds="ids", leaseStatusTypeIds="ids"),
        wrapped=False,
        code="200",
    ),
    "getMarketingPreferences": Method(
        "communications",
        ("r1",),
        leases.get_marketing_preferences,
        _params(propertyId="int*", customerIds="ids*", recipientTypeId="int"),
        wrapped=False,
    ),
    "getLeaseArTransactions": Method(
        "artransactions",
        ("r1",),
        accounting.get_lease_ar_transactions,
        _params(
            propertyId="int*",
            leaseIds="ids",
            leaseStatusTypeIds="ids",
            showFullLedger="flag",
            includeOtherIncomeLeases="flag",
            includeReversals="flag",
            transactionFromDate="day",
            transactionToDate="day",
            residentFriendlyMode="flag",
        ),
    ),
    "getArPayments": Method(
        "arpayments",
        ("r1",),
        accounting.get_ar_payments,
        _params(
            arPaymentIds="ids", paymentStatusTypeIds="ids", fromDate="day", toDate="day", isIncludeAllocations="flag"
        ),
        code="200",
    ),
    "getWorkOrders": Method(
        "maintenance",
        ("r1",),
        maintenance.get_work_orders,
        _params(
            propertyId="int*",
            workOrderId="int",
            propertyUnitId="int",
            unitNumber="text",
            maintenancePriorityId="int",
            maintenanceCategoryId="int",
            includeChildWorkOrders="flag",
            includeDeletedWorkOrders="flag",
            createdOnFromDate="day",
            createdOnToDate="day",
            lastUpdatedOnFromDate="day",
            lastUpdatedOnToDate="day",
            completedOnFromDate="day",
            completedOnToDate="day",
        ),
        wrapped=False,
        code=None,
    ),
    "getWorkOrderPickLists": Method(
        "maintenance",
        ("r1",),
        maintenance.get_work_order_pick_lists,
        _params(propertyIds="ids"),
        wrapped=False,
        code="200",
    ),
    "sendWorkOrders": Method(
        "maintenance",
        ("r1",),
        maintenance.send_work_orders,
        _params(
            propertyId="int*",
            customerId="int",
            leaseId="int",
            unitNumber="text",
            mainPhoneNumber="phone*",
            altPhoneNumber="phone",
            emailAddress="text",
            permissionToEnter="flag*",
            maintenanceLocationId="int*",
            maintenanceCategoryId="int*",
            maintenanceProblemId="int*",
            maintenancePriorityId="int",
            problemDescription="text*",
            petsDescription="text",
            buildingName="text",
            assignedTo="int",
            scheduledStartDateTime="moment",
        ),
    ),
    "updateWorkOrders": Method(
        "maintenance",
        ("r1", "r2"),
        maintenance.update_work_orders,
        _params(
            propertyId="int*",
            workOrderId="int*",
            maintenanceStatusTypeId="int",
            maintenancePriorityId="int",
            maintenanceCategoryId="int",
            maintenanceProblemId="int*",
            problemDescription="text",
            completedDateTime="moment",
            closingComments="text",
            scheduledStartDate="day",
            vendorId="int",
            assignedTo="int",
        ),
    ),
}
