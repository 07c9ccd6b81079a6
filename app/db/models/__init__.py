"""Every table, by domain. Importing this package registers them all on `Base.metadata` (Alembic needs that)."""

from app.db.models import (
    assistant,
    business,
    finance,
    identity,
    knowledge,
    leasing,
    maintenance,
    property,
    runtime,
    security,
    spending,
    sync,
)
from app.db.models.base import Base

__all__ = [
    "Base",
    "assistant",
    "business",
    "finance",
    "identity",
    "knowledge",
    "leasing",
    "maintenance",
    "property",
    "runtime",
    "security",
    "spending",
    "sync",
]
