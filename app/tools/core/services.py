"""What tools reach besides the database: the systems of record and the ways out of the company.

Only protocols stand here; app/main.py gives the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Delivery:
    """What a message provider said: its id for the message and whether it took it."""

    provider: str
    message_id: str
    status: Literal["queued", "sent"]


class MessageSender(Protocol):
    """Sends text messages and e-mail. `idempotency_key` makes a repeat harmless.

    Raises NotAllowed (opted out, blocked), Fixable (bad number or address), RetryLater (not sent, try again) or
    OutcomeUnknown (may have been sent).
    """

    async def send_sms(self, *, to: str, body: str, idempotency_key: str) -> Delivery: ...

    async def send_email(self, *, to: str, subject: str, body: str, idempotency_key: str) -> Delivery: ...


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
