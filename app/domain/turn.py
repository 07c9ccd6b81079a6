"""One turn: what a person said, where, and what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.domain.principal import Principal, Surface


@dataclass(frozen=True)
class ToolCallRecord:
    """A call made in an earlier turn of the thread: enough to resolve follow-ups, not the result's rows."""

    name: str
    arguments: dict[str, object]


@dataclass(frozen=True)
class Remark:
    """One earlier message of the thread. `trusted` is False for other people's and other bots' words."""

    speaker: Literal["person", "sophia", "other"]
    text: str
    name: str = ""
    calls: tuple[ToolCallRecord, ...] = ()
    trusted: bool = True


@dataclass(frozen=True)
class Attachment:
    """A file that came with the message. Its content is untrusted data."""

    file_id: str
    name: str
    mimetype: str
    size: int  # bytes


@dataclass(frozen=True)
class Conversation:
    """Where to answer. `thread` is the root message's id; `private` is True for direct messages."""

    channel: str
    thread: str
    private: bool = True


@dataclass(frozen=True)
class Turn:
    """Everything the agent needs to know about one request."""

    turn_id: str
    principal: Principal
    text: str
    surface: Surface
    conversation: Conversation
    received_at: datetime  # aware, UTC
    history: tuple[Remark, ...] = ()
    attachments: Sequence[Attachment] = field(default_factory=tuple)


class TurnProgress(Protocol):
    """How a running turn tells its surface what it is doing. Every call may be ignored by a surface."""

    async def status(self, text: str) -> None:
        """A short line such as `Checking the rent roll…`."""
        ...

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        """A tool call starts or ends; `key` stays the same for both."""
        ...

    async def delta(self, text: str) -> None:
        """The next piece of the answer's text."""
        ...

    async def personal(self) -> None:
        """From now on the text may tell of persons: it is not for everybody who can see the place of the question."""
        ...


class SilentProgress:
    """A surface that shows nothing while the turn runs."""

    async def status(self, text: str) -> None:
        return None

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        return None

    async def delta(self, text: str) -> None:
        return None

    async def personal(self) -> None:
        return None
