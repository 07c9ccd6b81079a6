"""The one way out for text messages and e-mail: each is written down before it leaves, and leaves once.

A message's row says `begun` before the provider is called. A repeat with the same key returns what became of it. When
the provider's answer is lost the row says `unknown`, and `find` reads back at the provider; only a provider that
honors the key itself is simply asked again. Not for: who may send (the gate), or providers' protocols
(app/integrations).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import structlog
from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.assistant import OutgoingMessage
from app.db.upsert import insert_or_ignore
from app.domain.clock import Clock
from app.domain.delivery import Delivery
from app.domain.errors import Fixable, NotAllowed, OutcomeUnknown, SophiaError
from app.domain.phone import MOST_CHARACTERS, e164
from app.domain.principal import Principal
from app.security.switches import Switches

LONGEST_SUBJECT = 300
LONGEST_EMAIL = 100_000  # characters
KEYS_ARE_HONORED_FOR = timedelta(hours=23)  # providers keep them for 24
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Message:
    """What goes out. `key` is its idempotency key; `to` is an E.164 number or an e-mail address."""

    kind: Literal["sms", "email"]
    key: str
    to: str
    body: str
    subject: str = ""


class Provider(Protocol):
    """A way out. `keyed`: it honors idempotency keys, so that sending the same message again is harmless."""

    name: str
    label: str  # for people
    keyed: bool

    async def send(self, message: Message) -> Delivery:
        """Raises NotAllowed, Fixable, RetryLater (not sent) or OutcomeUnknown."""
        ...

    async def find(self, message: Message, *, since: datetime, not_these: frozenset[str]) -> Delivery | None:
        """The message if it was sent since then; `not_these` are ids of others known to have been sent. Raises
        OutcomeUnknown when the provider can't tell."""
        ...


class OutgoingMessages:
    """The tools' MessageSender. A missing provider is a sentence when somebody wants to send, not at start."""

    def __init__(
        self, db: Database, clock: Clock, switches: Switches, *, sms: Provider | None, email: Provider | None
    ) -> None:
        self._db = db
        self._clock = clock
        self._switches = switches
        self._providers: dict[str, Provider | None] = {"sms": sms, "email": email}

    async def send_sms(self, *, sender: Principal, to: str, body: str, idempotency_key: str) -> Delivery:
        if not body.strip():
            raise Fixable("The text message is empty.", next_step="What should it say?", code="empty_message")
        if len(body) > MOST_CHARACTERS:
            raise Fixable(
                f"The text message is too long: {len(body):,} characters, and at most {MOST_CHARACTERS:,} fit.",
                next_step="Please shorten it, or send an email instead.",
                code="message_too_long",
            )
        return await self._send(sender, Message("sms", idempotency_key, e164(to), body))

    async def send_email(
        self, *, sender: Principal, to: str, subject: str, body: str, idempotency_key: str
    ) -> Delivery:
        address, line = to.strip(), " ".join(subject.split())
        if _ADDRESS.fullmatch(address) is None:
            raise Fixable(f"“{address[:60]}” isn't an email address.", code="bad_email_address")
        if not body.strip():
            raise Fixable("The email is empty.", next_step="What should it say?", code="empty_message")
        if len(body) > LONGEST_EMAIL or len(line) > LONGEST_SUBJECT:
            raise Fixable("The email is too long.", next_step="Please shorten it.", code="message_too_long")
        return await self._send(sender, Message("email", idempotency_key, address, body, line))

    async def find(self, *, workspace_id: str, idempotency_key: str) -> Delivery | None:
        """What became of a message whose answer was lost; None if it was certainly not sent.

        Raises OutcomeUnknown when nobody can tell.
        """
        row = await self._row(workspace_id, idempotency_key)
        if row is None or row.status == "failed":
            return None
        if row.status in ("queued", "sent"):
            return _delivery(row)
        message = _message(row)
        provider = self._provider(message.kind)
        if provider.name != row.provider:
            raise _cannot_tell(row.provider)
        if provider.keyed:
            await self._switches.require(workspace_id, f"integration:{provider.name}")
            return await self._again(row, provider, message)
        found = await provider.find(
            message, since=row.created_at, not_these=await self._known(workspace_id, provider.name, message.to)
        )
        if found is not None:
            await self._note(workspace_id, message.key, found.status, provider_id=found.message_id)
            return found
        if await self._note(workspace_id, message.key, "failed", only_from=row.status, error_code="not_found"):
            return None
        return await self.find(workspace_id=workspace_id, idempotency_key=idempotency_key)

    async def _send(self, sender: Principal, message: Message) -> Delivery:
        provider = self._provider(message.kind)
        await self._switches.require(sender.workspace_id, f"integration:{provider.name}")
        if not message.key:
            raise ValueError("a message without an idempotency key")
        if await self._begin(sender, provider, message):
            return await self._deliver(sender.workspace_id, provider, message)
        row = await self._row(sender.workspace_id, message.key)
        if row is None or _message(row) != message:
            raise ValueError("an idempotency key was used for two different messages")
        if row.status in ("queued", "sent"):
            return _delivery(row)
        if provider.keyed and provider.name == row.provider:
            return await self._again(row, provider, message)
        raise _cannot_tell(provider.label)

    async def _again(self, row: OutgoingMessage, provider: Provider, message: Message) -> Delivery:
        """Hands a message whose outcome is unknown to a keyed provider once more. A refusal of the repeat says nothing
        about the first time, so the outcome stays unknown. Raises OutcomeUnknown."""
        if self._clock.now() - row.created_at > KEYS_ARE_HONORED_FOR:
            raise _cannot_tell(provider.label)
        try:
            delivery = await provider.send(message)
        except SophiaError as refusal:
            await self._note(row.workspace_id, message.key, "unknown", only_from=row.status)
            raise _cannot_tell(provider.label) from refusal
        await self._note(row.workspace_id, message.key, delivery.status, provider_id=delivery.message_id)
        return delivery

    async def _begin(self, sender: Principal, provider: Provider, message: Message) -> bool:
        """True when this call is the one that sends: the first, or the next after a certain failure."""
        row = {
            "workspace_id": sender.workspace_id,
            "id": message.key,
            "kind": message.kind,
            "recipient": message.to,
            "subject": message.subject,
            "body": message.body,
            "provider": provider.name,
            "provider_id": "",
            "status": "begun",
            "error_code": "",
            "created_by": sender.user_id,
            "created_at": self._clock.now(),
        }
        async with self._db.transaction() as session:
            if await insert_or_ignore(session, OutgoingMessage, row):
                return True
            again = await session.execute(
                update(OutgoingMessage)
                .where(
                    OutgoingMessage.workspace_id == sender.workspace_id,
                    OutgoingMessage.id == message.key,
                    OutgoingMessage.status == "failed",
                    OutgoingMessage.recipient == message.to,
                )
                .values(**row)
                .returning(OutgoingMessage.id)
                .execution_options(synchronize_session=False)
            )
            return again.one_or_none() is not None

    async def _deliver(self, workspace_id: str, provider: Provider, message: Message) -> Delivery:
        """Hands a begun message to its provider and notes how that ended."""
        try:
            delivery = await provider.send(message)
        except OutcomeUnknown:
            await self._note(workspace_id, message.key, "unknown")
            raise
        except SophiaError as refusal:
            await self._note(workspace_id, message.key, "failed", error_code=refusal.code)
            raise
        await self._note(workspace_id, message.key, delivery.status, provider_id=delivery.message_id)
        _log.info("message_sent", kind=message.kind, provider=provider.name, id=delivery.message_id)
        return delivery

    async def _note(self, workspace_id: str, key: str, status: str, *, only_from: str = "", **values: str) -> bool:
        """False when nothing was noted because the status is no longer `only_from`."""
        there = [OutgoingMessage.workspace_id == workspace_id, OutgoingMessage.id == key]
        if only_from:
            there.append(OutgoingMessage.status == only_from)
        async with self._db.transaction() as session:
            noted = await session.execute(
                update(OutgoingMessage)
                .where(*there)
                .values(status=status, **values)
                .returning(OutgoingMessage.id)
                .execution_options(synchronize_session=False)
            )
            return noted.one_or_none() is not None

    async def _row(self, workspace_id: str, key: str) -> OutgoingMessage | None:
        async with self._db.reading() as session:
            return await session.get(OutgoingMessage, (workspace_id, key))

    async def _known(self, workspace_id: str, provider: str, to: str) -> frozenset[str]:
        """Provider's ids of messages to this recipient that belong to other rows."""
        async with self._db.reading() as session:
            found = await session.scalars(
                select(OutgoingMessage.provider_id).where(
                    OutgoingMessage.workspace_id == workspace_id,
                    OutgoingMessage.provider == provider,
                    OutgoingMessage.recipient == to,
                    OutgoingMessage.provider_id != "",
                )
            )
            return frozenset(found)

    def _provider(self, kind: str) -> Provider:
        provider = self._providers[kind]
        if provider is None:
            what, variables = (
                ("Text messages are", "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM")
                if kind == "sms"
                else ("Email is", "RESEND_API_KEY (or SENDGRID_API_KEY) and EMAIL_FROM")
            )
            raise NotAllowed(
                f"{what} not set up yet, so nothing was sent.",
                next_step=f"An administrator can set {variables}.",
                code="not_set_up",
            )
        return provider


def _message(row: OutgoingMessage) -> Message:
    kind: Literal["sms", "email"] = "sms" if row.kind == "sms" else "email"
    return Message(kind, row.id, row.recipient, row.body, row.subject)


def _delivery(row: OutgoingMessage) -> Delivery:
    return Delivery(row.provider, row.provider_id, "sent" if row.status == "sent" else "queued")


def _cannot_tell(provider: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"I can't tell whether {provider} sent this message.",
        next_step="Please have somebody check before it is sent again.",
        code="message_outcome_unknown",
    )
