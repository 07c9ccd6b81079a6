"""Closes requests that wait, without any action, and says of closed ones what became of them.

Not for: carrying out an action (app/tools/core/execution.py).
"""

from __future__ import annotations

from app.db.models.security import ApprovalRequest
from app.domain.principal import Principal
from app.security.approvals import ApprovalStatus
from app.security.audit import AuditEvent
from app.security.people import principal_of
from app.security.safeguards import Safeguards
from app.tools.core.execution import Workbench, status_sentence
from app.tools.core.outcomes import Decision

NOT_THERE = Decision(
    status="refused", sentence="I can't find that request any more. Please ask me again for what you need."
)


class Closing:
    def __init__(self, bench: Workbench, safeguards: Safeguards) -> None:
        self._bench = bench
        self._safeguards = safeguards

    async def close(
        self, row: ApprovalRequest, status: ApprovalStatus, by: Principal | None, action: str, sentence: str
    ) -> bool:
        """Ends a pending request. False when it was decided in the meantime."""
        who = by.user_id if by is not None else ""
        event = AuditEvent(
            workspace_id=row.workspace_id,
            actor=who or "sophia",
            action=action,
            subject=row.id,
            detail={"tool": row.tool, "requester": row.requester_id},
        )
        async with self._bench.db.transaction() as session:
            moved = await self._safeguards.approvals.move(
                session,
                row,
                (ApprovalStatus.PENDING,),
                status,
                decided_by=who,
                decided_at=self._bench.clock.now(),
                outcome=sentence,
            )
            if moved:
                await self._safeguards.audit.append_in(session, event)
        return moved

    async def expire(self, row: ApprovalRequest) -> Decision:
        """The request's time is over; when somebody was faster, what they decided."""
        sentence = "This request has expired. Please ask me again."
        if await self.close(row, ApprovalStatus.EXPIRED, None, "approval.expired", sentence):
            return Decision(status="expired", sentence=sentence)
        return await self.found_closed(row)

    async def found_closed(self, row: ApprovalRequest) -> Decision:
        """Somebody else's click came first: what it led to, as the database has it now."""
        async with self._bench.db.reading() as session:
            current = await self._safeguards.approvals.load(session, row.workspace_id, row.id)
        return NOT_THERE if current is None else await self.told(current)

    async def told(self, row: ApprovalRequest) -> Decision:
        """What became of a request that is no longer pending."""
        decider = await principal_of(self._bench.db, row.workspace_id, row.decided_by) if row.decided_by else None
        status, sentence = status_sentence(row, decider.name if decider is not None else "")
        return Decision(status=status, sentence=sentence, decided_by=row.decided_by)
