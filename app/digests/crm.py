"""Deals under way, and what was left undone."""

from __future__ import annotations

from app.digests.core.digest import Digest, Part

DIGEST = Digest(
    topic="crm",
    title="CRM",
    parts=(
        Part("search_deals"),
        Part("list_tasks", {"status": "overdue"}),
    ),
    questions=("Show me the open deals", "Which tasks are overdue?"),
)
