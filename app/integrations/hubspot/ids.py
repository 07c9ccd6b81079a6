"""Read-model ids of HubSpot's records, and the mark on those that Sophia made."""

from __future__ import annotations

import hashlib
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


def mark_of(workspace_id: str, idempotency_key: str) -> str:
    """The mark that goes behind a text: HubSpot takes no idempotency key, so the key must be readable back."""
    digest = hashlib.sha256(f"{workspace_id}\n{idempotency_key}".encode()).hexdigest()
    return f"[ref {digest[:12]}]"
