"""Read-model ids of HubSpot's records."""

from __future__ import annotations

from typing import Final

from app.domain.errors import Fixable

SOURCE: Final = "hubspot"


def read_model_id(hubspot_id: str) -> str:
    """`hubspot:512`."""
    return f"{SOURCE}:{hubspot_id}"


def hubspot_id(read_model: str) -> str:
    """HubSpot's id behind a read-model id. Raises Fixable for a record of another system."""
    source, _, own = read_model.partition(":")
    if source != SOURCE or not own.isdecimal():
        raise Fixable(
            "That record doesn't belong to HubSpot, so I can't change it there.",
            code="record_of_another_system",
            detail=f"not a HubSpot id: {read_model[:60]}",
        )
    return own
