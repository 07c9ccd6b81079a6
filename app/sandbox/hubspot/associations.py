"""`/crm/v4/…/associations`: which records hang together (developers.hubspot.com/docs, "Associations v4")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.sandbox.hubspot.store import HubSpotStore, Thing
from app.sandbox.hubspot.wire import invalid, only

LARGEST_BATCH: Final = 1000
PRIMARY: Final[Mapping[tuple[str, str], int]] = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
}
PLAIN: Final[Mapping[tuple[str, str], int]] = {
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("deals", "companies"): 341,
    ("companies", "deals"): 342,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("notes", "contacts"): 202,
    ("contacts", "notes"): 201,
    ("notes", "companies"): 190,
    ("companies", "notes"): 189,
    ("notes", "deals"): 214,
    ("deals", "notes"): 213,
    ("tasks", "contacts"): 204,
    ("contacts", "tasks"): 203,
    ("tasks", "companies"): 192,
    ("companies", "tasks"): 191,
    ("tasks", "deals"): 216,
    ("deals", "tasks"): 215,
}


def association_type(kind: str, given: dict[str, Any]) -> str:
    """The object type that an association type of a create leads to. Raises Refused for a wrong one."""
    number = given["associationTypeId"]
    if given["associationCategory"] != "HUBSPOT_DEFINED" or type(number) is not int:
        raise invalid("associationCategory must be HUBSPOT_DEFINED and associationTypeId a number")
    for (a, b), known in (*PLAIN.items(), *PRIMARY.items()):
        if a == kind and known == number:
            return b
    raise invalid(f"{number} is no association type of {kind}")


def types(kind: str, other: str, *, primary: bool) -> list[dict[str, Any]]:
    made = [{"category": "HUBSPOT_DEFINED", "typeId": PLAIN[kind, other], "label": None}]
    if primary and (kind, other) in PRIMARY:
        made.insert(0, {"category": "HUBSPOT_DEFINED", "typeId": PRIMARY[kind, other], "label": "Primary"})
    return made


def linked_inline(store: HubSpotStore, thing: Thing, other: str) -> dict[str, Any] | None:
    """As `associations` of a list or a read shows them."""
    found = store.linked(thing.kind, thing.id, other)
    word = f"{thing.kind.rstrip('s')}_to_{other.rstrip('s')}"
    return {"results": [{"id": str(number), "type": word} for number in found]} if found else None


def of_one(store: HubSpotStore, kind: str, number: str, other: str) -> dict[str, Any]:
    """`GET /crm/v4/objects/{type}/{id}/associations/{toType}`."""
    thing = store.get(kind, number)
    return {"results": _to(store, thing, other)}


def _to(store: HubSpotStore, thing: Thing, other: str) -> list[dict[str, Any]]:
    return [
        {"toObjectId": number, "associationTypes": types(thing.kind, other, primary=primary)}
        for number, primary in store.linked(thing.kind, thing.id, other).items()
    ]


def batch_read(store: HubSpotStore, kind: str, other: str, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """`POST /crm/v4/associations/{from}/{to}/batch/read`: 207 when some have none."""
    only(body, ("inputs",))
    inputs = body["inputs"]
    if (kind, other) not in PLAIN:
        raise invalid(f"{kind} have no associations to {other}")
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= LARGEST_BATCH:
        raise invalid(f"a batch has 1 to {LARGEST_BATCH} inputs")
    results, errors = list[dict[str, Any]](), list[dict[str, Any]]()
    for one in inputs:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise invalid("an input's id is a string")
        number = int(one["id"]) if one["id"].isdecimal() else -1
        thing = store.objects[kind].get(number)
        found = _to(store, thing, other) if thing is not None else []
        if found:
            results.append({"from": {"id": one["id"]}, "to": found})
        else:
            errors.append(
                {"status": "error", "category": "OBJECT_NOT_FOUND",
                 "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                 "message": f"No {other} is associated with {kind} {one['id']}.",
                 "context": {"fromObjectId": [one["id"]]}}
            )  # fmt: skip
    moment = "2026-01-01T00:00:00.000Z"
    made: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": moment, "completedAt": moment}
    return (made | {"numErrors": len(errors), "errors": errors}, 207) if errors else (made, 200)


def put_default(store: HubSpotStore, kind: str, number: str, other: str, other_number: str) -> dict[str, Any]:
    """`PUT /crm/v4/objects/{from}/{id}/associations/default/{to}/{toId}`: the plain association of the two."""
    if (kind, other) not in PLAIN:
        raise invalid(f"{kind} can't be associated with {other}")
    a, b = store.get(kind, number), store.get(other, other_number)
    store.associate(a, b)
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": PLAIN[kind, other]}
    return {
        "status": "COMPLETE",
        "results": [{"from": {"id": number}, "to": {"id": other_number}, "associationSpec": spec}],
        "startedAt": "2026-01-01T00:00:00.000Z",
        "completedAt": "2026-01-01T00:00:00.000Z",
    }
