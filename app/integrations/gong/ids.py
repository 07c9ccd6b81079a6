"""Read-model ids of Gong's records."""

from __future__ import annotations

from typing import Final

SOURCE: Final = "gong"


def read_model_id(gong_id: str) -> str:
    """`gong:7782342274025937895`."""
    return f"{SOURCE}:{gong_id}"
