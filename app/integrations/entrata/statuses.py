"""Entrata's words and numbers for states, as canonical ones. A word that is not here is reported as a problem and
stored as `unknown`; it is never taken for the most similar one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# getLeasePickList, leaseStatusTypes
LEASE: Final[Mapping[str, str]] = {
    "1": "applicant",
    "2": "cancelled",
    "3": "future",
    "4": "current",
    "5": "notice",
    "6": "past",
}

# getUnitsAvailabilityAndPricing, Status; and availabilityStatus of getPropertyUnits
UNIT: Final[Mapping[str, str]] = {
    "occupied no notice": "occupied",
    "occupied": "occupied",
    "notice unrented": "notice",
    "notice rented": "notice",
    "on notice": "notice",
    "vacant unrented ready": "vacant",
    "vacant unrented not ready": "vacant",
    "vacant": "vacant",
    "available": "vacant",
    "vacant rented ready": "vacant_leased",
    "vacant rented not ready": "vacant_leased",
    "vacant leased": "vacant_leased",
    "down": "down",
    "model": "down",
    "excluded": "down",
}

# getWorkOrderPickLists, StatusTypes
WORK_ORDER: Final[Mapping[str, str]] = {
    "open": "open",
    "new": "open",
    "submitted": "open",
    "reopened": "open",
    "assigned": "in_progress",
    "scheduled": "in_progress",
    "in progress": "in_progress",
    "on hold": "on_hold",
    "awaiting parts": "on_hold",
    "completed": "completed",
    "closed": "completed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}

# getWorkOrderPickLists, Priorities
PRIORITY: Final[Mapping[str, str]] = {
    "low": "low",
    "normal": "normal",
    "medium": "normal",
    "routine": "normal",
    "high": "high",
    "urgent": "high",
    "emergency": "emergency",
}

# getWorkOrderPickLists, Categories
CATEGORY: Final[Mapping[str, str]] = {
    "plumbing": "plumbing",
    "electrical": "electrical",
    "hvac": "hvac",
    "heating and cooling": "hvac",
    "appliance": "appliance",
    "appliances": "appliance",
    "pest": "pest",
    "pest control": "pest",
    "general": "general",
    "general maintenance": "general",
    "other": "general",
}

# arCodeName of ledger transactions; clients name their own codes, so the unknown ones are normal and reported
CHARGE_CODE: Final[Mapping[str, str]] = {
    "rent": "rent",
    "pet rent": "pet_rent",
    "parking": "parking",
    "utility reimbursement": "utility",
    "late fee": "late_fee",
    "application fee": "application_fee",
    "security deposit": "deposit",
    "rent concession": "concession",
    "bad debt write-off": "write_off",
    "payment": "payment",
}

# getLeads, status: a stage and how far it came. `open` is told further by what happened with the lead.
LEAD: Final[Mapping[str, str]] = {
    "guest card started": "open",
    "guest card partially completed": "open",
    "guest card completed": "open",
    "guest card approved": "open",
    "application started": "applied",
    "application partially completed": "applied",
    "application completed": "applied",
    "application approved": "applied",
    "lease started": "applied",
    "lease partially completed": "applied",
    "lease completed": "leased",
    "lease approved": "leased",
    **{
        f"{stage} {end}": "lost"
        for stage in ("guest card", "application", "lease")
        for end in ("cancelled", "canceled", "archived", "denied")
    },
}

# getLeadPickLists, eventTypes, by Entrata's own name; the most telling first, as only five can be asked for
LEAD_EVENT: Final[Mapping[str, str]] = {
    "tour": "tour",
    "self-guided tour": "tour",
    "virtual tour": "tour",
    "appointment": "appointment",
    "outgoing call": "contact",
    "outgoing email": "contact",
    "outgoing text": "contact",
    "outgoing text message": "contact",
    "call outgoing": "contact",
    "email outgoing": "contact",
    "text outgoing": "contact",
}

# eventResult of tours and appointments; one without a result is still to come
VISIT: Final[Mapping[str, str]] = {
    "": "booked",
    "scheduled": "booked",
    "confirmed": "booked",
    "completed": "done",
    "attended": "done",
    "toured": "done",
    "no show": "no_show",
    "no-show": "no_show",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "rescheduled": "cancelled",
}

# getVendorPickLists, apPayeeStatusTypes
VENDOR: Final[Mapping[str, str]] = {
    "active": "active",
    "inactive": "inactive",
    "disabled": "inactive",
    "locked": "inactive",
    "archived": "inactive",
}

# getVendorPickLists, vendorCategoryTypes
TRADE: Final[Mapping[str, str]] = {
    **CATEGORY,
    "landscaping": "landscaping",
    "painting": "painting",
    "locksmith": "locksmith",
    "cleaning": "cleaning",
    "janitorial": "cleaning",
}

# glGroupType of accounts; those of the balance sheet are no part of a budget comparison
GL_GROUP: Final[Mapping[str, str]] = {
    "income": "income",
    "revenue": "income",
    "expense": "expense",
    "expenses": "expense",
    "assets": "balance",
    "liabilities": "balance",
    "equity": "balance",
}
