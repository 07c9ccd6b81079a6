"""Finds the kinds of sheets: every module of `kinds/` with a `KIND` is one. A broken or doubled one stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import app.imports.kinds as folder
from app.imports.kind import Kind


@cache
def all_kinds() -> tuple[Kind, ...]:
    """The kinds in the order in which the sheets of a workbook are taken. Raises ValueError for a doubled key."""
    modules = sorted(pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."), key=lambda module: module.name)
    found: list[Kind] = [importlib.import_module(module.name).KIND for module in modules]
    keys = [kind.key for kind in found]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"two kinds of sheets are called {', '.join(sorted(doubled))}")
    return tuple(sorted(found, key=lambda kind: kind.rank))
