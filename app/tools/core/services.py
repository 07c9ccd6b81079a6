"""What tools reach besides the database: the systems of record and the ways out of the company.

Only protocols stand here; app/main.py gives the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.delivery import Delivery
from app.domain.principal import Principal

__all__ = ["Delivery", "MessageSender", "Services", "SystemOfRecord", "Systems"]


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


class SystemOfRecord(Protocol):
    """A property system that takes writes. `source` is its key in the read model ("entrata").

    Values are canonical (read-model ids, canonical enums), never vendor field names. Each write is followed by a
    read-back that updates the read model; the return value is the read-model id of the record.
    """

    source: str

    async def create_work_order(self, *, workspace_id: str, order: dict[str, Any], idempotency_key: str) -> str: ...

    async def update_work_order(
        self, *, workspace_id: str, work_order_id: str, changes: dict[str, Any], idempotency_key: str
    ) -> str: ...

    async def find_work_order(self, *, workspace_id: str, idempotency_key: str) -> str | None:
        """The read-model id of the work order that a lost create made, or None if it was not made."""
        ...


class Systems(Protocol):
    """Finds the system that owns a record. Raises NotAllowed with a sentence when it is read-only or not set up."""

    def of(self, source: str) -> SystemOfRecord: ...


@dataclass(frozen=True)
class Services:
    messages: MessageSender
    systems: Systems
