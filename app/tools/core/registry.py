"""Finds the tools: every module in `app/tools/` that defines `TOOL`. A wrong or doubled tool stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import app.tools
from app.tools.core.tool import Tool

AnyTool = Tool[Any, Any]


class DuplicateTool(Exception):
    """Two modules define a tool of the same name."""


def discover(package: Any = app.tools) -> dict[str, AnyTool]:
    """All tools of a package by name. Raises ImportError, ValueError or DuplicateTool: a broken tool is fatal."""
    found: dict[str, AnyTool] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.ispkg:
            continue
        tool = getattr(importlib.import_module(module.name), "TOOL", None)
        if not isinstance(tool, Tool):
            raise ValueError(f"{module.name} defines no TOOL")
        if tool.name in found:
            raise DuplicateTool(f"{module.name}: a tool named {tool.name} exists already")
        found[tool.name] = tool
    return found


class Tools(Mapping[str, AnyTool]):
    """The registered tools, by name."""

    def __init__(self, tools: Mapping[str, AnyTool]) -> None:
        self._tools = dict(sorted(tools.items()))

    def __getitem__(self, name: str) -> AnyTool:
        return self._tools[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)


@cache
def all_tools() -> Tools:
    """The tools of `app/tools/`."""
    return Tools(discover())
