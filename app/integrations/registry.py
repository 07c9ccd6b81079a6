"""Finds the connectors: every module or package in `app/integrations/` that defines `CONNECTOR`. A connector that can't
be imported, or that takes a key twice, stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

import app.integrations
from app.integrations.base import ConnectorSpec


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


@cache
def all_connectors() -> Mapping[str, ConnectorSpec]:
    """The connectors of `app/integrations/`."""
    return discover()
