"""Objects as gRPC carries them: what a batch writes, and what a search gives back (grpc/proto/v1/batch.proto,
search_get.proto, properties.proto)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from weaviate.proto.v1 import base_pb2, batch_pb2, properties_pb2, search_get_pb2

from app.sandbox.weaviate.refusal import Refused
from app.sandbox.weaviate.schema import Collection, Property

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.sandbox.weaviate.objects import Held


def id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Refused(f"invalid UUID: {text!r}") from wrong


def vector_of(collection: Collection, named: Iterable[base_pb2.Vectors]) -> NDArray[np.float32]:
    """The only vector of the list. Raises Refused for another name, for several, and for one that is no direction."""
    given = list(named)
    if len(given) != 1 or given[0].type != base_pb2.Vectors.VECTOR_TYPE_SINGLE_FP32:
        raise Refused("exactly one single vector must be given")
    if given[0].name not in ("", collection.vector):
        raise Refused(f"vector {given[0].name} not found in class {collection.name}")
    if not given[0].vector_bytes or len(given[0].vector_bytes) % 4:
        raise Refused("invalid vector bytes")
    vector = np.frombuffer(given[0].vector_bytes, dtype="<f4")
    if not all(map(math.isfinite, vector)) or not vector.any():
        raise Refused("invalid vector: not a direction")
    return vector


def properties_of(collection: Collection, given: batch_pb2.BatchObject.Properties) -> dict[str, Any]:
    """What a batch writes, by property. Raises Refused for what the collection has not, or has as another type."""
    found: dict[str, Any] = {}
    for name, value in given.non_ref_properties.fields.items():
        prop = _property(collection, name)
        found[name] = _single(prop, value)
    for one in given.text_array_properties:
        if _property(collection, one.prop_name).data_type != "text[]":
            raise Refused(f"invalid text array property '{one.prop_name}' on class '{collection.name}'")
        found[one.prop_name] = list(one.values)
    for name in given.empty_list_props:
        if not _property(collection, name).data_type.endswith("[]"):
            raise Refused(f"invalid list property '{name}' on class '{collection.name}'")
        found[name] = []
    known = {"non_ref_properties", "text_array_properties", "empty_list_props"}
    if unknown := [one.name for one, _ in given.ListFields() if one.name not in known]:
        raise Refused(f"this stand-in takes no {unknown[0]}")
    return {name: value for name, value in found.items() if value is not None}


def _property(collection: Collection, name: str) -> Property:
    if name not in collection.properties:
        raise Refused(f"invalid object: no such prop with name '{name}' found in class '{collection.name}'")
    return collection.properties[name]


def _single(prop: Property, value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "null_value":
        return None
    if prop.data_type == "text" and kind == "string_value":
        return value.string_value
    if prop.data_type == "boolean" and kind == "bool_value":
        return value.bool_value
    if prop.data_type == "number" and kind == "number_value":
        return value.number_value
    if prop.data_type == "int" and kind == "number_value" and value.number_value.is_integer():
        return int(value.number_value)
    raise Refused(f"invalid {prop.data_type} property '{prop.name}': got {kind}")


def result_of(
    collection: Collection, held: Held, request: search_get_pb2.SearchRequest, distance: float | None
) -> search_get_pb2.SearchResult:
    """An object as this search wants to see it."""
    wanted = request.metadata
    metadata = search_get_pb2.MetadataResult(id=str(held.id), id_as_bytes=held.id.bytes)
    if wanted.vector or collection.vector in wanted.vectors:
        metadata.vectors.append(
            base_pb2.Vectors(
                name=collection.vector,
                vector_bytes=held.vector.tobytes(),
                type=base_pb2.Vectors.VECTOR_TYPE_SINGLE_FP32,
            )
        )
    if distance is not None and wanted.distance:
        metadata.distance, metadata.distance_present = distance, True
    names = list(request.properties.non_ref_properties)
    if request.properties.return_all_nonref_properties or not request.HasField("properties"):
        names = list(collection.properties)
    shown = search_get_pb2.PropertiesResult(
        target_collection=collection.name, non_ref_props=_shown(collection, held.properties, names)
    )
    return search_get_pb2.SearchResult(properties=shown, metadata=metadata)


def _shown(collection: Collection, held: Mapping[str, Any], names: Iterable[str]) -> properties_pb2.Properties:
    fields: dict[str, properties_pb2.Value] = {}
    for name in names:
        prop = _property(collection, name)
        value = held.get(name)
        if value is None or value == []:
            fields[name] = properties_pb2.Value(null_value=0)  # pyright: ignore[reportArgumentType] - the enum's only value
        elif prop.data_type == "text[]":
            texts = properties_pb2.TextValues(values=value)
            fields[name] = properties_pb2.Value(list_value=properties_pb2.ListValue(text_values=texts))
        elif prop.data_type == "int":
            fields[name] = properties_pb2.Value(int_value=value)
        elif prop.data_type == "number":
            fields[name] = properties_pb2.Value(number_value=value)
        elif prop.data_type == "boolean":
            fields[name] = properties_pb2.Value(bool_value=value)
        else:
            fields[name] = properties_pb2.Value(text_value=value)
    return properties_pb2.Properties(fields=fields)
