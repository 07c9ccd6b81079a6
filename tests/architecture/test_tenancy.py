"""Every query of the read model names its workspace.

Read from the source, not from a run: a function that builds a statement must itself limit it to a workspace (compare
a `workspace_id`, or use `visible(…)` or an area's `rows(…)`), or be private to its module and be used there only by
functions that do.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("app/portfolio", "app/tools")
STATEMENTS = {"select", "update", "delete"}  # `exists()` belongs to the statement around it
LIMITS = {"visible", "rows"}


class Module:
    """The functions of one module: which build statements, which limit them, who uses whom."""

    def __init__(self, source: str) -> None:
        self.blocks: dict[str, ast.AST] = {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.blocks[node.name] = node
            elif isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                        self.blocks[part.name] = part
            else:
                self.blocks[f"line {node.lineno}"] = node

    def unlimited(self) -> list[str]:
        """The functions that build a statement without naming a workspace."""
        return [name for name, block in self.blocks.items() if _builds(block) and not self._is_limited(name, set())]

    def _is_limited(self, name: str, seen: set[str]) -> bool:
        if _limits(self.blocks[name]):
            return True
        users = [user for user, block in self.blocks.items() if user != name and _mentions(block, name)]
        if not name.startswith("_") or not users or name in seen:
            return False
        return all(self._is_limited(user, seen | {name}) for user in users)


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _builds(block: ast.AST) -> bool:
    return any(_called(node) in STATEMENTS and isinstance(node.func, ast.Name) for node in ast.walk(block))


def _limits(block: ast.AST) -> bool:
    return any(_called(node) in LIMITS or _compares_workspace(node) for node in ast.walk(block))


def _compares_workspace(node: ast.AST) -> bool:
    """`X.workspace_id == something` where something is not just another table's column, as in a join."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
        return False
    sides = [node.left, node.comparators[0]]
    columns = [side for side in sides if _is_workspace_column(side)]
    return len(columns) == 1


def _is_workspace_column(side: ast.AST) -> bool:
    """`Lease.workspace_id` or `model.workspace_id`, but not `principal.workspace_id` or `lease.workspace_id`."""
    if not isinstance(side, ast.Attribute) or side.attr != "workspace_id" or not isinstance(side.value, ast.Name):
        return False
    return side.value.id[:1].isupper() or side.value.id == "model"


def _mentions(block: ast.AST, name: str) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in ast.walk(block)
    )


def _files() -> list[Path]:
    return sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py"))


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_names_its_workspace(path: Path) -> None:
    assert Module(path.read_text()).unlimited() == []


LEAKS = {
    "without any condition": "def find(s):\n    return s.scalars(select(Lease))",
    "by id alone": "def find(s, i):\n    return s.scalars(select(Lease).where(Lease.id == i))",
    "only joined to itself": (
        "def find(s):\n    return s.scalars(select(Lease).join(Unit, Unit.workspace_id == Lease.workspace_id))"
    ),
    "private but nobody limits it": "def _q():\n    return select(Lease)\ndef find(s):\n    return s.scalars(_q())",
    "an update": "def change(s, i):\n    return s.execute(update(Lease).where(Lease.id == i))",
    "in a method": "class A:\n    def find(self, s):\n        return s.scalars(select(Lease))",
}


@pytest.mark.parametrize("source", LEAKS.values(), ids=LEAKS.keys())
def test_a_statement_over_all_workspaces_is_found(source: str) -> None:
    assert Module(source).unlimited() != []


FINE = {
    "visible": "def find(s, p):\n    return s.scalars(select(Lease).where(visible(p, Lease)))",
    "compared": "def find(s, w):\n    return s.scalars(select(Lease).where(Lease.workspace_id == w))",
    "a row's own": "def find(s, r):\n    return s.scalars(select(Unit).where(Unit.workspace_id == r.workspace_id))",
    "limited by its only user": (
        "def _q(c):\n    return select(Lease).where(c)\n"
        "def find(s, w):\n    return s.scalars(_q(Lease.workspace_id == w))"
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", FINE.values(), ids=FINE.keys())
def test_a_limited_statement_passes(source: str) -> None:
    assert Module(source).unlimited() == []
