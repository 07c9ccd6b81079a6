"""What each role may do, and the one pure rule that decides it. Deny is the default.

Not for: who holds a role (app/security/people.py), or which rows a person sees (the queries filter by property).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.principal import Principal, Role
from app.domain.scopes import Scope

_EVERYONE = frozenset({Scope.KNOWLEDGE_READ, Scope.TASKS_READ, Scope.TASKS_WRITE})
_LEASING_DESK = frozenset({Scope.LEASING_READ, Scope.LEASING_WRITE, Scope.RESIDENTS_READ, Scope.APPROVE_LEASING})
_MAINTENANCE_DESK = frozenset({Scope.MAINTENANCE_READ, Scope.MAINTENANCE_WRITE, Scope.APPROVE_MAINTENANCE})
_COLLECTIONS_DESK = frozenset(
    {Scope.COLLECTIONS_READ, Scope.COLLECTIONS_WRITE, Scope.NOTICES_WRITE, Scope.APPROVE_COLLECTIONS}
)
_CRM_DESK = frozenset({Scope.CRM_READ, Scope.CRM_WRITE, Scope.APPROVE_CRM})
_MESSAGES = frozenset({Scope.MESSAGES_SEND, Scope.APPROVE_MESSAGES})

ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.ADMIN: frozenset(Scope),
    Role.EXECUTIVE: frozenset(Scope) - {Scope.ADMIN},
    Role.PROPERTY_MANAGER: _EVERYONE
    | _LEASING_DESK
    | _MAINTENANCE_DESK
    | _COLLECTIONS_DESK
    | _MESSAGES
    | {Scope.PRICING_WRITE, Scope.FINANCE_READ, Scope.CRM_READ, Scope.DIGESTS_WRITE},
    Role.LEASING: _EVERYONE
    | _LEASING_DESK
    | _CRM_DESK
    | _MESSAGES
    | {Scope.MAINTENANCE_READ, Scope.MAINTENANCE_WRITE, Scope.APPROVE_MAINTENANCE},
    Role.MAINTENANCE: _EVERYONE | _MAINTENANCE_DESK | {Scope.LEASING_READ, Scope.RESIDENTS_READ, Scope.MESSAGES_SEND},
    Role.COLLECTIONS: _EVERYONE
    | _COLLECTIONS_DESK
    | _MESSAGES
    | {Scope.LEASING_READ, Scope.RESIDENTS_READ, Scope.FINANCE_READ, Scope.DIGESTS_WRITE},
    Role.SALES: _EVERYONE | _CRM_DESK | _MESSAGES | {Scope.LEASING_READ, Scope.DIGESTS_WRITE},
    Role.GUEST: frozenset(),
}

ROLE_WORDS: Mapping[Role, tuple[str, str]] = {  # one, many
    Role.ADMIN: ("an administrator", "administrators"),
    Role.EXECUTIVE: ("an executive", "executives"),
    Role.PROPERTY_MANAGER: ("a property manager", "property managers"),
    Role.LEASING: ("a leasing agent", "leasing agents"),
    Role.MAINTENANCE: ("a maintenance technician", "maintenance technicians"),
    Role.COLLECTIONS: ("a collections specialist", "collections specialists"),
    Role.SALES: ("a sales representative", "sales representatives"),
    Role.GUEST: ("a guest", "guests"),
}

SCOPE_WORDS: Mapping[Scope, str] = {  # "You may not …"
    Scope.LEASING_READ: "see units, leases and rent rolls",
    Scope.LEASING_WRITE: "change leasing records",
    Scope.PRICING_WRITE: "change rents",
    Scope.RESIDENTS_READ: "see residents",
    Scope.COLLECTIONS_READ: "see ledgers and balances",
    Scope.COLLECTIONS_WRITE: "change collections",
    Scope.NOTICES_WRITE: "serve notices",
    Scope.MAINTENANCE_READ: "see work orders",
    Scope.MAINTENANCE_WRITE: "change work orders",
    Scope.FINANCE_READ: "see invoices and budgets",
    Scope.CRM_READ: "see contacts, deals and calls",
    Scope.CRM_WRITE: "change contacts and deals",
    Scope.MESSAGES_SEND: "send text messages and email",
    Scope.KNOWLEDGE_READ: "search company documents",
    Scope.TASKS_READ: "see tasks",
    Scope.TASKS_WRITE: "create tasks and reminders",
    Scope.DIGESTS_WRITE: "schedule digests",
    Scope.DATA_IMPORT: "import data from files",
    Scope.USAGE_READ: "see usage and cost",
    Scope.SERVICES_READ: "see what the company's own services report",
    Scope.SERVICES_WRITE: "change things at the company's own services",
    Scope.APPROVE_LEASING: "approve leasing changes",
    Scope.APPROVE_COLLECTIONS: "approve collections and notices",
    Scope.APPROVE_MAINTENANCE: "approve maintenance work",
    Scope.APPROVE_CRM: "approve changes to contacts and deals",
    Scope.APPROVE_MESSAGES: "approve messages that leave the company",
    Scope.APPROVE_SERVICES: "approve changes at the company's own services",
    Scope.ADMIN: "change settings",
}


@dataclass(frozen=True)
class Decision:
    """`reason` says in one sentence why not (empty when allowed); `who_can_grant` says who can change that."""

    allowed: bool
    reason: str = ""
    who_can_grant: str = ""


def scopes_of(principal: Principal) -> frozenset[Scope]:
    """All the person's rights: the union over their roles."""
    return frozenset[Scope]().union(*(ROLE_SCOPES.get(role, frozenset()) for role in principal.roles))


def decide(principal: Principal, scope: Scope, property_id: str | None = None) -> Decision:
    """May this person do that, at that property? `property_id` None asks for no property in particular."""
    if not principal.roles - {Role.GUEST}:
        return Decision(
            allowed=False,
            reason="I can only help with company data for members of the team, and I don't have you on the team yet.",
            who_can_grant="Your administrator can add you.",
        )
    if scope not in scopes_of(principal):
        return Decision(
            allowed=False,
            reason=f"Your role does not let you {SCOPE_WORDS[scope]}.",
            who_can_grant=f"{_sentence_start(_many(roles_with(scope)))} can; an administrator can give you that right.",
        )
    if property_id is not None and not principal.sees_property(property_id):
        return Decision(
            allowed=False,
            reason="That property is not one of yours.",
            who_can_grant="An administrator can add it to your properties.",
        )
    return Decision(allowed=True)


def roles_with(*scopes: Scope) -> tuple[Role, ...]:
    """The roles that hold all these rights, without administrators, who hold every right."""
    return tuple(role for role in Role if role is not Role.ADMIN and ROLE_SCOPES[role].issuperset(scopes))


def who_may(*scopes: Scope) -> str:
    """For people: `a property manager or an executive`; `an administrator` when no other role may."""
    roles = roles_with(*scopes) or (Role.ADMIN,)
    return _joined([ROLE_WORDS[role][0] for role in roles], "or")


def _many(roles: Iterable[Role]) -> str:
    return _joined([ROLE_WORDS[role][1] for role in roles] or ["administrators"], "and")


def _joined(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]
