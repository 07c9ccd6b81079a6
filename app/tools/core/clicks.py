"""Decides requests that wait for a person: who may, whether everything is still as shown, and that it happens once.

Everything is checked again at the click, against the database as it is then: the request's signature and age, the
switches, the rights of the requester and of the approver, and what the action would do now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from app.db.models.security import ApprovalRequest
from app.domain.answer import EditableField
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.domain.principal import Principal, Role
from app.security import journal
from app.security.approvals import ApprovalStatus, Proposal, card_of, proposal_of
from app.security.audit import AuditEvent
from app.security.canonical import canonical, fingerprint
from app.security.journal import Action, ActionState
from app.security.people import principal_of, team_of
from app.security.roles import decide
from app.security.safeguards import Safeguards
from app.tools.core.closing import NOT_THERE, Closing
from app.tools.core.complaints import checked
from app.tools.core.execution import Approved, Execution, Patience, Workbench, within
from app.tools.core.outcomes import Decision, Waiting
from app.tools.core.proposals import objection, propose
from app.tools.core.registry import AnyTool

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Click:
    """A click on a genuine, pending request, with everybody's rights as they are now."""

    row: ApprovalRequest
    tool: AnyTool
    requester: Principal
    clicker: Principal

    @property
    def proposal(self) -> Proposal:
        return proposal_of(self.row)

    @property
    def objection(self) -> str:
        return objection(self.tool, self.requester, self.clicker, self.proposal.shown.property_id)


class Clicks:
    def __init__(
        self, tools: Mapping[str, AnyTool], bench: Workbench, safeguards: Safeguards, patience: Patience
    ) -> None:
        self._tools = tools
        self._bench = bench
        self._safeguards = safeguards
        self._patience = patience
        self._closing = Closing(bench, safeguards)
        self._execution = Execution(bench, safeguards, patience)

    async def decide(
        self, approval_id: str, principal: Principal, verdict: Literal["approve", "decline"], edits: dict[str, Any]
    ) -> Decision:
        """See Gate.decide. Raises SophiaError when nothing was decided."""
        found = await self._open(approval_id, principal)
        if isinstance(found, Decision):
            return found
        if verdict == "decline":
            return await self._decline(found)
        try:
            proposal = await self._checked_again(found, edits)
        except SophiaError as refusal:
            return await self._refused(found, refusal.for_people)
        if not _as_shown(found.proposal, proposal, edits):
            return await self._show_again(found, proposal)
        return await self._execute(found, proposal, edits)

    async def editable_fields(self, approval_id: str, principal: Principal) -> list[EditableField]:
        found = await self._open(approval_id, principal)
        if isinstance(found, Decision):
            raise Fixable(found.sentence, code="not_waiting")
        if found.objection:
            raise NotAllowed(found.objection)
        shown, schema = found.proposal, found.tool.spec.parameters
        return [
            EditableField(
                name,
                shown.arguments.get(name),
                required=name in schema["required"],
                options=tuple(schema["properties"][name].get("enum", ())),
            )
            for name in shown.shown.editable
        ]

    async def approvers(self, workspace_id: str, approval_id: str) -> list[Principal]:
        """See Gate.approvers."""
        async with self._bench.db.reading() as session:
            row = await self._safeguards.approvals.load(session, workspace_id, approval_id)
        if row is None or row.status != ApprovalStatus.PENDING or not self._safeguards.approvals.genuine(row):
            return []
        tool = self._tools.get(row.tool)
        if tool is None:
            return []
        requester = await principal_of(self._bench.db, workspace_id, row.requester_id)
        place = proposal_of(row).shown.property_id
        able = [
            member
            for member in await team_of(self._bench.db, workspace_id)
            if member.user_id != requester.user_id and not objection(tool, requester, member, place)
        ]
        return sorted(able, key=lambda member: Role.ADMIN in member.roles)

    async def _open(self, approval_id: str, principal: Principal) -> _Click | Decision:
        """The click if the request can still be decided, else what there is to say about it."""
        async with self._bench.db.reading() as session:
            row = await self._safeguards.approvals.load(session, principal.workspace_id, approval_id)
        if row is None:
            return NOT_THERE
        if not self._safeguards.approvals.genuine(row):
            return await self._tampered(row, principal)
        if row.status != ApprovalStatus.PENDING:
            return await self._closing.told(row)
        if self._safeguards.approvals.expired(row):
            return await self._closing.expire(row)
        tool = self._tools.get(row.tool)
        if tool is None:
            return Decision(status="refused", sentence="I no longer have the tool for this. Nothing was changed.")
        return _Click(
            row=row,
            tool=tool,
            requester=await principal_of(self._bench.db, row.workspace_id, row.requester_id, fresh=True),
            clicker=await principal_of(self._bench.db, row.workspace_id, principal.user_id, fresh=True),
        )

    async def _decline(self, click: _Click) -> Decision:
        own = click.clicker.user_id == click.requester.user_id
        if click.objection and not own:
            return await self._refused(click, click.objection)
        sentence = "Declined. Nothing was changed."
        if not await self._closing.close(
            click.row, ApprovalStatus.DECLINED, click.clicker, "approval.declined", sentence
        ):
            return await self._closing.found_closed(click.row)
        return Decision(status="declined", sentence=sentence, decided_by=click.clicker.user_id)

    async def _checked_again(self, click: _Click, edits: dict[str, Any]) -> Proposal:
        """What the action would do now. Raises SophiaError when it may not be done, or not by these people."""
        await self._safeguards.switches.require(click.row.workspace_id, f"tool:{click.tool.name}")
        why_not = click.objection or _edit_objection(click, edits)
        if why_not:
            raise NotAllowed(why_not)
        current = decide(click.requester, click.tool.scope, click.proposal.shown.property_id)
        if not current.allowed:
            name = click.requester.name or "The person who asked"
            raise NotAllowed(f"{name} may no longer do this, so I won't do it in their name.")
        args = checked(click.tool.args, {**click.proposal.arguments, **edits})
        work = propose(click.tool, self._bench.context(click.requester), args)
        return await within(self._patience.prepare, work, click.tool)

    async def _execute(self, click: _Click, proposal: Proposal, edits: dict[str, Any]) -> Decision:
        """Marks the request approved and the action begun in one transaction, then carries it out."""
        row, by = click.row, click.clicker.user_id
        event = AuditEvent(
            workspace_id=row.workspace_id,
            actor=by,
            action="approval.approved",
            subject=row.id,
            detail={
                "tool": row.tool,
                "arguments": proposal.arguments,
                "requester": row.requester_id,
                "edited": sorted(edits),
                "shown_arguments": click.proposal.arguments if edits else None,
            },
        )
        approvals = self._safeguards.approvals
        async with self._bench.db.transaction() as session:
            if edits and not await approvals.rebind(session, row, proposal):
                return await self._closing.found_closed(click.row)
            approved = await approvals.load(session, row.workspace_id, row.id) if edits else row
            if approved is None:
                return NOT_THERE
            now = self._bench.clock.now()
            if not await approvals.move(
                session, approved, (ApprovalStatus.PENDING,), ApprovalStatus.APPROVED, decided_by=by, decided_at=now
            ):
                return await self._closing.found_closed(click.row)
            action = Action(row.workspace_id, row.id, row.tool, fingerprint(proposal.arguments))
            earlier = await journal.begin(session, action, now)
            if earlier is None:
                await self._safeguards.audit.append_in(session, event)
        if earlier is not None:
            return await self._replayed(approved, earlier)
        return await self._execution.carry_out(Approved(approved, now, by, click.tool, click.requester))

    async def _show_again(self, click: _Click, proposal: Proposal) -> Decision:
        async with self._bench.db.transaction() as session:
            if not await self._safeguards.approvals.rebind(session, click.row, proposal):
                return await self._closing.found_closed(click.row)
            await self._safeguards.audit.append_in(
                session,
                AuditEvent(
                    workspace_id=click.row.workspace_id,
                    actor=click.clicker.user_id,
                    action="approval.shown_again",
                    subject=click.row.id,
                    detail={"tool": click.row.tool, "arguments": proposal.arguments},
                ),
            )
        card = card_of(click.row.id, proposal, click.row.expires_at)
        return Decision(
            status="refused",
            sentence="Something has changed since I asked. Please look at the new details and decide again.",
            card=card,
            outcome=Waiting(card),
        )

    async def _refused(self, click: _Click, why: str) -> Decision:
        await self._safeguards.audit.append(
            AuditEvent(
                workspace_id=click.row.workspace_id,
                actor=click.clicker.user_id,
                action="approval.refused",
                subject=click.row.id,
                detail={"tool": click.row.tool, "why": why},
            )
        )
        card = card_of(click.row.id, click.proposal, click.row.expires_at)
        return Decision(status="refused", sentence=why, card=card)

    async def _tampered(self, row: ApprovalRequest, principal: Principal) -> Decision:
        """The row is not the one that was shown: it is closed, and the chain keeps what was found."""
        _log.error("approval_tampered", workspace=row.workspace_id, approval=row.id)
        sentence = "This request is not the one I showed, so I won't carry it out. Please ask me again."
        await self._closing.close(row, ApprovalStatus.FAILED, principal, "approval.tampered", sentence)
        return Decision(status="failed", sentence=sentence)

    async def _replayed(self, row: ApprovalRequest, earlier: ActionState) -> Decision:
        """The journal knows this action, though the request looked undecided: it is never done a second time."""
        _log.error("approval_replayed", workspace=row.workspace_id, approval=row.id, journal=earlier)
        ends = {ActionState.DONE: ApprovalStatus.EXECUTED, ActionState.UNKNOWN: ApprovalStatus.UNKNOWN}
        event = AuditEvent(
            workspace_id=row.workspace_id,
            actor="sophia",
            action="approval.replayed",
            subject=row.id,
            detail={"tool": row.tool, "journal": earlier},
        )
        async with self._bench.db.transaction() as session:
            if earlier in ends:
                await self._safeguards.approvals.move(session, row, (ApprovalStatus.APPROVED,), ends[earlier])
            await self._safeguards.audit.append_in(session, event)
        return Decision(status="already", sentence="This was carried out before; I won't do it a second time.")


def _edit_objection(click: _Click, edits: dict[str, Any]) -> str:
    """Why these edits cannot be made; empty when they can."""
    if not edits:
        return ""
    editable = click.proposal.shown.editable
    if not set(edits) <= set(editable):
        allowed = ", ".join(name.replace("_", " ") for name in editable) or "nothing"
        return f"Only this can be edited here: {allowed}."
    if click.tool.approval is not None and not click.tool.approval.self_approval:
        return "Two people must agree on exactly this, so it can't be edited. Please decline it and ask again."
    return ""


def _as_shown(shown: Proposal, now: Proposal, edits: dict[str, Any]) -> bool:
    """True when the action would do what the card says, apart from what the approver edited: an edit changes what will
    be, not what is now."""
    if shown.shown.recipients != now.shown.recipients or shown.shown.property_id != now.shown.property_id:
        return False
    if edits:
        kept = set(shown.arguments) | set(now.arguments)
        same = all(shown.arguments.get(name) == now.arguments.get(name) for name in kept - set(edits))
        before, after = ({change.label: change.before for change in one.shown.changes} for one in (shown, now))
        return same and all(before[label] == after[label] for label in before.keys() & after.keys())
    same = canonical(shown.arguments) == canonical(now.arguments)
    return same and shown.shown.changes == now.shown.changes and shown.shown.consequence == now.shown.consequence
