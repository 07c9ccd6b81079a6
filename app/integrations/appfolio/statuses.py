"""AppFolio's words for states, as canonical ones. A word that is not here is reported as a problem and stored as
`unknown`; it is never taken for the most similar one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# tenants, Status. Somebody under eviction still lives there.
HOUSEHOLD: Final[Mapping[str, str]] = {
    "current": "current",
    "evict": "current",
    "notice": "notice",
    "future": "future",
    "past": "past",
}

# units, Status; and status of the rent roll
UNIT: Final[Mapping[str, str]] = {
    "current": "occupied",
    "occupied": "occupied",
    "evict": "occupied",
    "notice-unrented": "notice",
    "notice-rented": "notice",
    "notice": "notice",
    "vacant-unrented": "vacant",
    "vacant": "vacant",
    "vacant-rented": "vacant_leased",
    "non-revenue": "down",
}

# work_orders, Status. Who has been asked for an estimate has not begun.
WORK_ORDER: Final[Mapping[str, str]] = {
    "new": "open",
    "estimate requested": "open",
    "estimated": "open",
    "assigned": "in_progress",
    "scheduled": "in_progress",
    "waiting": "on_hold",
    "work completed": "completed",
    "completed": "completed",
    "canceled": "cancelled",
}
WORK_ORDER_ON_THE_WIRE: Final[Mapping[str, str]] = {
    "open": "New",
    "in_progress": "Assigned",
    "on_hold": "Waiting",
    "completed": "Completed",
    "cancelled": "Canceled",
}

PRIORITY: Final[Mapping[str, str]] = {"urgent": "high", "normal": "normal", "low": "low"}
PRIORITY_ON_THE_WIRE: Final[Mapping[str, str]] = {
    "emergency": "Urgent",
    "high": "Urgent",
    "normal": "Normal",
    "low": "Low",
}

# work_orders, VendorTrade
CATEGORY: Final[Mapping[str, str]] = {
    "plumbing": "plumbing",
    "electrical": "electrical",
    "hvac": "hvac",
    "heating and cooling": "hvac",
    "appliance": "appliance",
    "appliances": "appliance",
    "pest control": "pest",
    "pest": "pest",
    "general": "general",
    "general maintenance": "general",
    "handyman": "general",
}

# vendor_directory, vendor_trades
TRADE: Final[Mapping[str, str]] = {
    **CATEGORY,
    "landscaping": "landscaping",
    "lawn care": "landscaping",
    "painting": "painting",
    "paint": "painting",
    "locksmith": "locksmith",
    "locks": "locksmith",
    "cleaning": "cleaning",
    "janitorial": "cleaning",
}

# guest_card_inquiries, status. What came of an active one is in other columns.
GUEST_CARD: Final[Mapping[str, str]] = {
    "active": "new",
    "open": "new",
    "inactive": "lost",
    "closed": "lost",
    "converted": "leased",
    "leased": "leased",
}

# names of general-ledger accounts; clients name their own, so the unknown ones are normal and reported
CHARGE_CODE: Final[Mapping[str, str]] = {
    "rent": "rent",
    "rent income": "rent",
    "rental income": "rent",
    "pet rent": "pet_rent",
    "parking": "parking",
    "parking income": "parking",
    "utility reimbursement": "utility",
    "utility income": "utility",
    "late fee": "late_fee",
    "late fees": "late_fee",
    "late fee income": "late_fee",
    "application fee": "application_fee",
    "application fee income": "application_fee",
    "security deposit": "deposit",
    "security deposits": "deposit",
    "rent concession": "concession",
    "rent concessions": "concession",
    "concessions": "concession",
    "bad debt": "write_off",
    "bad debt write-off": "write_off",
}
