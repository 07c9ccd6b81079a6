"""The Database API v0: lists by "updated since" or by id, and the writes that AppFolio takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.store import AppFolioStore
from app.sandbox.appfolio.wire import Refused, day, moment, read_day, read_moment
from app.sandbox.portfolio.records import WorkOrder

LARGEST_PAGE = 1000
GL_ACCOUNTS = {
    "rent": ("4000", "Rent Income"),
    "pet_rent": ("4010", "Pet Rent"),
    "parking": ("4020", "Parking Income"),
    "utility": ("4030", "Utility Reimbursement"),
    "late_fee": ("4040", "Late Fee"),
    "application_fee": ("4050", "Application Fee Income"),
    "deposit": ("2100", "Security Deposits"),
    "concession": ("4900", "Rent Concessions"),
    "write_off": ("6900", "Bad Debt"),
}
STATUSES = (
    "New",
    "Assigned",
    "Scheduled",
    "Waiting",
    "Estimate Requested",
    "Estimated",
    "Work Completed",
    "Completed",
    "Canceled",
)
PRIORITIES = ("Urgent", "Normal", "Low")
TRADES = {"hvac": "HVAC", "pest": "Pest Control"}
_STATUS = {"open": "New", "in_progress": "Assigned", "on_hold": "Waiting", "cancelled": "Canceled"}
_OPENING = {"New": "open", "Waiting": "on_hold", "Canceled": "cancelled", "Work Completed": "completed"}
_PRIORITY = {"emergency": "Urgent", "high": "Urgent", "normal": "Normal", "low": "Low"}
_FIELDS = (
    "PropertyId", "UnitId", "VendorId", "AssignedUsers", "Status", "Priority", "JobDescription", "ScheduledStart",
    "ScheduledEnd", "CompletedOn", "CanceledOn",
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Records = list[dict[str, Any]]


def listed(store: AppFolioStore, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of a list. Raises Refused for one without its filter, with an unknown parameter, or too large."""
    for name in query:
        if name not in ("filters[LastUpdatedAtFrom]", "filters[Id]", "page[number]", "page[size]"):
            raise Refused(400, f"unknown parameter {name}")
    since, ids = query.get("filters[LastUpdatedAtFrom]"), query.get("filters[Id]")
    if since is None and ids is None:
        raise Refused(400, "filters[LastUpdatedAtFrom] or filters[Id] is required")
    records = _LISTS[kind](store)
    if ids is not None:
        wanted = set(ids.split(","))
        records = [one for one in records if one["Id"] in wanted]
    if since is not None:
        start = moment(read_moment(since)) or ""
        records = [one for one in records if one["LastUpdatedAt"] >= start]
    number, size = _whole(query, "page[number]", 1), _whole(query, "page[size]", LARGEST_PAGE)
    if size > LARGEST_PAGE:
        raise Refused(400, f"page[size] may be {LARGEST_PAGE} at most")
    shown = records[(number - 1) * size : number * size]
    filters = f"filters[Id]={ids}" if since is None else f"filters[LastUpdatedAtFrom]={since}"
    more = (
        f"/api/v0/{kind}?page[number]={number + 1}&page[size]={size}&{filters}"
        if number * size < len(records)
        else None
    )
    return {"data": shown, "next_page_path": more}


def _whole(query: Mapping[str, str], name: str, otherwise: int) -> int:
    given = query.get(name)
    if given is None:
        return otherwise
    if not given.isdecimal() or int(given) < 1:
        raise Refused(400, f"{name} must be a positive number")
    return int(given)


def _of_homes(kind: str) -> Callable[[AppFolioStore], Records]:
    return lambda store: [one for home in store.homes for one in getattr(home, kind)]


def _work_orders(store: AppFolioStore) -> Records:
    return [_work_order(store, key, order, at) for key, (order, at) in store.shown().items()]


def _work_order(store: AppFolioStore, key: str, order: WorkOrder, updated_at: datetime) -> dict[str, Any]:
    vendors, technicians = store.vendors(), store.technicians()
    completed = order.completed_at
    return {
        "Id": key,
        "PropertyId": uuid_of("property", order.property_id),
        "UnitId": uuid_of("unit", order.unit_id) if order.unit_id else None,
        "VendorId": vendors.get(order.assignee),
        "VendorTrade": TRADES.get(order.category, order.category.title()),
        "AssignedUsers": [technicians[order.assignee]] if order.assignee in technicians else [],
        "Status": _STATUS.get(order.status, "Completed"),
        "Priority": _PRIORITY[order.priority],
        "JobDescription": order.description,
        "ScheduledStart": moment(datetime.combine(order.scheduled_on, time(15), UTC)) if order.scheduled_on else None,
        "ScheduledEnd": None,
        "CompletedOn": moment(completed) if completed else None,
        "CanceledOn": day(order.updated_at.date()) if order.status == "cancelled" else None,
        "CreatedAt": moment(order.created_at),
        "LastUpdatedAt": moment(updated_at),
        "Link": _link(order.id),
    }


def _link(number: int) -> str:
    return f"https://sunrise.appfolio.com/maintenance/work_orders/{number}"


def _named(store: AppFolioStore, people: Mapping[str, str], write: Callable[[str], dict[str, Any]]) -> Records:
    return [{"Id": key, **write(name), "LastUpdatedAt": moment(store.began_at)} for name, key in people.items()]


def _vendors(store: AppFolioStore) -> Records:
    return _named(store, store.vendors(), lambda name: {"CompanyName": name, "FirstName": None, "LastName": None})


def _users(store: AppFolioStore) -> Records:
    def user(name: str) -> dict[str, Any]:
        return {"FirstName": name.partition(" ")[0], "LastName": name.partition(" ")[2], "Role": "Maintenance Tech"}

    return _named(store, store.technicians(), user)


def _gl_accounts(store: AppFolioStore) -> Records:
    return [
        {
            "Id": uuid_of("gl_account", code),
            "Number": number,
            "Name": name,
            "Type": "IncomeGlAccount",
            "LastUpdatedAt": moment(store.began_at),
        }
        for code, (number, name) in GL_ACCOUNTS.items()
    ]


_LISTS: Mapping[str, Callable[[AppFolioStore], Records]] = {
    **{kind: _of_homes(kind) for kind in ("properties", "units", "tenants", "leases", "charges")},
    "work_orders": _work_orders,
    "vendors": _vendors,
    "users": _users,
    "gl_accounts": _gl_accounts,
}
LISTS = tuple(_LISTS)


def create_work_order(store: AppFolioStore, body: dict[str, Any]) -> dict[str, Any]:
    """A new work order. Raises Refused."""
    _only_known(body)
    if not body.get("PropertyId") or not body.get("JobDescription"):
        raise Refused(422, "PropertyId and JobDescription are required")
    now = store.clock.now()
    home = next((one for one in store.homes if one.id == body["PropertyId"]), None)
    if home is None:
        raise Refused(422, "Property not found")
    unit = body.get("UnitId")
    number = next((one.id for one in home.community.units if uuid_of("unit", one.id) == unit), None)
    if unit is not None and number is None:
        raise Refused(422, "Unit not found at the property")
    order = WorkOrder(
        id=store.next_number(),
        property_id=home.community.property.id,
        unit_id=number,
        resident_id=None,
        description="",
        category="general",
        priority="normal",
        status="open",
        assignee="",
        permission_to_enter=False,
        created_at=now,
        scheduled_on=None,
        completed_at=None,
        updated_at=now,
    )
    store.save(_changed(store, order, body))
    return {"Id": uuid_of("work_order", order.id), "Link": _link(order.id)}


def change_work_order(store: AppFolioStore, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Changes what the body names. Raises Refused."""
    _only_known(body)
    if not body:
        raise Refused(422, "nothing to change")
    stored = store.orders.get(key)
    if stored is None:
        raise Refused(404, "Not Found")
    store.save(_changed(store, stored.order, body))
    return {"Id": key, "Link": _link(stored.order.id)}


def add_note(store: AppFolioStore, key: str, body: dict[str, Any]) -> dict[str, Any]:
    stored = store.orders.get(key)
    if stored is None:
        raise Refused(404, "Not Found")
    if set(body) != {"Body"} or not isinstance(body["Body"], str) or not body["Body"]:
        raise Refused(422, "Body is required")
    store.save(stored.order, note=body["Body"])
    return {"Id": uuid_of("note", f"{key}-{len(store.orders[key].notes)}"), "Link": None}


def _only_known(body: dict[str, Any]) -> None:
    for name in body:
        if name not in _FIELDS:
            raise Refused(422, f"unknown field {name}")
    for name in ("PropertyId", "UnitId", "VendorId"):
        if body.get(name) is not None and not _UUID.fullmatch(str(body[name])):
            raise Refused(422, f"{name} must be a UUID")


def _changed(store: AppFolioStore, order: WorkOrder, body: dict[str, Any]) -> WorkOrder:
    """The work order as the body wants it."""
    if "Status" in body:
        order = _with_status(order, body["Status"])
    if "Priority" in body:
        if body["Priority"] not in PRIORITIES:
            raise Refused(422, "Priority is not valid")
        priority = "high" if body["Priority"] == "Urgent" else str(body["Priority"]).lower()
        order = replace(order, priority=priority)  # type: ignore[arg-type]
    if "JobDescription" in body:
        order = replace(order, description=str(body["JobDescription"]))
    if body.get("ScheduledStart"):
        order = replace(order, scheduled_on=read_moment(body["ScheduledStart"]).date())
    if body.get("CompletedOn"):
        order = replace(
            order, completed_at=datetime.combine(read_day(body["CompletedOn"], "CompletedOn"), time(18), UTC)
        )
    return _assigned(store, order, body)


def _with_status(order: WorkOrder, status: Any) -> WorkOrder:
    if status not in STATUSES:
        raise Refused(422, "Status is not valid")
    state = _OPENING.get(status, "completed" if status == "Completed" else "in_progress")
    completed = order.completed_at if state == "completed" else None
    return replace(order, status=state, completed_at=completed)  # type: ignore[arg-type]


def _assigned(store: AppFolioStore, order: WorkOrder, body: dict[str, Any]) -> WorkOrder:
    """Somebody of the account does it: a vendor, or users who are technicians. `[]` and null take them off."""
    vendors = {key: name for name, key in store.vendors().items()}
    technicians = {key: name for name, key in store.technicians().items()}
    if "VendorId" in body:
        if body["VendorId"] is not None and body["VendorId"] not in vendors:
            raise Refused(422, "Vendor not found")
        order = replace(order, assignee=vendors.get(body["VendorId"] or "", ""))
    if users := body.get("AssignedUsers"):
        if not isinstance(users, list) or any(key not in technicians for key in users):
            raise Refused(422, "User not found")
        order = replace(order, assignee=technicians[users[0]])
    return order
