"""The resource `maintenance`: work orders are listed, made and changed, and stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.sandbox.entrata.store import EntrataStore, Home, StoredOrder
from app.sandbox.entrata.wire import Answer, Params, Refused, Request, mountain, mountain_day, php, us_day
from app.sandbox.portfolio.records import WorkOrder

LOCATIONS = {1: "Unit", 2: "Common Area", 3: "Exterior"}
PRIORITIES = {1: "Low", 2: "Normal", 3: "High", 4: "Emergency"}
STATUSES = {1: "Open", 2: "In Progress", 3: "On Hold", 4: "Completed", 5: "Cancelled"}
CATEGORIES = {1: "Plumbing", 2: "Electrical", 3: "HVAC", 4: "Appliances", 5: "Pest Control", 6: "General Maintenance"}
PROBLEMS = {
    1: "Leak",
    2: "Clogged Drain",
    3: "No Hot Water",
    4: "Running Toilet",
    5: "Outlet Not Working",
    6: "Light Not Working",
    7: "AC Not Cooling",
    8: "No Heat",
    9: "Appliance Not Working",
    10: "Pests",
    11: "Lock",
    12: "Other",
}
_OPEN = {1, 2, 3}
_PRIORITY: dict[str, int] = dict(zip(("low", "normal", "high", "emergency"), PRIORITIES, strict=True))
_STATUS: dict[str, int] = dict(zip(("open", "in_progress", "on_hold", "completed", "cancelled"), STATUSES, strict=True))
_CATEGORY: dict[str, int] = dict(
    zip(("plumbing", "electrical", "hvac", "appliance", "pest", "general"), CATEGORIES, strict=True)
)


def get_work_orders(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    deleted = bool(params.get("includeDeletedWorkOrders"))
    shown = [one for one in home.orders.values() if (deleted or not one.deleted) and _fits(one, home, params)]
    return Answer({"workOrders": {"workOrder": php([_work_order(one, home) for one in shown])}})


def _fits(stored: StoredOrder, home: Home, params: Params) -> bool:
    order, unit = stored.order, params.get("unitNumber")
    return (
        params.get("workOrderId") in (None, order.id)
        and (unit is None or _unit_number(order, home) == unit)
        and params.get("propertyUnitId") in (None, order.unit_id)
        and params.get("maintenancePriorityId") in (None, _PRIORITY[order.priority])
        and params.get("maintenanceCategoryId") in (None, _CATEGORY[order.category])
        and _within(order.created_at, params, "createdOn")
        and _within(stored.last_touched, params, "lastUpdatedOn")
        and _within(order.completed_at, params, "completedOn")
    )


def _within(at: datetime | None, params: Params, name: str) -> bool:
    start: date | None = params.get(f"{name}FromDate")
    end: date | None = params.get(f"{name}ToDate")
    if start is None and end is None:
        return True
    day = mountain_day(at) if at else None
    return day is not None and (start is None or day >= start) and (end is None or day <= end)


def _unit_number(order: WorkOrder, home: Home) -> str:
    return home.units_by_id[order.unit_id].number if order.unit_id else ""


def _work_order(stored: StoredOrder, home: Home) -> dict[str, Any]:
    order = stored.order
    unit = home.units_by_id.get(order.unit_id or 0)
    resident = home.residents.get(order.resident_id or 0)
    made: dict[str, Any] = {
        "maintenanceRequestId": str(order.id),
        "propertyId": order.property_id,
        "buildingName": unit.building if unit else "",
        "unitNumber": unit.number if unit else "",
        "customerId": str(resident.id) if resident else "",
        "nameFirst": resident.name.partition(" ")[0] if resident else "",
        "nameLast": resident.name.partition(" ")[2] if resident else "",
        "primaryPhoneNumber": stored.phone or (resident.phone.removeprefix("+1") if resident else ""),
        "createdOn": mountain(order.created_at),
        "assignedTo": order.assignee,
        "maintenanceStatus": STATUSES[_STATUS[order.status]],
        "maintenancePriority": PRIORITIES[_PRIORITY[order.priority]],
        "maintenanceCategoryName": CATEGORIES[_CATEGORY[order.category]],
        "maintenanceProblem": stored.problem,
        "maintenanceDescription": order.description,
        "scheduledStartDate": us_day(order.scheduled_on),
        "isFloating": "0",
        "permissionToEnter": "1" if order.permission_to_enter else "0",
        "isDeleted": "1" if stored.deleted else "0",
    }
    if order.completed_at is not None:
        made["completedOn"] = mountain(order.completed_at)
    return made


def get_work_order_pick_lists(store: EntrataStore, request: Request) -> Answer:
    def entries(table: dict[int, str]) -> Any:
        return php([{"Id": str(number), "Name": name} for number, name in table.items()])

    locations = [
        {"Id": str(n), "Name": name, "Type": name, "IsResidentPortalEnabled": "1"} for n, name in LOCATIONS.items()
    ]
    statuses = [{"Id": str(n), "Name": name, "Code": name.upper()[:4]} for n, name in STATUSES.items()]
    return Answer(
        {
            "Property": {
                "Locations": {"Location": locations},
                "Priorities": {"Priority": entries(PRIORITIES)},
                "StatusTypes": {"StatusType": statuses},
                "Categories": {"Category": entries(CATEGORIES)},
                "Problems": {"Problem": entries(PROBLEMS)},
            },
            "InspectionStatuses": {"InspectionStatus": ""},
            "WorkOrderTypes": {"WorkOrderType": php([{"Id": "1", "Name": "Service Request"}])},
            "CompanyEmployees": {"CompanyEmployee": entries({n: name for name, n in store.employees().items()})},
        }
    )


def send_work_orders(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    number = params.get("unitNumber")
    if number is not None and number not in home.units_by_number:
        raise Refused(304, "Unit number is not valid for the property.")
    customer = params.get("customerId")
    if customer is not None and customer not in home.residents:
        raise Refused(305, "Customer is not valid for the property.")
    _known(params, "maintenanceLocationId", LOCATIONS)
    now = store.clock.now()
    order = WorkOrder(
        id=store.next_number(),
        property_id=home.community.property.id,
        unit_id=home.units_by_number[number].id if number is not None else None,
        resident_id=customer,
        description=params["problemDescription"],
        category=_back(_CATEGORY, _known(params, "maintenanceCategoryId", CATEGORIES)),
        priority=_back(_PRIORITY, _known(params, "maintenancePriorityId", PRIORITIES) or 2),
        status="open",
        assignee=_assignee(store, params),
        permission_to_enter=bool(params["permissionToEnter"]),
        created_at=now,
        scheduled_on=params["scheduledStartDateTime"].date() if params.get("scheduledStartDateTime") else None,
        completed_at=None,
        updated_at=now,
    )
    problem = PROBLEMS[_known(params, "maintenanceProblemId", PROBLEMS)]
    store.save(StoredOrder(order, problem, phone=params["mainPhoneNumber"], touched_at=now))
    said = {"message": "Work order created successfully.", "node": 0, "reference_id": order.id}
    return Answer({"Success": [{"@attributes": said}]})


def update_work_orders(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    stored = home.orders.get(params["workOrderId"])
    if stored is None or stored.deleted:
        raise Refused(303, "Work order is not valid for the property.")
    now, order = store.clock.now(), stored.order
    changed = order
    if (status := _known(params, "maintenanceStatusTypeId", STATUSES)) is not None:
        ended = params.get("completedDateTime") or now
        completed = None if status in _OPEN else order.completed_at or (ended if status == 4 else None)
        changed = replace(changed, status=_back(_STATUS, status), completed_at=completed)
    if (priority := _known(params, "maintenancePriorityId", PRIORITIES)) is not None:
        changed = replace(changed, priority=_back(_PRIORITY, priority))
    if (category := _known(params, "maintenanceCategoryId", CATEGORIES)) is not None:
        changed = replace(changed, category=_back(_CATEGORY, category))
    if params.get("problemDescription"):
        changed = replace(changed, description=params["problemDescription"])
    if params.get("scheduledStartDate"):
        changed = replace(changed, scheduled_on=params["scheduledStartDate"])
    touched = now if changed != order else stored.last_touched
    if name := _assignee(store, params):
        changed = replace(changed, assignee=name)
    problem = PROBLEMS[_known(params, "maintenanceProblemId", PROBLEMS)]
    store.save(replace(stored, order=replace(changed, updated_at=now), problem=problem, touched_at=touched))
    said = {"workOrderId": str(order.id), "status": "success", "message": "Work order updated successfully."}
    return Answer({"workOrders": {"workOrder": [{"@attributes": said}]}})


def _known(params: Params, name: str, table: dict[int, str]) -> Any:
    """The id that a pick list has; None when it was not given."""
    given = params.get(name)
    if given is not None and given not in table:
        raise Refused(306, f"{name} is not valid.")
    return given


def _back(table: dict[str, int], number: int) -> Any:
    return next(word for word, known in table.items() if known == number)


def _assignee(store: EntrataStore, params: Params) -> str:
    for name, table in (("assignedTo", store.employees()), ("vendorId", store.vendors())):
        wanted = params.get(name)
        if wanted is None:
            continue
        found = [person for person, number in table.items() if number == wanted]
        if not found:
            raise Refused(306, f"{name} is not valid.")
        return found[0]
    return ""
