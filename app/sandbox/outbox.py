"""SMS and e-mail that would have been sent: what the stand-ins took, for the outbox page and for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

OutKind: TypeAlias = Literal["sms", "email"]


@dataclass(frozen=True, slots=True)
class OutMessage:
    """One message that was accepted. `html` is kept as text and never rendered as HTML."""

    id: str
    kind: OutKind
    at: float
    sender: str
    to: tuple[str, ...]
    body: str
    subject: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    html: str = ""
    reply_to: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    segments: int = 1
    tags: dict[str, str] = field(default_factory=dict[str, str])


class Outbox:
    """Keeps accepted messages in order. `on_change` is called after each."""

    def __init__(self, now: Callable[[], float], on_change: Callable[[], object] | None = None) -> None:
        self.now = now
        self.on_change = on_change
        self.messages: list[OutMessage] = []
        self.opted_out: set[str] = set()

    def accept(self, message: OutMessage) -> None:
        self.messages.append(message)
        if self.on_change is not None:
            self.on_change()
