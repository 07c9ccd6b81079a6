"""Read-model ids of Entrata's records."""

from __future__ import annotations

from typing import Final

from app.domain.errors import Fixable

SOURCE: Final = "entrata"


def read_model_id(entrata_id: str) -> str:
    """`entrata:900001`."""
    return f"{SOURCE}:{entrata_id}"


def entrata_id(read_model: str) -> int:
    """Entrata's number behind a read-model id. Raises Fixable for a record of another system."""
    source, _, own = read_model.partition(":")
    if source != SOURCE or not own.isdecimal():
        raise Fixable(
            "That record doesn't belong to Entrata, so I can't change it there.",
            code="record_of_another_system",
            detail=f"not an Entrata id: {read_model[:60]}",
        )
    return int(own)
