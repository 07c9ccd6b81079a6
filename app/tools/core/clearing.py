"""Brings to an end what nobody clicks on: requests whose time is over, and writes whose process died in them."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from app.db.models.security import ActionJournal, ApprovalRequest
from app.security import journal
from app.security.journal import ActionState, Attempt
from app.security.people import principal_of
from app.security.safeguards import Safeguards
from app.tools.core.closing import Closing
from app.tools.core.execution import Approved, Begun, Execution, Patience, Workbench
from app.tools.core.outcomes import Decision, Settled
from app.tools.core.registry import AnyTool

_log = structlog.get_logger()


class Clearing:
    def __init__(
        self, tools: Mapping[str, AnyTool], bench: Workbench, safeguards: Safeguards, patience: Patience
    ) -> None:
        self._tools = tools
        self._bench = bench
        self._safeguards = safeguards
        self._patience = patience
        self._closing = Closing(bench, safeguards)
        self._execution = Execution(bench, safeguards, patience)

    async def reconcile_pending(self) -> list[Settled]:
        """See Gate.reconcile_pending."""
        settled: list[Settled] = []
        async with self._bench.db.reading() as session:
            overdue = await self._safeguards.approvals.overdue(session)
            before = self._bench.clock.now() - self._patience.surely_over
            begun = await journal.left_begun(session, before)
        for row in overdue:
            decision = await self._closing.expire(row)
            if decision.status == "expired":
                settled.append(_settled(row, decision))
        for action in begun:
            try:
                found = await self._clear_up(action)
            except Exception:  # one write that cannot be cleared up must not keep the others waiting
                _log.exception("reconciliation_failed", approval=action.id, tool=action.tool)
                continue
            settled.extend(found)
        return settled

    async def _clear_up(self, action: ActionJournal) -> list[Settled]:
        """A write whose process died: looked up, and recorded as what it turned out to be. Empty when another process
        has done that first."""
        async with self._bench.db.reading() as session:
            row = await self._safeguards.approvals.load(session, action.workspace_id, action.id)
        if row is None or not self._safeguards.approvals.genuine(row):
            _log.error("begun_without_request", workspace=action.workspace_id, approval=action.id, tool=action.tool)
            attempt = Attempt(action.workspace_id, action.id, action.begun_at)
            async with self._bench.db.transaction() as session:
                await journal.end(session, attempt, ActionState.UNKNOWN, self._bench.clock.now())
            return []
        tool = self._tools.get(action.tool)
        if tool is None:
            _log.error("begun_without_tool", workspace=action.workspace_id, approval=action.id, tool=action.tool)
            decision = await self._execution.nobody_knows(Begun(row, action.begun_at, row.decided_by))
        else:
            requester = await principal_of(self._bench.db, row.workspace_id, row.requester_id, fresh=True)
            approved = Approved(row, action.begun_at, row.decided_by, tool, requester)
            decision = await self._execution.find_out(approved)
        return [] if decision.status == "already" else [_settled(row, decision)]


def _settled(row: ApprovalRequest, decision: Decision) -> Settled:
    return Settled(row.workspace_id, row.id, row.conversation, decision, row.requester_id)
