"""Finds the connectors: every module or package in `app/integrations/` that defines `CONNECTOR`. A connector that can't
be imported, or that takes a key twice, stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

import app.integrations
from app.domain.clock import Clock
from app.http.outbound import Outbound
from app.integrations.base import Connector, ConnectorSpec


class DuplicateConnector(Exception):
    """Two modules declare a connector of the same key."""


def discover(package: Any = app.integrations) -> dict[str, ConnectorSpec]:
    """All connectors of a package by key. Modules without `CONNECTOR` (senders, the seam itself) are passed over."""
    found: dict[str, ConnectorSpec] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__, f"{package.__name__}."), key=lambda one: one.name):
        spec = getattr(importlib.import_module(module.name), "CONNECTOR", None)
        if spec is None:
            continue
        if not isinstance(spec, ConnectorSpec):
            raise ValueError(f"{module.name}.CONNECTOR is not a ConnectorSpec")
        if spec.key in found:
            raise DuplicateConnector(f"{module.name}: a connector with the key {spec.key} exists already")
        found[spec.key] = spec
    return found


def declared_variables(specs: Mapping[str, ConnectorSpec]) -> list[str]:
    """The environment variables that connectors ask for."""
    return [setting.variable for spec in specs.values() for setting in spec.settings]


def open_connectors(
    values: Mapping[str, str], outbound: Outbound, clock: Clock, specs: Mapping[str, ConnectorSpec] | None = None
) -> dict[str, Connector]:
    """The systems that are fully set up, by key. `values`: the set settings as plain text, by lower-case name."""
    given = {name.upper(): value for name, value in values.items()}
    known = all_connectors() if specs is None else specs
    return {key: spec.open(given, outbound, clock) for key, spec in known.items() if not spec.missing(given)}


@cache
def all_connectors() -> Mapping[str, ConnectorSpec]:
    """The connectors of `app/integrations/`."""
    return discover()
