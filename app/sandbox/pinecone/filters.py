"""Pinecone's metadata filters (docs.pinecone.io/guides/search/filter-by-metadata)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from app.sandbox.pinecone.refusal import Refused

MOST_VALUES = 10_000
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def fits(condition: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Whether a record with this metadata passes the (checked) filter."""
    for name, wanted in condition.items():
        if name == "$and":
            passed = all(fits(one, metadata) for one in wanted)
        elif name == "$or":
            passed = any(fits(one, metadata) for one in wanted)
        else:
            given = wanted if isinstance(wanted, dict) else {"$eq": wanted}
            passed = all(_passes(how, value, metadata.get(name)) for how, value in given.items())
        if not passed:
            return False
    return True


def check(condition: Any) -> None:
    """Raises Refused for a filter that Pinecone would not take."""
    if not isinstance(condition, dict) or not condition:
        raise Refused("Filter must be a non-empty object")
    for name, wanted in condition.items():
        if name in ("$and", "$or"):
            if not isinstance(wanted, list) or not wanted:
                raise Refused(f"{name} takes a non-empty array")
            for one in wanted:
                check(one)
        elif name.startswith("$"):
            raise Refused(f"{name} is not a valid top-level operator")
        elif isinstance(wanted, dict):
            for how, value in wanted.items():
                _check_value(how, value)
        elif not isinstance(wanted, str | int | float | bool):
            raise Refused(f"illegal condition for field {name}")


def _check_value(how: str, value: Any) -> None:
    if how in ("$in", "$nin"):
        if not isinstance(value, list) or not all(isinstance(one, str | int | float) for one in value):
            raise Refused(f"the {how} operator must be followed by a list of strings or numbers")
        if len(value) > MOST_VALUES:
            raise Refused(f"the {how} operator takes at most {MOST_VALUES} values")
    elif how in _ORDERS:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Refused(f"the {how} operator must be followed by a number")
    elif how == "$exists":
        if not isinstance(value, bool):
            raise Refused("the $exists operator must be followed by a boolean")
    elif how not in ("$eq", "$ne"):
        raise Refused(f"{how} is not a valid operator")


def _passes(how: str, value: Any, held: Any) -> bool:
    every = held if isinstance(held, list) else [held]
    if how == "$exists":
        return (held is not None) == value
    if how in ("$eq", "$ne"):
        return (value in every) == (how == "$eq")
    if how in ("$in", "$nin"):
        return (not set(every).isdisjoint(value)) == (how == "$in")
    return isinstance(held, int | float) and _ORDERS[how](held, value)
