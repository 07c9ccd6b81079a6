"""`POST /crm/v3/objects/{type}/search` (developers.hubspot.com/docs, "Search the CRM"): groups are alternatives, the
filters of a group hold together; no query reaches beyond its 10,000th result."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from app.sandbox.hubspot.properties import SHOWN, Property, known_property
from app.sandbox.hubspot.store import HubSpotStore, Thing, shown
from app.sandbox.hubspot.wire import epoch_ms, invalid, moment_of, only

MOST_RESULTS: Final = 10_000
LARGEST_PAGE: Final = 200
MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18
_LISTS = ("IN", "NOT_IN")
_BARE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
_ONE = ("EQ", "NEQ", "GT", "GTE", "LT", "LTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
_WORD = re.compile(r"[\w*]+")


def search(store: HubSpotStore, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """One page of what fits."""
    only(body, ("filterGroups", "sorts", "properties", "limit", "after"), ("query",))
    groups = _groups(kind, body["filterGroups"])
    limit, after = _page(body)
    names = body["properties"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid("Invalid input JSON: properties is not a list of strings")
    now = store.clock.now()
    seen = [one.as_searched(now, store.search_lag) for one in store.objects[kind].values()]
    living = [one for one in seen if one is not None and one.archived is None]
    fitting = [one for one in living if not groups or any(all(_fits(one, f) for f in group) for group in groups)]
    fitting.sort(key=lambda one: one.id)
    _sort(kind, fitting, body["sorts"])
    page = fitting[after : after + limit]
    made: dict[str, Any] = {
        "total": len(fitting),
        "results": [shown(one, names or SHOWN[kind]) for one in page],
    }
    if after + limit < len(fitting):
        made["paging"] = {"next": {"after": str(after + limit)}}
    return made


def _page(body: dict[str, Any]) -> tuple[int, int]:
    limit, after = body["limit"], body["after"]
    if type(limit) is not int or not 1 <= limit <= LARGEST_PAGE:
        raise invalid(f"limit must be between 1 and {LARGEST_PAGE}")
    if not isinstance(after, str) or not (after == "" or after.isdecimal()):
        raise invalid("after must be a paging cursor")
    start = int(after or 0)
    if start + limit > MOST_RESULTS:
        raise invalid("There was a problem with the request: paging past the first 10,000 results is not supported")
    return limit, start


def _groups(kind: str, given: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(given, list) or len(given) > MOST_GROUPS:
        raise invalid(f"filterGroups must be a list of at most {MOST_GROUPS}")
    groups: list[list[dict[str, Any]]] = []
    for group in given:
        if not isinstance(group, dict) or not isinstance(group.get("filters"), list):
            raise invalid("a filter group needs filters")
        only(group, ("filters",))
        if not 1 <= len(group["filters"]) <= MOST_IN_GROUP:
            raise invalid(f"a filter group has 1 to {MOST_IN_GROUP} filters")
        groups.append([_filter(kind, one) for one in group["filters"]])
    if sum(map(len, groups)) > MOST_FILTERS:
        raise invalid(f"at most {MOST_FILTERS} filters")
    return groups


def _filter(kind: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid("a filter is an object")
    operator = given.get("operator")
    extra = {"BETWEEN": ("value", "highValue")}.get(str(operator), ("value",) if operator in _ONE else ())
    extra = ("values",) if operator in _LISTS else extra
    if operator not in (*_ONE, *_LISTS, *_BARE, "BETWEEN"):
        raise invalid(f"Unknown operator {operator}")
    only(given, ("propertyName", "operator", *extra))
    if not all(isinstance(given[name], str) for name in extra if name != "values"):
        raise invalid("a filter's value is a string")
    known = known_property(kind, str(given["propertyName"]))
    values = given["values"] if operator in _LISTS else [given[name] for name in extra]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise invalid("values must be a list of strings")
    if operator in _LISTS and known.kind in ("string", "enumeration"):
        values = [value.lower() for value in values]
    compared = [_comparable(known, value) if operator not in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN") else value
                for value in values]  # fmt: skip
    return {"property": known, "operator": operator, "values": compared}


def _comparable(known: Property, value: str) -> Any:
    try:
        if known.kind == "datetime":
            return epoch_ms(moment_of(value))
        return Decimal(value) if known.kind == "number" else value.lower()
    except (ValueError, ArithmeticError):
        raise invalid(f"{value} is not a valid {known.kind}") from None


def _fits(thing: Thing, one: dict[str, Any]) -> bool:
    """Whether a filter takes a record. Only the negative operators take one without the property."""
    known, operator, values = one["property"], one["operator"], one["values"]
    held = thing.value(known.name)
    if operator in _BARE:
        return (held is None) == (operator == "NOT_HAS_PROPERTY")
    if held is None:
        return operator == "NOT_CONTAINS_TOKEN"
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return _has_token(held, values[0]) == (operator == "CONTAINS_TOKEN")
    mine = _comparable(known, held)
    return {
        "EQ": lambda: mine == values[0],
        "NEQ": lambda: mine != values[0],
        "IN": lambda: mine in values,
        "NOT_IN": lambda: mine not in values,
        "GT": lambda: mine > values[0],
        "GTE": lambda: mine >= values[0],
        "LT": lambda: mine < values[0],
        "LTE": lambda: mine <= values[0],
        "BETWEEN": lambda: values[0] <= mine <= values[1],
    }[operator]()


def _has_token(text: str, wanted: str) -> bool:
    tokens = [token.lower() for token in _WORD.findall(text)]
    return all(
        any(re.fullmatch(word.lower().replace("*", ".*"), token) for token in tokens) for word in _WORD.findall(wanted)
    )


def _sort(kind: str, found: list[Thing], sorts: Any) -> None:
    """At most one sort: a property's name (ascending), or an object of name and direction."""
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise invalid("at most one sort")
    for sort in sorts:
        name, backwards = (sort, False) if isinstance(sort, str) else (sort.get("propertyName"), False)
        if isinstance(sort, dict):
            only(sort, ("propertyName", "direction"))
            backwards = sort["direction"] == "DESCENDING"
        known = known_property(kind, str(name))
        here = [one for one in found if one.value(known.name) is not None]
        here.sort(key=lambda one: _comparable(known, str(one.value(known.name))), reverse=backwards)
        found[:] = [*here, *(one for one in found if one.value(known.name) is None)]
