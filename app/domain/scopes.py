"""The rights a tool can ask for. Roles are mapped to scopes in app/security/roles.py."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """`<area>:<what>`. Reading and writing are separate; APPROVE_* lets a person approve other people's actions."""

    LEASING_READ = "leasing:read"
    LEASING_WRITE = "leasing:write"
    PRICING_WRITE = "pricing:write"
    RESIDENTS_READ = "residents:read"
    COLLECTIONS_READ = "collections:read"
    COLLECTIONS_WRITE = "collections:write"
    NOTICES_WRITE = "notices:write"
    MAINTENANCE_READ = "maintenance:read"
    MAINTENANCE_WRITE = "maintenance:write"
    FINANCE_READ = "finance:read"
    CRM_READ = "crm:read"
    CRM_WRITE = "crm:write"
    MESSAGES_SEND = "messages:send"
    KNOWLEDGE_READ = "knowledge:read"
    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    DIGESTS_WRITE = "digests:write"
    DATA_IMPORT = "data:import"
    USAGE_READ = "usage:read"
    SERVICES_READ = "services:read"
    SERVICES_WRITE = "services:write"
    APPROVE_LEASING = "approve:leasing"
    APPROVE_COLLECTIONS = "approve:collections"
    APPROVE_MAINTENANCE = "approve:maintenance"
    APPROVE_CRM = "approve:crm"
    APPROVE_MESSAGES = "approve:messages"
    APPROVE_SERVICES = "approve:services"
    ADMIN = "admin"
