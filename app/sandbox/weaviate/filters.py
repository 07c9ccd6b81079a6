"""Weaviate's filters (grpc/proto/v1/base.proto) over objects of one tenant, with the tokenization of each property."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from weaviate.proto.v1 import base_pb2

from app.sandbox.weaviate.refusal import Refused
from app.sandbox.weaviate.schema import Collection, Property

Fits = Callable[[Mapping[str, Any]], bool]
"""Whether an object with these properties passes."""

_F = base_pb2.Filters
_ORDERS: dict[int, Callable[[Any, Any], bool]] = {
    _F.OPERATOR_GREATER_THAN: operator.gt,
    _F.OPERATOR_GREATER_THAN_EQUAL: operator.ge,
    _F.OPERATOR_LESS_THAN: operator.lt,
    _F.OPERATOR_LESS_THAN_EQUAL: operator.le,
}
_VALUES = {
    "value_text": "text",
    "value_text_array": "text",
    "value_int": "int",
    "value_int_array": "int",
    "value_number": "number",
    "value_number_array": "number",
    "value_boolean": "boolean",
    "value_boolean_array": "boolean",
}


def fits(collection: Collection, given: base_pb2.Filters) -> Fits:
    """The filter as a test. Raises Refused for one that Weaviate would not take."""
    if given.operator in (_F.OPERATOR_AND, _F.OPERATOR_OR):
        if not given.filters:
            raise Refused("operator needs at least one operand")
        parts = [fits(collection, one) for one in given.filters]
        every = given.operator == _F.OPERATOR_AND
        return lambda held: (all if every else any)(part(held) for part in parts)
    prop = _target(collection, given)
    value = _value(given, prop)
    if given.operator in _ORDERS:
        if prop.is_text or isinstance(value, list):
            raise Refused(f"operator is not supported for property '{prop.name}'")
        return _ordered(prop, _ORDERS[given.operator], value)
    if given.operator == _F.OPERATOR_CONTAINS_ANY:
        if not isinstance(value, list) or not value:
            raise Refused("operator ContainsAny: a non-empty list is needed")
        wanted = [frozenset(tokens(prop, one)) for one in value]
        return lambda held: _any_in(wanted, _held(prop, held))
    if given.operator == _F.OPERATOR_EQUAL and not isinstance(value, list):
        return lambda held: _any_in([frozenset(tokens(prop, value))], _held(prop, held))
    raise Refused(f"this stand-in knows no operator {_F.Operator.Name(given.operator)}")


def tokens(prop: Property, value: Any) -> list[Any]:
    """What of a value is in the inverted index."""
    if not prop.is_text:
        return [value]
    if prop.tokenization == "field":
        return [value.strip()]
    if prop.tokenization == "whitespace":
        return value.split()
    if prop.tokenization == "lowercase":
        return value.lower().split()
    return re.findall(r"[^\W_]+", value.lower())


def _held(prop: Property, held: Mapping[str, Any]) -> frozenset[Any]:
    value = held.get(prop.name)
    if value is None:
        return frozenset()
    return frozenset(token for one in (value if isinstance(value, list) else [value]) for token in tokens(prop, one))


def _any_in(wanted: Iterable[frozenset[Any]], held: frozenset[Any]) -> bool:
    return any(one <= held for one in wanted if one)


def _ordered(prop: Property, order: Callable[[Any, Any], bool], value: Any) -> Fits:
    def fit(held: Mapping[str, Any]) -> bool:
        have = held.get(prop.name)
        return have is not None and order(have, value)

    return fit


def _target(collection: Collection, given: base_pb2.Filters) -> Property:
    name = given.target.property
    if name not in collection.properties:
        raise Refused(
            f"no such prop with name '{name}' found in class '{collection.name}' in the schema. "
            "Check your schema files for which properties in this class are available"
        )
    prop = collection.properties[name]
    if not prop.filterable:
        raise Refused(
            f"Filtering by property '{name}' requires inverted index. "
            f"Is `indexFilterable` option of property '{name}' enabled?"
        )
    return prop


def _value(given: base_pb2.Filters, prop: Property) -> Any:
    which = given.WhichOneof("test_value")
    if which not in _VALUES:
        raise Refused("filter has no value")
    if _VALUES[which] != prop.data_type.removesuffix("[]"):
        raise Refused(f"data type filter cannot use {which} on property '{prop.name}' of type {prop.data_type}")
    value = getattr(given, which)
    return list(value.values) if which.endswith("_array") else value
