"""Rights are a table: every role against every scope, deny by default, with a reason a person understands."""

from __future__ import annotations

import itertools

import pytest

from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.domain.scopes import Scope
from app.security.roles import ROLE_SCOPES, ROLE_WORDS, SCOPE_WORDS, decide, scopes_of, who_may

# A letter for each right, so that a change of anybody's rights is seen in review.
ORDER = list(Scope)
EXPECTED = {
    "admin": "leasing:read leasing:write pricing:write residents:read collections:read collections:write "
    "notices:write maintenance:read maintenance:write finance:read crm:read crm:write messages:send knowledge:read "
    "tasks:read tasks:write digests:write data:import usage:read services:read services:write approve:leasing "
    "approve:collections approve:maintenance approve:crm approve:messages approve:services admin",
    "executive": "leasing:read leasing:write pricing:write residents:read collections:read collections:write "
    "notices:write maintenance:read maintenance:write finance:read crm:read crm:write messages:send knowledge:read "
    "tasks:read tasks:write digests:write data:import usage:read services:read services:write approve:leasing "
    "approve:collections approve:maintenance approve:crm approve:messages approve:services",
    "property_manager": "leasing:read leasing:write pricing:write residents:read collections:read collections:write "
    "notices:write maintenance:read maintenance:write finance:read crm:read messages:send knowledge:read tasks:read "
    "tasks:write digests:write approve:leasing approve:collections approve:maintenance approve:messages",
    "leasing": "leasing:read leasing:write residents:read maintenance:read maintenance:write crm:read crm:write "
    "messages:send knowledge:read tasks:read tasks:write approve:leasing approve:maintenance approve:crm "
    "approve:messages",
    "maintenance": "leasing:read residents:read maintenance:read maintenance:write messages:send knowledge:read "
    "tasks:read tasks:write approve:maintenance",
    "collections": "leasing:read residents:read collections:read collections:write notices:write finance:read "
    "messages:send knowledge:read tasks:read tasks:write digests:write approve:collections approve:messages",
    "sales": "leasing:read crm:read crm:write messages:send knowledge:read tasks:read tasks:write digests:write "
    "approve:crm approve:messages",
    "guest": "",
}


def person(*roles: Role, properties: frozenset[str] | None = None) -> Principal:
    return Principal(WorkspaceId("T1"), UserId("U1"), "Pat", frozenset(roles), properties)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_exactly_its_rights(role: Role) -> None:
    assert {scope.value for scope in ROLE_SCOPES[role]} == set(EXPECTED[role.value].split())


@pytest.mark.parametrize(("role", "scope"), list(itertools.product(Role, Scope)))
def test_a_decision_follows_the_table_and_a_refusal_says_why_and_who(role: Role, scope: Scope) -> None:
    decision = decide(person(role), scope)
    assert decision.allowed == (scope in ROLE_SCOPES[role])
    if not decision.allowed:
        assert decision.reason.endswith(".")
        assert "dministrator" in decision.who_can_grant
        assert scope.value not in decision.reason, "people get words, not scopes"


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(decide(person(), scope).allowed for scope in Scope)


def test_a_role_that_nobody_defined_gives_no_rights() -> None:
    stranger = Principal(WorkspaceId("T1"), UserId("U1"), "Pat", frozenset({"owner"}))  # type: ignore[arg-type]
    assert not any(decide(stranger, scope).allowed for scope in Scope)


def test_rights_of_several_roles_add_up() -> None:
    both = person(Role.SALES, Role.MAINTENANCE)
    assert scopes_of(both) == ROLE_SCOPES[Role.SALES] | ROLE_SCOPES[Role.MAINTENANCE]
    assert scopes_of(person(Role.GUEST, Role.SALES)) == ROLE_SCOPES[Role.SALES]


def test_a_right_ends_at_the_property_line() -> None:
    manager = person(Role.PROPERTY_MANAGER, properties=frozenset({"maple"}))
    assert decide(manager, Scope.PRICING_WRITE, "maple").allowed
    refused = decide(manager, Scope.PRICING_WRITE, "oak")
    assert not refused.allowed
    assert refused.reason == "That property is not one of yours."
    assert decide(person(Role.EXECUTIVE), Scope.PRICING_WRITE, "oak").allowed


def test_every_role_and_right_has_words_for_people() -> None:
    assert set(ROLE_WORDS) == set(Role)
    assert set(SCOPE_WORDS) == set(Scope)
    assert who_may(Scope.ADMIN) == "an administrator"
    assert who_may(Scope.APPROVE_CRM) == "an executive, a leasing agent or a sales representative"
