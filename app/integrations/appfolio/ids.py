"""Read-model ids of AppFolio's records."""

from __future__ import annotations

from typing import Final

from app.domain.errors import Fixable

SOURCE: Final = "appfolio"


def read_model_id(appfolio_id: str) -> str:
    """`appfolio:0f8fad5b-d9cb-469f-a165-70867728950e`."""
    return f"{SOURCE}:{appfolio_id}"


def appfolio_id(read_model: str) -> str:
    """AppFolio's own id behind a read-model id. Raises Fixable for a record of another system."""
    source, _, own = read_model.partition(":")
    if source != SOURCE or not own:
        raise Fixable(
            "That record doesn't belong to AppFolio, so I can't change it there.",
            code="record_of_another_system",
            detail=f"not an AppFolio id: {read_model[:60]}",
        )
    return own
