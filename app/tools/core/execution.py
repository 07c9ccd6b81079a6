"""Carries out an approved action exactly once, and finds out what happened when its answer is lost.

The journal says `begun` before the tool runs. What the tool then raises decides: nothing happened (it may be tried
again), or nobody knows (it is looked up, never repeated blindly). Not for: who may approve (app/tools/core/gate.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from app.db.engine import Database
from app.db.models.security import ApprovalRequest
from app.domain.clock import Clock, Ids
from app.domain.errors import Bug, OutcomeUnknown, RetryLater, SophiaError
from app.domain.principal import Principal
from app.security import journal
from app.security.approvals import ApprovalStatus, Proposal, card_of, proposal_of
from app.security.audit import AuditEvent
from app.security.journal import ActionState, Attempt
from app.security.safeguards import Safeguards
from app.tools.core.complaints import checked
from app.tools.core.outcomes import Decision, DecisionStatus, Done
from app.tools.core.registry import AnyTool
from app.tools.core.services import Services
from app.tools.core.tool import ROWS_CARRIED, Presentation, ToolContext, ToolOutput

_log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long things may take, in seconds. `read_back_after` are the pauses before each look for a lost write."""

    read: float = 20.0
    prepare: float = 20.0
    write: float = 60.0
    read_back_after: tuple[float, ...] = (0.0, 2.0)

    @property
    def surely_over(self) -> timedelta:
        """After this long nobody can still be carrying out a write that was begun, or looking for it."""
        looks = len(self.read_back_after)
        return timedelta(seconds=(1 + looks) * self.write + sum(self.read_back_after) + 60)


@dataclass(frozen=True)
class Workbench:
    """What tools work with."""

    db: Database
    clock: Clock
    ids: Ids
    services: Services

    def context(self, principal: Principal, *, idempotency_key: str = "", rows: int = ROWS_CARRIED) -> ToolContext:
        return ToolContext(
            principal=principal,
            clock=self.clock,
            ids=self.ids,
            db=self.db,
            services=self.services,
            idempotency_key=idempotency_key,
            rows=rows,
        )


@dataclass(frozen=True)
class Begun:
    """An action that was approved and whose journal row says `begun`, since `begun_at`."""

    row: ApprovalRequest
    begun_at: datetime
    decided_by: str

    @property
    def attempt(self) -> Attempt:
        return Attempt(self.row.workspace_id, self.key, self.begun_at)

    @property
    def key(self) -> str:
        """The idempotency key of the action: one for each request, whatever happens."""
        return self.row.id

    @property
    def proposal(self) -> Proposal:
        return proposal_of(self.row)


@dataclass(frozen=True)
class Approved(Begun):
    """It runs in the requester's name."""

    tool: AnyTool
    requester: Principal


class Execution:
    def __init__(self, bench: Workbench, safeguards: Safeguards, patience: Patience) -> None:
        self._bench = bench
        self._safeguards = safeguards
        self._patience = patience

    async def carry_out(self, approved: Approved) -> Decision:
        """Runs the tool and records how it ended. Raises nothing that a tool raised."""
        tool = approved.tool
        context = self._bench.context(approved.requester, idempotency_key=approved.key)
        arguments = checked(tool.args, approved.proposal.arguments)
        try:
            async with asyncio.timeout(self._patience.write):
                result = await tool.run(context, arguments)
        except (OutcomeUnknown, Bug, TimeoutError) as lost:
            _log.warning("write_outcome_lost", tool=tool.name, approval=approved.key, why=str(lost))
            return await self.find_out(approved)
        except SophiaError as refusal:
            return await self._did_not_happen(approved, refusal)
        except Exception:
            _log.exception("write_failed_unexpectedly", tool=tool.name, approval=approved.key)
            return await self.find_out(approved)
        return await self._happened(approved, arguments, result)

    async def find_out(self, approved: Approved) -> Decision:
        """Reads back a write whose outcome is unknown: it happened, it did not, or a person must look."""
        tool = approved.tool
        context = self._bench.context(approved.requester, idempotency_key=approved.key)
        if tool.reconcile is None:
            return await self.nobody_knows(approved)
        try:
            arguments = checked(tool.args, approved.proposal.arguments)
            for pause in self._patience.read_back_after:
                await asyncio.sleep(pause)
                async with asyncio.timeout(self._patience.write):
                    result = await tool.reconcile(context, arguments)
                if result is not None:
                    return await self._happened(approved, arguments, result)
        except Exception as failure:
            _log.warning("read_back_failed", tool=tool.name, approval=approved.key, exc_info=failure)
            return await self.nobody_knows(approved)
        missing = RetryLater(
            f"The answer got lost, so I looked it up: “{approved.row.title}” did not go through.",
            next_step="You can approve it once more.",
            code="did_not_go_through",
        )
        return await self._did_not_happen(approved, missing)

    async def _happened(self, approved: Approved, arguments: Any, result: ToolOutput) -> Decision:
        presentation = self._presented(approved, arguments, result)
        await self._record(approved, ActionState.DONE, ApprovalStatus.EXECUTED, presentation.text)
        return Decision(
            status="executed",
            sentence=presentation.text,
            outcome=Done(approved.tool, approved.proposal.arguments, result, presentation),
            decided_by=approved.decided_by,
        )

    async def _did_not_happen(self, approved: Approved, refusal: SophiaError) -> Decision:
        """Final, unless trying again may help: then the request waits once more."""
        again = isinstance(refusal, RetryLater) and not self._safeguards.approvals.expired(approved.row)
        status = ApprovalStatus.PENDING if again else ApprovalStatus.FAILED
        if not await self._record(approved, ActionState.FAILED, status, refusal.for_people):
            return await self._as_recorded(approved)
        card = card_of(approved.row.id, approved.proposal, approved.row.expires_at) if again else None
        return Decision(status="failed", sentence=refusal.for_people, card=card, decided_by=approved.decided_by)

    async def nobody_knows(self, begun: Begun) -> Decision:
        """The write may have happened, and only a person can find out."""
        sentence = (
            f"I can't tell whether “{begun.row.title}” went through: the answer got lost. "
            "Please have somebody check before it is tried again; I won't repeat it by myself."
        )
        if not await self._record(begun, ActionState.UNKNOWN, ApprovalStatus.UNKNOWN, sentence):
            return await self._as_recorded(begun)
        return Decision(status="unknown", sentence=sentence, decided_by=begun.decided_by)

    async def _record(self, begun: Begun, state: ActionState, status: ApprovalStatus, outcome: str) -> bool:
        """Journal, request and audit in one transaction; False when this attempt's end is on record already. If it
        fails the journal keeps saying `begun`, and the next reconciliation looks the write up again; what is known now
        is still told."""
        row = begun.row
        event = AuditEvent(
            workspace_id=row.workspace_id,
            actor=begun.decided_by or "sophia",
            action=f"action.{_AUDIT_WORDS[state]}",
            subject=row.id,
            detail={"tool": row.tool, "arguments": begun.proposal.arguments, "outcome": outcome},
        )
        try:
            async with self._bench.db.transaction() as session:
                now = self._bench.clock.now()
                if not await journal.end(session, begun.attempt, state, now, result=outcome):
                    return False
                await self._safeguards.approvals.move(session, row, _BEFORE_AN_END, status, outcome=outcome)
                await self._safeguards.audit.append_in(session, event)
        except Exception:
            _log.exception("outcome_not_recorded", approval=row.id, tool=row.tool, state=state)
        return True

    async def _as_recorded(self, begun: Begun) -> Decision:
        """What another process has found out in the meantime."""
        _log.info("end_on_record_already", approval=begun.key, tool=begun.row.tool)
        async with self._bench.db.reading() as session:
            row = await self._safeguards.approvals.load(session, begun.row.workspace_id, begun.row.id)
        status, sentence = status_sentence(row or begun.row, "")
        return Decision(status=status, sentence=sentence, decided_by=begun.decided_by)

    def _presented(self, approved: Approved, arguments: Any, result: ToolOutput) -> Presentation:
        """The action is done whatever becomes of its picture."""
        try:
            return approved.tool.present(arguments, result)
        except Exception:
            _log.exception("presentation_failed", tool=approved.tool.name, approval=approved.key)
            return Presentation(text=f"Done: {approved.row.title}.")


async def within(seconds: float, work: Awaitable[T], tool: AnyTool) -> T:
    """The result of work that changes nothing. Raises RetryLater when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise RetryLater(
            f"“{tool.title}” took too long.",
            next_step="Nothing was changed; please try again, or ask for less at once.",
            code="too_slow",
        ) from None


_BEFORE_AN_END = (
    ApprovalStatus.APPROVED,
    ApprovalStatus.UNKNOWN,
    ApprovalStatus.PENDING,  # taken for failed, and done after all: nobody may approve it again
)
_AUDIT_WORDS = {
    ActionState.DONE: "executed",
    ActionState.FAILED: "failed",
    ActionState.UNKNOWN: "unknown",
}


def status_sentence(row: ApprovalRequest, decided_by: str) -> tuple[DecisionStatus, str]:
    """What to tell somebody who clicks on a request that is no longer pending."""
    who = decided_by or "Somebody"
    match ApprovalStatus(row.status):
        case ApprovalStatus.EXPIRED:
            return "expired", "This request has expired. Please ask me again."
        case ApprovalStatus.DECLINED:
            return "already", f"{who} has already declined this. Nothing was changed."
        case ApprovalStatus.APPROVED:
            return "already", f"{who} has approved this, and I'm carrying it out."
        case ApprovalStatus.PENDING:
            return "already", f"This waits for approval once more. {row.outcome}".strip()
        case _:
            return "already", f"{who} has already decided this. {row.outcome}".strip()
