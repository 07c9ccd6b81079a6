"""Requests that wait for a person, and the proof that what is approved is what was shown.

Each row carries a signature over its tool, arguments, what the card said, requester, conversation and expiry; a row
that was changed behind Sophia's back no longer matches it. A request is decided once, by whoever is first.
Not for: carrying out what was approved (app/tools/core/execution.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.security import ApprovalRequest
from app.db.upsert import insert_or_ignore
from app.domain.answer import ApprovalCard, FieldChange
from app.domain.clock import Clock
from app.security.canonical import canonical, fingerprint
from app.security.keys import Signer

LIFETIME = timedelta(hours=24)


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"  # being carried out
    DECLINED = "declined"
    EXPIRED = "expired"
    EXECUTED = "executed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Shown:
    """What the card says about an action; part of what is signed."""

    title: str
    changes: tuple[FieldChange, ...]
    recipients: tuple[str, ...]
    consequence: str
    property_id: str | None
    editable: tuple[str, ...]
    approvers: str


@dataclass(frozen=True)
class Proposal:
    """An action as it is put to a person. `arguments` are plain JSON values."""

    tool: str
    arguments: dict[str, Any]
    shown: Shown


@dataclass(frozen=True)
class Asked:
    """Who asked for it, and where."""

    workspace_id: str
    requester_id: str
    conversation: str
    turn_id: str


class Approvals:
    """The store of requests. Every method works in the caller's transaction."""

    def __init__(self, signer: Signer, clock: Clock, *, lifetime: timedelta = LIFETIME) -> None:
        self._signer = signer
        self._clock = clock
        self._lifetime = lifetime

    async def open(self, session: AsyncSession, asked: Asked, proposal: Proposal) -> tuple[ApprovalRequest, bool]:
        """Stores a request; True when it is new. A turn that runs again after a crash finds its own request, and who
        asks for the same once more while it waits finds the one that waits: approving both would do it twice.
        """
        once = [asked.workspace_id, asked.requester_id, asked.conversation, asked.turn_id, proposal.tool]
        approval_id = "apr_" + self._signer.sign(canonical([*once, fingerprint(proposal.arguments)]))[:32]
        now = self._clock.now()
        row = ApprovalRequest(
            workspace_id=asked.workspace_id,
            id=approval_id,
            requester_id=asked.requester_id,
            conversation=asked.conversation,
            status=ApprovalStatus.PENDING,
            decided_by="",
            outcome="",
            created_at=now,
            expires_at=now + self._lifetime,
        )
        self._fill(row, proposal)
        if (waiting := await self._same_waiting(session, row)) is not None:
            return waiting, False
        values = {column.key: getattr(row, column.key) for column in ApprovalRequest.__table__.columns}
        if await insert_or_ignore(session, ApprovalRequest, values):
            return row, True
        existing = await self.load(session, asked.workspace_id, approval_id)
        if existing is None:
            raise LookupError(f"approval {approval_id} vanished")
        return existing, False

    async def _same_waiting(self, session: AsyncSession, row: ApprovalRequest) -> ApprovalRequest | None:
        found = await session.scalars(
            select(ApprovalRequest).where(
                ApprovalRequest.workspace_id == row.workspace_id,
                ApprovalRequest.status == ApprovalStatus.PENDING,
                ApprovalRequest.expires_at > self._clock.now(),
                ApprovalRequest.requester_id == row.requester_id,
                ApprovalRequest.tool == row.tool,
                ApprovalRequest.arguments == row.arguments,
                ApprovalRequest.preparation == row.preparation,
            )
        )
        return next((one for one in found if self.genuine(one)), None)

    async def load(self, session: AsyncSession, workspace_id: str, approval_id: str) -> ApprovalRequest | None:
        """The request as the database has it now."""
        return await session.get(ApprovalRequest, (workspace_id, approval_id), populate_existing=True)

    def genuine(self, row: ApprovalRequest) -> bool:
        """True when nothing that was shown or asked has been changed since."""
        return self._signer.accepts(_bound(row), row.binding)

    def expired(self, row: ApprovalRequest) -> bool:
        return self._clock.now() >= row.expires_at

    async def rebind(self, session: AsyncSession, row: ApprovalRequest, proposal: Proposal) -> bool:
        """Puts another proposal in a pending request's place. False when it is no longer pending as it was read."""
        old = row.binding
        changed = ApprovalRequest(
            **{column.key: getattr(row, column.key) for column in ApprovalRequest.__table__.columns}
        )
        self._fill(changed, proposal)
        values = {
            "arguments": changed.arguments,
            "title": changed.title,
            "preparation": changed.preparation,
            "binding": changed.binding,
        }
        done = await session.execute(
            update(ApprovalRequest)
            .where(
                ApprovalRequest.workspace_id == row.workspace_id,
                ApprovalRequest.id == row.id,
                ApprovalRequest.status == ApprovalStatus.PENDING,
                ApprovalRequest.binding == old,
            )
            .values(**values)
            .returning(ApprovalRequest.id)
            .execution_options(synchronize_session=False)
        )
        return done.one_or_none() is not None

    async def move(
        self,
        session: AsyncSession,
        row: ApprovalRequest,
        before: tuple[ApprovalStatus, ...],
        after: ApprovalStatus,
        **values: Any,
    ) -> bool:
        """Changes the status if it is still one of `before` and the request is as it was read.

        Of several at once exactly one gets True.
        """
        done = await session.execute(
            update(ApprovalRequest)
            .where(
                ApprovalRequest.workspace_id == row.workspace_id,
                ApprovalRequest.id == row.id,
                ApprovalRequest.status.in_(before),
                ApprovalRequest.binding == row.binding,
            )
            .values(status=after, **values)
            .returning(ApprovalRequest.id)
            .execution_options(synchronize_session=False)
        )
        return done.one_or_none() is not None

    async def overdue(self, session: AsyncSession) -> list[ApprovalRequest]:
        """Pending requests whose time is over, of all workspaces."""
        found = await session.scalars(
            select(ApprovalRequest)
            .where(ApprovalRequest.status == ApprovalStatus.PENDING, ApprovalRequest.expires_at <= self._clock.now())
            .limit(500)
        )
        return list(found)

    async def waiting_for(self, session: AsyncSession, workspace_id: str, requester_id: str) -> list[ApprovalRequest]:
        """A person's own requests that still wait, oldest first."""
        found = await session.scalars(
            select(ApprovalRequest)
            .where(
                ApprovalRequest.workspace_id == workspace_id,
                ApprovalRequest.requester_id == requester_id,
                ApprovalRequest.status == ApprovalStatus.PENDING,
                ApprovalRequest.expires_at > self._clock.now(),
            )
            .order_by(ApprovalRequest.created_at)
            .limit(50)
        )
        return list(found)

    def _fill(self, row: ApprovalRequest, proposal: Proposal) -> None:
        row.tool = proposal.tool
        row.arguments = canonical(proposal.arguments)
        row.title = proposal.shown.title[:200]
        row.preparation = canonical(proposal.shown)
        row.binding = self._signer.sign(_bound(row))


def proposal_of(row: ApprovalRequest) -> Proposal:
    """What a request proposes. Only meaningful for a genuine row."""
    shown = json.loads(row.preparation)
    return Proposal(
        tool=row.tool,
        arguments=json.loads(row.arguments),
        shown=Shown(
            title=shown["title"],
            changes=tuple(FieldChange(**change) for change in shown["changes"]),
            recipients=tuple(shown["recipients"]),
            consequence=shown["consequence"],
            property_id=shown["property_id"],
            editable=tuple(shown["editable"]),
            approvers=shown["approvers"],
        ),
    )


def card_of(approval_id: str, proposal: Proposal, expires_at: datetime) -> ApprovalCard:
    shown = proposal.shown
    return ApprovalCard(
        approval_id=approval_id,
        tool=proposal.tool,
        title=shown.title,
        changes=shown.changes,
        recipients=shown.recipients,
        consequence=shown.consequence,
        approvers=shown.approvers,
        expires_at=expires_at,
        editable=shown.editable,
    )


def _bound(row: ApprovalRequest) -> str:
    return canonical(
        [
            row.workspace_id,
            row.id,
            row.tool,
            fingerprint(row.arguments),
            fingerprint(row.preparation),
            row.requester_id,
            row.conversation,
            row.expires_at.isoformat(timespec="microseconds"),
        ]
    )
