"""Finds the embedders, every module here that defines `EMBEDDER`, and opens the one that the setting EMBEDDER names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

import app.knowledge.embedders
from app.domain.errors import Fixable
from app.gateways.pool.pools import Pools, planned
from app.knowledge.embedders.base import Embedder, EmbedderSpec


class DuplicateEmbedder(Exception):
    """Two modules define an embedder of the same name."""


def discover(package: Any = app.knowledge.embedders) -> Mapping[str, EmbedderSpec]:
    """All embedders of a package by name. Raises ImportError or DuplicateEmbedder: a broken one is fatal."""
    found: dict[str, EmbedderSpec] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__, f"{package.__name__}."), key=lambda one: one.name):
        spec = getattr(importlib.import_module(module.name), "EMBEDDER", None)
        if not isinstance(spec, EmbedderSpec):
            continue
        if spec.name in found:
            raise DuplicateEmbedder(f"{module.name}: an embedder named {spec.name} exists already")
        found[spec.name] = spec
    return found


def spec_of(name: str, values: Mapping[str, str]) -> EmbedderSpec:
    """The embedder of that name. Raises Fixable for an unknown one, or when its key is not set: documents are never
    embedded by another one than was chosen."""
    specs = discover()
    spec = specs.get(name)
    if spec is None:
        raise Fixable(
            f"EMBEDDER names {name!r}, which is no embedder.",
            next_step=f"Embedders are {', '.join(specs)}.",
            code="unknown_embedder",
        )
    if (
        spec.key_variable
        and not values.get(spec.key_variable.lower())
        and not (spec.model and planned(spec.model, values))
    ):
        raise Fixable(
            f"EMBEDDER is {name}, and {spec.key_variable} is not set.",
            next_step=f"Set {spec.key_variable}, or EMBEDDER=minilm, which needs no key.",
            code="embedder_without_key",
        )
    return spec


def open_embedder(name: str, values: Mapping[str, str], pools: Pools) -> Embedder:
    """The embedder of that name, with the floor that ANSWER_FLOOR holds for it. `values`: the set settings as plain
    text, by lower-case name. Raises Fixable as `spec_of` does."""
    embedder = spec_of(name, values).open(values, pools)
    measured, _, floor = values.get("answer_floor", "").partition(":")
    if measured == name:
        embedder.floor = float(floor)
    return embedder
