"""The figures that a company is run by."""

from __future__ import annotations

from app.digests.core.digest import Digest, Part

DIGEST = Digest(
    topic="kpi",
    title="KPI",
    parts=(
        Part("get_occupancy"),
        Part("get_kpi", {"metric": "noi"}),
        Part("get_kpi", {"metric": "average_rent"}),
        Part("get_kpi", {"metric": "delinquency_rate"}),
        Part("get_budget_variance"),
    ),
    questions=("Compare NOI across all communities", "Occupancy by community"),
)
