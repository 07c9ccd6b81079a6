"""What is owed."""

from __future__ import annotations

from app.digests.core.digest import Digest, Part

DIGEST = Digest(
    topic="collections",
    title="Collections",
    parts=(
        Part("get_kpi", {"metric": "delinquency_rate"}),
        Part("list_delinquent_residents"),
    ),
    questions=("Who is more than 30 days past due?", "How did delinquency develop this year?"),
)
