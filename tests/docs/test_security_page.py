"""The table of rights in docs/security.md is the one that the gate uses."""

from __future__ import annotations

from app.domain.principal import Role
from app.domain.scopes import Scope
from app.security.roles import ROLE_SCOPES, SCOPE_WORDS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "security.md"


def table() -> str:
    roles = [role for role in Role if role is not Role.GUEST]
    heads = [role.value.replace("_", " ") for role in roles]
    lines = [f"| may… | {' | '.join(heads)} |", "|---|" + ":-:|" * len(roles)]
    for scope in Scope:
        marks = ["●" if scope in ROLE_SCOPES[role] else " " for role in roles]
        lines.append(f"| {SCOPE_WORDS[scope]} | {' | '.join(marks)} |")
    return "\n".join(lines)


def test_the_table_of_rights_is_up_to_date() -> None:
    assert table() in PAGE.read_text(), f"put this into docs/security.md:\n{table()}"
