"""What tools reach besides the database: the systems of record and the ways out of the company.

Only protocols stand here; app/house.py gives the real ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.delivery import Delivery
from app.domain.errors import NotAllowed
from app.domain.importing import Imported
from app.domain.principal import Principal
from app.integrations.writing import RecordKind, RecordSystem
from app.knowledge.passages import Sight
from app.knowledge.search import Findings

__all__ = ["Delivery", "Documents", "Imports", "MessageSender", "Services", "Systems"]


class MessageSender(Protocol):
    """Sends text messages and e-mail. `idempotency_key` makes a repeat harmless; `sender` is the person in whose name
    it goes out, and names the workspace.

    Raises NotAllowed (opted out, blocked), Fixable (bad number or address), RetryLater (not sent, try again) or
    OutcomeUnknown (may have been sent).
    """

    async def send_sms(self, *, sender: Principal, to: str, body: str, idempotency_key: str) -> Delivery: ...

    async def send_email(
        self, *, sender: Principal, to: str, subject: str, body: str, idempotency_key: str
    ) -> Delivery: ...

    async def find(self, *, workspace_id: str, idempotency_key: str) -> Delivery | None:
        """What became of a message whose answer was lost: the delivery, or None if it was not sent.

        For a tool's `reconcile`. Raises OutcomeUnknown when the provider cannot tell.
        """
        ...


class Systems(Protocol):
    """Finds the system that owns a record. Raises NotAllowed with a sentence when it takes no such
    records or is not set up."""

    def of(self, source: str, kind: RecordKind) -> RecordSystem: ...

    def keeper(self, kind: RecordKind, source: str = "") -> RecordSystem:
        """The system that new records of a kind are made in; with a `source` that one, if it takes them. Where none
        does, Sophia's own register."""
        ...


class Documents(Protocol):
    """Searches the company's documents among those a sight may see. Raises RetryLater when they can't be reached."""

    async def find(self, sight: Sight, question: str) -> Findings: ...


class Imports(Protocol):
    """Takes spreadsheets of property data in that people shared. Both raise NotAllowed (not theirs to import) and
    Fixable (nothing of the file can be taken)."""

    async def try_out(self, person: Principal, file_id: str, community: str) -> Imported:
        """What importing the file would do; changes nothing. `community` is all rows' one, "" when the file says."""
        ...

    async def take(self, person: Principal, file_id: str, sha256: str, community: str) -> Imported:
        """Imports the file of that digest. The same file once more changes nothing."""
        ...


class NoImports:
    """Where there is no Slack, nobody shares files."""

    async def try_out(self, person: Principal, file_id: str, community: str) -> Imported:
        raise NotAllowed("I can't get at shared files here.", next_step="`sophia import` takes files in.")

    async def take(self, person: Principal, file_id: str, sha256: str, community: str) -> Imported:
        return await self.try_out(person, file_id, community)


ChannelsOf = Callable[[Principal], Awaitable[frozenset[str]]]
"""Which channels a person is in; what was shared there is theirs to find."""


async def no_channels(principal: Principal) -> frozenset[str]:
    """Where there is no Slack, nobody is in a channel."""
    return frozenset()


@dataclass(frozen=True)
class Services:
    messages: MessageSender
    systems: Systems
    documents: Documents
    channels_of: ChannelsOf = no_channels
    imports: Imports = field(default_factory=NoImports)
