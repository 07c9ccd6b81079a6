"""The description of a collection, checked as Weaviate checks it, with the defaults that it fills in."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from app.sandbox.weaviate.refusal import Refused

NAME = re.compile(r"[A-Z][_0-9A-Za-z]{0,254}")
PROPERTY = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,230}")
TYPES = {"text", "text[]", "int", "number", "boolean"}
TOKENIZATIONS = {"field", "whitespace", "lowercase", "word"}
FLAT = {"distance": "cosine", "vectorCacheMaxObjects": 1_000_000_000_000}


@dataclass(frozen=True)
class Property:
    name: str
    data_type: str
    tokenization: str
    filterable: bool

    @property
    def is_text(self) -> bool:
        return self.data_type in ("text", "text[]")


@dataclass(frozen=True)
class Collection:
    """`described` is what the REST side shows of it. The only vector of its objects is named `vector`."""

    name: str
    properties: dict[str, Property]
    vector: str
    described: dict[str, Any]


def collection_of(given: dict[str, Any]) -> Collection:
    """Raises Refused for a description that Weaviate would not take, or that this stand-in can't serve."""
    described = deepcopy(given)
    name = described.get("class", "")
    if not NAME.fullmatch(name):
        raise Refused(f"'{name}' is not a valid class name")
    if not described.get("multiTenancyConfig", {}).get("enabled"):
        raise Refused("this stand-in has collections with multi-tenancy only")
    properties: dict[str, Property] = {}
    for one in described.get("properties") or []:
        made = _property(one)
        if made.name.lower() in (known.lower() for known in properties):
            raise Refused(f"class property {made.name!r}: property already exists")
        properties[made.name] = made
        one.setdefault("indexRangeFilters", False)
        one.setdefault("indexSearchable", made.is_text)
        one.setdefault("indexFilterable", True)
    vector = _vector(described.get("vectorConfig") or {})
    inverted = described.setdefault("invertedIndexConfig", {})
    inverted.setdefault("bm25", {"k1": 1.2, "b": 0.75})
    inverted.setdefault("cleanupIntervalSeconds", 60)
    inverted.setdefault("stopwords", {"preset": "en"})
    for key in ("additions", "removals"):
        inverted["stopwords"].setdefault(key, None)
    described.setdefault("replicationConfig", {"factor": 1, "asyncEnabled": False})
    described.setdefault("shardingConfig", {})
    return Collection(name, properties, vector, described)


def _property(given: dict[str, Any]) -> Property:
    name, types = given.get("name", ""), given.get("dataType") or []
    if not PROPERTY.fullmatch(name) or name in ("id", "vector", "_additional"):
        raise Refused(f"'{name}' is not a valid property name")
    if len(types) != 1 or types[0] not in TYPES:
        raise Refused(f"property '{name}': invalid dataType {types}")
    tokenization = given.get("tokenization", "word" if types[0].startswith("text") else "")
    if types[0].startswith("text"):
        if tokenization not in TOKENIZATIONS:
            raise Refused(f"tokenization '{tokenization}' is not allowed for data type '{types[0]}'")
    elif tokenization or given.get("indexSearchable"):
        raise Refused(f"property '{name}': tokenization and `indexSearchable` are allowed only for text")
    return Property(name, types[0], tokenization, bool(given.get("indexFilterable", True)))


def _vector(given: dict[str, Any]) -> str:
    if len(given) != 1:
        raise Refused("this stand-in has collections with one named vector only")
    ((name, how),) = given.items()
    if how.get("vectorizer") != {"none": {}}:
        raise Refused(f"class.VectorConfig.Vectorizer: no module for target vector {name}")
    if how.get("vectorIndexType") != "flat":
        raise Refused(f"unrecognized or unsupported vectorIndexType {how.get('vectorIndexType')!r}")
    settings = how.setdefault("vectorIndexConfig", {})
    for key, value in FLAT.items():
        settings.setdefault(key, value)
    if settings["distance"] != "cosine":
        raise Refused("this stand-in measures cosines only")
    return name
