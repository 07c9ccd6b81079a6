"""Finds handlers and jobs: every module in their folders. A broken or doubled one stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import cast

import handlers.actions
import handlers.commands
import handlers.events
import handlers.jobs
import handlers.views
from app.runtime.runtime import Job
from handlers.core.deps import Deps
from handlers.core.interaction import Interaction

FOLDERS = (handlers.events, handlers.commands, handlers.actions, handlers.views)


class BrokenHandler(Exception):
    """A handler module does not define what it must, or two define the same."""


def interactions(folders: tuple[ModuleType, ...] = FOLDERS) -> list[Interaction]:
    """Every interaction of every handler file. Raises BrokenHandler or ImportError."""
    found: list[Interaction] = []
    for folder in folders:
        for module in _modules(folder):
            mine = [*getattr(module, "INTERACTIONS", ()), *filter(None, [getattr(module, "INTERACTION", None)])]
            if not mine or not all(isinstance(item, Interaction) for item in mine):
                raise BrokenHandler(f"{module.__name__} defines no INTERACTION")
            found += mine
    names = [(item.kind, str(item.name)) for item in found]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise BrokenHandler(f"two handlers for {sorted(doubled)}")
    return found


def jobs(deps: Deps, folder: ModuleType = handlers.jobs) -> dict[str, Job]:
    """The job of every kind. Each module defines `KIND` and `job(deps)`. Raises BrokenHandler or ImportError."""
    made: dict[str, Job] = {}
    for module in _modules(folder):
        kind, build = getattr(module, "KIND", None), getattr(module, "job", None)
        if not isinstance(kind, str) or not callable(build):
            raise BrokenHandler(f"{module.__name__} defines no KIND and job")
        if kind in made:
            raise BrokenHandler(f"two jobs of kind {kind}")
        made[kind] = cast("Job", build(deps))
    return made


def _modules(folder: ModuleType) -> Iterator[ModuleType]:
    for module in sorted(pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."), key=lambda found: found.name):
        yield importlib.import_module(module.name)
