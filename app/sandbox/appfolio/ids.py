"""The ids that the stand-in gives the portfolio's records: the same record has the same UUID every time."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from uuid import UUID, uuid5

Kind = Literal[
    "property",
    "unit",
    "tenant",
    "occupant",
    "occupancy",
    "lease",
    "work_order",
    "charge",
    "gl_account",
    "vendor",
    "user",
    "note",
]
_OURS = UUID("6f1c6ab0-6a57-4c55-9e0a-0f6f7a1d2c3b")


@lru_cache(maxsize=200_000)
def uuid_of(kind: Kind, number: int | str) -> str:
    """The UUID of a record by its number (or name) in the portfolio."""
    return str(uuid5(_OURS, f"{kind}-{number}"))
