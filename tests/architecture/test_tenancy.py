"""Every query of the read model names its workspace.

Read from the source, not from a run: a function that builds a statement must itself limit it to a workspace (compare
a `workspace_id`, or use `visible(…)` or an area's `rows(…)`), or be handed its condition by functions that do. The
latter is believed of functions private to their module and of those that take a `ColumnElement[bool]`.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("app/portfolio", "app/tools", "app/imports")
HOUSEKEEPING = ("app/agent", "app/gateways", "app/integrations", "app/runtime", "app/security", "app/cli", "handlers")
STATEMENTS = {"select", "update", "delete"}  # `exists()` belongs to the statement around it
LIMITS = {"visible", "rows"}
CONDITION = "ColumnElement[bool]"


class Sources:
    """The functions of some modules: which build statements, which limit them, who uses whom."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.blocks: dict[tuple[str, str], ast.AST] = {}
        for module, source in sources.items():
            for node in ast.parse(source).body:
                self._add(module, node)

    def _add(self, module: str, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                self._add(module, part)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.blocks[module, node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            self.blocks[module, node.targets[0].id] = node  # a statement that is built once
        else:
            self.blocks[module, f"line {node.lineno}"] = node

    def unlimited(self, module: str) -> list[str]:
        """The functions of a module that build a statement without naming a workspace."""
        return [
            name
            for (here, name), block in self.blocks.items()
            if here == module and _builds(block) and not self._is_limited((here, name), set())
        ]

    def _is_limited(self, key: tuple[str, str], seen: set[tuple[str, str]]) -> bool:
        block, (module, name) = self.blocks[key], key
        if _limits(block) or any(_mentions(block, helper) for helper in self._helpers(module)):
            return True
        if key in seen or not (name.startswith("_") or _takes_condition(block)):
            return False
        users = [
            user
            for user, other in self.blocks.items()
            if user != key and _mentions(other, name) and (user[0] == module or not name.startswith("_"))
        ]
        return bool(users) and all(self._is_limited(user, seen | {key}) for user in users)

    def _helpers(self, module: str) -> list[str]:
        """The module's functions that only make the condition, for others to use."""
        return [name for (here, name), block in self.blocks.items() if here == module and _only_limits(block)]


def _only_limits(block: ast.AST) -> bool:
    if not isinstance(block, ast.FunctionDef) or not _limits(block):
        return False
    returned = ast.unparse(block.returns) if block.returns else ""
    return returned == CONDITION or not _builds(block)


def _takes_condition(block: ast.AST) -> bool:
    if not isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return any(given.annotation and ast.unparse(given.annotation) == CONDITION for given in block.args.args)


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


@cache
def project() -> Sources:
    paths = sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py"))
    return Sources({str(path.relative_to(ROOT)): path.read_text() for path in paths})


@pytest.mark.parametrize("module", sorted({module for module, _ in project().blocks}))
def test_every_statement_names_its_workspace(module: str) -> None:
    assert project().unlimited(module) == []


ACROSS_WORKSPACES = {
    "app/gateways/money/budgets.py": {"all"},  # every budget, held in memory
    "app/gateways/money/holdings.py": {"_sweep", "_taken"},  # ended leases; (workspace, id) pairs of many callers
    "app/runtime/deliveries.py": {"_KNOWN", "_NOTE"},  # by (workspace, id) pairs of many callers
    "app/runtime/entries.py": {
        "_TAKE",  # by (workspace, id) pairs that were chosen taking turns among workspaces
        "_SOME_WAIT",  # whether to look again
        "held_by",  # by executor
        "to_stop",  # by executor
        "forget_before",  # old entries
        "_set",  # by (workspace, id) pairs
    },
    "app/runtime/presence.py": {"others"},  # executors serve all workspaces
    "app/runtime/reminders.py": {"collect"},  # what is due, each stored under its own workspace
    "app/security/approvals.py": {"overdue"},
    "app/security/audit.py": {"workspaces"},  # lists the chains, to anchor each
    "app/security/budget.py": {"_prune"},  # counters of past windows
    "app/security/journal.py": {"left_begun"},  # writes whose end was never recorded
    "app/security/secrets.py": {"rewrap"},  # after a rotation of the key
    "app/security/switches.py": {"_current"},  # what is off anywhere, held in memory
}
"""Housekeeping (docs/adr/0011): a new one is a decision."""


def test_what_crosses_workspaces_is_on_the_list_and_nothing_else() -> None:
    paths = sorted(path for place in HOUSEKEEPING for path in (ROOT / place).rglob("*.py"))
    sources = Sources({str(path.relative_to(ROOT)): path.read_text() for path in paths})
    modules = {module for module, _ in sources.blocks}
    crossing = {module: set(names) for module in modules if (names := sources.unlimited(module))}
    assert crossing == ACROSS_WORKSPACES


LEAKS = {
    "without any condition": "def find(s):\n    return s.scalars(select(Lease))",
    "by id alone": "def find(s, i):\n    return s.scalars(select(Lease).where(Lease.id == i))",
    "only joined to itself": (
        "def find(s):\n    return s.scalars(select(Lease).join(Unit, Unit.workspace_id == Lease.workspace_id))"
    ),
    "private but nobody limits it": "def _q():\n    return select(Lease)\ndef find(s):\n    return s.scalars(_q())",
    "an update": "def change(s, i):\n    return s.execute(update(Lease).where(Lease.id == i))",
    "public and handed nothing": "def q():\n    return select(L)\ndef find(s, p):\n    return q(visible(p, L))",
    "handed a condition by someone who has none": (
        "def q(c: ColumnElement[bool]):\n    return select(Lease).where(c)\ndef find(s):\n    return q(Lease.id == 1)"
    ),
    "in a method": "class A:\n    def find(self, s):\n        return s.scalars(select(Lease))",
}


@pytest.mark.parametrize("source", LEAKS.values(), ids=LEAKS.keys())
def test_a_statement_over_all_workspaces_is_found(source: str) -> None:
    assert Sources({"m": source}).unlimited("m") != []


FINE = {
    "visible": "def find(s, p):\n    return s.scalars(select(Lease).where(visible(p, Lease)))",
    "compared": "def find(s, w):\n    return s.scalars(select(Lease).where(Lease.workspace_id == w))",
    "a row's own": "def find(s, r):\n    return s.scalars(select(Unit).where(Unit.workspace_id == r.workspace_id))",
    "handed a condition": (
        "def q(c: ColumnElement[bool]):\n    return select(L).where(c)\ndef find(s, p):\n    return q(visible(p, L))"
    ),
    "limited by its only user": (
        "def _q(c):\n    return select(Lease).where(c)\n"
        "def find(s, w):\n    return s.scalars(_q(Lease.workspace_id == w))"
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", FINE.values(), ids=FINE.keys())
def test_a_limited_statement_passes(source: str) -> None:
    assert Sources({"m": source}).unlimited("m") == []
