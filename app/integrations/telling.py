"""Systems that tell of changes by themselves: a connector that does this checks what was delivered, names the records,
and reads one again. What is delivered is never believed beyond that: it says where to look, not what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.integrations.base import ConnectorSpec, Page


@dataclass(frozen=True)
class Delivered:
    """A request as it came. Header names are in lower case."""

    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """A record of a resource that changed. `key` names the event: the same one delivered again has the same key."""

    key: str
    resource: str
    record_id: str


@runtime_checkable
class Telling(Protocol):
    """A connector whose system tells of changes."""

    @property
    def spec(self) -> ConnectorSpec: ...

    async def told(self, delivered: Delivered) -> tuple[Told, ...]:
        """The records that changed. Raises NotAllowed for what the system did not send, sent too long ago, or is not
        set up to send, Fixable for what can't be read, RetryLater when that can't be told right now."""
        ...

    async def reread(self, resource: str, record_id: str) -> Page:
        """The record as it is now; one that is no more is among the page's `gone`. Raises SophiaErrors."""
        ...
