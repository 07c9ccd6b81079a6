"""`/crm/v3/objects/{type}` and its batches: list, read, create, change, archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.datastructures import QueryParams

from app.sandbox.hubspot.associations import association_type, linked_inline
from app.sandbox.hubspot.properties import REQUIRED, SHOWN, checked
from app.sandbox.hubspot.store import HubSpotStore, Thing, shown
from app.sandbox.hubspot.wire import Refused, invalid, not_found, only, type_of, whole_number

LARGEST_PAGE: Final = 100
LARGEST_BATCH: Final = 100
Body = dict[str, Any]


def listed(store: HubSpotStore, kind: str, query: QueryParams) -> Body:
    """`GET`: one page by id."""
    limit = whole_number(query.get("limit"), 10, 1, LARGEST_PAGE, "limit")
    after = whole_number(query.get("after"), 0, 0, 10**15, "after")
    found = [one for one in store.living(kind, archived=query.get("archived") == "true") if one.id > after]
    page = found[:limit]
    made: Body = {"results": [_full(store, one, query) for one in page]}
    if len(found) > limit:
        made["paging"] = {"next": {"after": str(page[-1].id), "link": "https://api.hubapi.com/"}}
    return made


def read(store: HubSpotStore, kind: str, number: str, query: QueryParams) -> Body:
    """`GET …/{id}`; contacts also by `idProperty=email`."""
    by = query.get("idProperty")
    if by is None:
        return _full(store, store.get(kind, number, archived=query.get("archived") == "true"), query)
    if kind != "contacts" or by != "email":
        raise invalid(f"{by} is not a unique property of {kind}")
    found = store.by_email(number)
    if found is None:
        raise not_found()
    return _full(store, found, query)


def _full(store: HubSpotStore, thing: Thing, query: QueryParams) -> Body:
    names = [name for name in query.get("properties", "").split(",") if name] or SHOWN[thing.kind]
    made = shown(thing, names)
    wanted = [type_of(name) for name in query.get("associations", "").split(",") if name]
    found = {other: results for other in wanted if (results := linked_inline(store, thing, other))}
    return made | ({"associations": found} if found else {})


def create(store: HubSpotStore, kind: str, body: Body) -> Body:
    """`POST`, with the associations it names."""
    only(body, ("properties", "associations"), ("objectWriteTraceId",))
    values = _complete(store, kind, checked(kind, body["properties"]))
    others = [_other(store, kind, one) for one in _list(body["associations"])]
    made = store.create(kind, values)
    for other in others:
        store.associate(made, other)
    return shown(made, [*values, *SHOWN[kind]])


def _other(store: HubSpotStore, kind: str, given: Any) -> Thing:
    """The record at the other end of an association that a create names; its type id must be right."""
    if not isinstance(given, dict):
        raise invalid("an association is an object")
    only(given, ("to", "types"))
    number, types = given["to"].get("id"), _list(given["types"])
    if not isinstance(number, str) or len(types) != 1:
        raise invalid("an association needs a record's id, a string, and one type")
    only(types[0], ("associationCategory", "associationTypeId"))
    other = association_type(kind, types[0])
    return store.get(other, number)


def _complete(store: HubSpotStore, kind: str, values: dict[str, str]) -> dict[str, str]:
    missing = [name for name in REQUIRED.get(kind, ()) if not values.get(name)]
    if missing:
        raise invalid(f"Error creating {kind.upper()}. Some required properties were not set: {missing}")
    if kind == "deals":
        values = {"pipeline": store.pipelines[0]["id"], **values}
    _placed(store, kind, values, values)
    return values


def change(store: HubSpotStore, kind: str, number: str, body: Body) -> Body:
    """`PATCH …/{id}`."""
    only(body, ("properties",), ("objectWriteTraceId",))
    values = checked(kind, body["properties"])
    thing = store.get(kind, number)
    _placed(store, kind, {**thing.properties, **values}, values)
    return shown(store.change(thing, values), [*values, *SHOWN[kind]])


def _placed(store: HubSpotStore, kind: str, whole: dict[str, str], given: dict[str, str]) -> None:
    """A deal's stage must be one of its pipeline's; an owner must be one."""
    if kind == "deals" and ({"dealstage", "pipeline"} & set(given)):
        stages = {s["id"] for p in store.pipelines if p["id"] == whole.get("pipeline") for s in p["stages"]}
        if whole.get("dealstage") not in stages:
            raise invalid(
                f"{whole.get('dealstage')} was not one of the allowed options",
                {"message": "not a stage of the pipeline", "code": "INVALID_OPTION",
                 "context": {"propertyName": ["dealstage"]}},
            )  # fmt: skip
    owner = given.get("hubspot_owner_id")
    if owner and owner not in {one["id"] for one in store.owners}:
        raise invalid(f"Owner {owner} does not exist")


def archive(store: HubSpotStore, kind: str, number: str) -> None:
    """`DELETE …/{id}`; what is gone already stays gone."""
    try:
        store.archive(store.get(kind, number))
    except Refused:
        return


def batch(store: HubSpotStore, kind: str, action: str, body: Body) -> tuple[Body | None, int]:
    """`POST …/batch/{action}`: the answer and its status (207 when some inputs failed)."""
    inputs = _list(body.get("inputs"))
    if not inputs or len(inputs) > LARGEST_BATCH:
        raise invalid(f"a batch has 1 to {LARGEST_BATCH} inputs")
    if action == "archive":
        for one in inputs:
            archive(store, kind, str(one["id"]))
        return None, 204
    one_by_one = _one_by_one(store, kind, action, body)
    results, errors = list[Body](), list[Body]()
    for one in inputs:
        try:
            results.append(one_by_one(one))
        except Refused as refused:
            if action == "create":
                raise  # creates are all or nothing
            errors.append({**refused.body(), "context": {"ids": [str(one.get("id"))]}})
    moment = "2026-01-01T00:00:00.000Z"
    made: Body = {"status": "COMPLETE", "results": results, "startedAt": moment, "completedAt": moment}
    if errors:
        return made | {"numErrors": len(errors), "errors": errors}, 207
    return made, 201 if action == "create" else 200


def _one_by_one(store: HubSpotStore, kind: str, action: str, body: Body) -> Callable[[Body], Body]:
    if action == "read":
        only(body, ("inputs", "properties", "propertiesWithHistory"), ("idProperty",))
        names = ",".join(body["properties"])
        wanted = {"properties": names, **({"idProperty": body["idProperty"]} if body.get("idProperty") else {})}
        return lambda one: read(store, kind, str(one["id"]), QueryParams(wanted))
    only(body, ("inputs",))
    if action == "create":
        return lambda one: create(store, kind, one)
    if action == "update":
        return lambda one: change(store, kind, str(one["id"]), {"properties": one["properties"]})
    if action == "upsert" and kind == "contacts":
        return lambda one: _upsert(store, kind, one)
    raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")


def _upsert(store: HubSpotStore, kind: str, one: Body) -> Body:
    if one.get("idProperty") != "email":
        raise invalid("idProperty must be a unique property")
    found = store.by_email(str(one["id"]))
    if found is None:
        made = {"properties": {"email": str(one["id"]), **one["properties"]}, "associations": []}
        return create(store, kind, made) | {"new": True}
    return change(store, kind, str(found.id), {"properties": one["properties"]}) | {"new": False}


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise invalid("Invalid input JSON: not a list")
    return given
