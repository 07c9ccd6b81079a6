"""How full the communities are, what can be let, and who stays."""

from __future__ import annotations

from app.digests.core.digest import Digest, Part

DIGEST = Digest(
    topic="leasing",
    title="Leasing",
    parts=(
        Part("get_occupancy"),
        Part("search_available_units"),
        Part("list_tours"),
        Part("list_lease_expirations"),
        Part("get_kpi", {"metric": "renewal_rate"}),
    ),
    questions=("Which units are available now?", "Which leases end in the next 60 days?"),
)
