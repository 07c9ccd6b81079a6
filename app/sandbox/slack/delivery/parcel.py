"""One thing on its way to the app, the app's reply to it, and the line about it in the delivery log."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

ParcelKind: TypeAlias = Literal["events_api", "interactive", "slash_commands"]
RetryReason: TypeAlias = Literal[
    "http_timeout",
    "connection_failed",
    "ssl_error",
    "http_error",
    "too_many_redirects",
    "unknown_error",
    "timeout",
]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: an event, an interaction, or a slash command."""

    kind: ParcelKind
    name: str
    payload: dict[str, Any]
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back within the three seconds. `reason` says why it does not count as delivered."""

    delivered: bool
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    reason: str = ""
    status: int = 0
    no_retry: bool = False


class Transport(Protocol):
    """A way to the app."""

    @property
    def connected(self) -> bool: ...

    async def send(self, parcel: Parcel) -> Reply: ...


@dataclass(slots=True)
class Entry:
    """One line of the delivery log; `state` is what a person sees first."""

    id: int
    at: float
    kind: ParcelKind
    name: str
    payload: dict[str, Any]
    state: Literal["sending", "delivered", "retrying", "failed"] = "sending"
    attempts: int = 0
    reason: str = ""
    milliseconds: int = 0
    via: str = ""
