"""What is broken, first what is urgent."""

from __future__ import annotations

from app.digests.core.digest import Digest, Part

DIGEST = Digest(
    topic="maintenance",
    title="Maintenance",
    parts=(
        Part("list_work_orders", {"priority": "emergency"}),
        Part("list_work_orders"),
        Part("list_work_orders", {"status": "on_hold"}),
    ),
    questions=("Show me the emergency work orders", "Which work orders are on hold?"),
)
