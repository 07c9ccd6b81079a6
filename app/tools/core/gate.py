"""The one gate that every tool call passes, outside the model.

A call: not switched off → a known tool → right arguments → the person's rights → budget → reads run; writes and
whatever leaves the company become a card that waits for a person (app/tools/core/clicks.py decides it). Nothing here
raises for an expected failure, and no exception text reaches anybody.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal

import structlog
from pydantic_core import to_jsonable_python
from rapidfuzz import process

from app.db.failures import as_retry_later
from app.domain.answer import ApprovalCard, EditableField
from app.domain.errors import Bug, Fixable, NotAllowed, SophiaError
from app.domain.principal import Principal
from app.gateways.account import on_account_of
from app.gateways.spend import CallContext
from app.security.approvals import ApprovalStatus, Asked, card_of, proposal_of
from app.security.audit import AuditEvent
from app.security.roles import decide
from app.security.safeguards import Safeguards
from app.telemetry.metrics import DECISIONS, TOOL_SECONDS
from app.telemetry.spans import span
from app.telemetry.trace import current_trace_id
from app.tools.core.clearing import Clearing
from app.tools.core.clicks import Clicks
from app.tools.core.complaints import checked
from app.tools.core.execution import Patience, Workbench, status_sentence, within
from app.tools.core.outcomes import CallOrigin, Decision, Done, Outcome, Refused, Settled, Waiting
from app.tools.core.proposals import plain, propose
from app.tools.core.registry import AnyTool
from app.tools.core.tool import ToolArgs

__all__ = [
    "CallOrigin",
    "Decision",
    "Done",
    "Gate",
    "Outcome",
    "Patience",
    "Refused",
    "Settled",
    "Waiting",
    "Workbench",
]

_log = structlog.get_logger()


class Gate:
    def __init__(
        self,
        tools: Mapping[str, AnyTool],
        bench: Workbench,
        safeguards: Safeguards,
        patience: Patience | None = None,
    ) -> None:
        self._tools = tools
        self._bench = bench
        self._safeguards = safeguards
        self._patience = patience or Patience()
        self._clicks = Clicks(tools, bench, safeguards, self._patience)
        self._clearing = Clearing(tools, bench, safeguards, self._patience)

    async def call(self, principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        """Runs a read, or puts a write before a person. Never raises for expected failures."""
        started, known = time.perf_counter(), name if name in self._tools else "unknown"
        said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": known, "gen_ai.tool.type": "function"}
        with span(f"execute_tool {known}", "internal", said) as told:
            try:
                with on_account_of(_account(principal, name, origin)):
                    outcome = await self._call(principal, name, arguments, origin)
            except Exception as failure:
                outcome = Refused(_for_people(failure, tool=name))
            if isinstance(outcome, Refused):
                told.failed(outcome.error.code)
        _measure(known, outcome, time.perf_counter() - started)
        if isinstance(outcome, Refused):
            return await self._audited_refusal(principal, name, arguments, origin, outcome)
        return outcome

    async def decide(
        self,
        approval_id: str,
        principal: Principal,
        verdict: Literal["approve", "decline"],
        edits: dict[str, Any] | None = None,
    ) -> Decision:
        """What a click on a card leads to. Of many clicks one decides; the others learn what became of it."""
        try:
            decision = await self._clicks.decide(approval_id, principal, verdict, edits or {})
            DECISIONS.labels(verdict, decision.status).inc()
            return decision
        except Exception as failure:
            return Decision(status="refused", sentence=_for_people(failure, tool="").for_people)

    async def editable_fields(self, approval_id: str, principal: Principal) -> list[EditableField]:
        """The arguments a person may edit before approving, with their values now. Raises NotAllowed or Fixable."""
        return await self._clicks.editable_fields(approval_id, principal)

    async def approvers(self, workspace_id: str, approval_id: str) -> list[Principal]:
        """Who on the team may approve this, the requester left out; administrators come last. Empty when the request
        is not waiting any more."""
        return await self._clicks.approvers(workspace_id, approval_id)

    async def waiting(self, principal: Principal) -> list[ApprovalCard]:
        """The person's own requests that still wait for somebody, oldest first."""
        async with self._bench.db.reading() as session:
            rows = await self._safeguards.approvals.waiting_for(session, principal.workspace_id, principal.user_id)
        genuine = [row for row in rows if self._safeguards.approvals.genuine(row)]
        return [card_of(row.id, proposal_of(row), row.expires_at) for row in genuine]

    async def reconcile_pending(self) -> list[Settled]:
        """Clears up after crashes and lets overdue requests expire. Call it at start and every minute; the cards of
        what it returns should be updated."""
        return await self._clearing.reconcile_pending()

    async def _call(self, principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        await self._safeguards.switches.require(principal.workspace_id, f"tool:{name}")
        tool = self._tools.get(name)
        if tool is None:
            raise _unknown_tool(name, self._tools)
        args = checked(tool.args, arguments)
        allowed = decide(principal, tool.scope)
        if not allowed.allowed:
            raise NotAllowed(allowed.reason, next_step=allowed.who_can_grant)
        if tool.prepare is None:
            return await self._read(principal, tool, args, origin)
        await self._safeguards.budget.spend(principal, "calls")
        return await self._ask_approval(principal, tool, args, origin)

    async def _read(self, principal: Principal, tool: AnyTool, args: ToolArgs, origin: CallOrigin) -> Outcome:
        arguments = plain(args)
        await self._safeguards.toll.take(
            principal,
            AuditEvent(
                workspace_id=principal.workspace_id,
                actor=principal.user_id,
                action="tool.read",
                subject=tool.name,
                detail={"arguments": arguments, "turn": origin.turn_id, "surface": origin.surface},
            ),
        )
        context = self._bench.context(principal, rows=origin.rows)
        result = await within(self._patience.read, tool.run(context, args), tool)
        return Done(tool, arguments, result, tool.present(args, result))

    async def _ask_approval(self, principal: Principal, tool: AnyTool, args: ToolArgs, origin: CallOrigin) -> Outcome:
        work = propose(tool, self._bench.context(principal), args)
        proposal = await within(self._patience.prepare, work, tool)
        asked = Asked(principal.workspace_id, principal.user_id, origin.conversation, origin.turn_id)
        async with self._bench.db.transaction() as session:
            row, new = await self._safeguards.approvals.open(session, asked, proposal)
            if new:
                await self._safeguards.audit.append_in(
                    session,
                    AuditEvent(
                        workspace_id=principal.workspace_id,
                        actor=principal.user_id,
                        action="approval.requested",
                        subject=row.id,
                        detail={"tool": tool.name, "arguments": proposal.arguments, "turn": origin.turn_id},
                    ),
                )
        if row.status != ApprovalStatus.PENDING:
            raise Fixable(status_sentence(row, "")[1], code="already_decided")
        return Waiting(card_of(row.id, proposal_of(row), row.expires_at))

    async def _audited_refusal(
        self, principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin, refused: Refused
    ) -> Refused:
        try:
            await self._safeguards.audit.append(
                AuditEvent(
                    workspace_id=principal.workspace_id,
                    actor=principal.user_id,
                    action="tool.refused",
                    subject=name,
                    detail={
                        "code": refused.error.code,
                        "arguments": to_jsonable_python(arguments, fallback=str),
                        "turn": origin.turn_id,
                        "surface": origin.surface,
                    },
                )
            )
        except Exception:
            _log.exception("refusal_not_audited", tool=name)
        return refused


def _account(principal: Principal, tool: str, origin: CallOrigin) -> CallContext:
    """Who pays for what the tool asks of models: the person, in the channel where they asked."""
    channel = origin.conversation.partition(":")[0]
    return CallContext(origin.turn_id, principal.workspace_id, principal.user_id, channel, tool=tool)


def _measure(tool: str, outcome: Outcome, seconds: float) -> None:
    code = outcome.error.code if isinstance(outcome, Refused) else type(outcome).__name__.lower()
    TOOL_SECONDS.labels(tool, code).observe(seconds)


def _unknown_tool(name: str, tools: Mapping[str, AnyTool]) -> Fixable:
    near = process.extractOne(name, list(tools), score_cutoff=70)
    hint = f"Did you mean {near[0]}?" if near else "Please use one of the tools I have."
    return Fixable(f"There is no tool called “{name[:60]}”.", next_step=hint, code="unknown_tool")


def _for_people(failure: Exception, *, tool: str) -> SophiaError:
    """Any failure as an error that may be shown; what was not foreseen is logged with the reference people see."""
    if isinstance(failure, SophiaError):
        return failure
    known = as_retry_later(failure)
    if known is not None:
        _log.warning("database_trouble", tool=tool, detail=str(known))
        return known
    trace_id = current_trace_id()
    _log.error("tool_bug", tool=tool, trace=trace_id, exc_info=failure)
    return Bug(trace_id, detail=f"{type(failure).__name__}: {failure}")
