"""Records of the business side that are searched like documents: what was said on a call, what somebody noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class WrittenRecord:
    """One record as it is searched and cited. `id` is its document id (`call:gong:7782…`), `text` of a call are
    `[mm:ss] Speaker: words` lines. All of it is untrusted text. `readers` are reader tokens (app/knowledge/passages):
    exactly those who may read the record in the read model."""

    id: str
    kind: Literal["call", "note"]
    title: str
    text: str
    dated: datetime
    readers: frozenset[str]
    link: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of such a record without its text: who may read it, and when its source last confirmed it."""

    readers: frozenset[str]
    as_of: datetime
