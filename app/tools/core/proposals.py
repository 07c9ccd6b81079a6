"""Works out what a write would do, as something that can be shown, signed and compared."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_jsonable_python

from app.domain.errors import NotAllowed
from app.domain.principal import Principal
from app.security.approvals import Proposal, Shown
from app.security.roles import decide, who_may
from app.tools.core.complaints import checked
from app.tools.core.registry import AnyTool
from app.tools.core.tool import ToolArgs, ToolContext


def plain(args: ToolArgs) -> dict[str, Any]:
    """Arguments as JSON values, without those that were not given."""
    return args.model_dump(mode="json", exclude_none=True)


async def propose(tool: AnyTool, context: ToolContext, args: ToolArgs) -> Proposal:
    """What the tool would do for the person of `context`. Changes nothing.

    Raises what the tool's prepare raises, and NotAllowed when the person may not do it at that property.
    """
    if tool.prepare is None:
        raise TypeError(f"{tool.name} changes nothing")
    prepared = await tool.prepare(context, args)
    allowed = decide(context.principal, tool.scope, prepared.property_id)
    if not allowed.allowed:
        raise NotAllowed(allowed.reason, next_step=allowed.who_can_grant)
    arguments = plain(checked(tool.args, to_jsonable_python(prepared.arguments)))
    return Proposal(
        tool=tool.name,
        arguments=arguments,
        shown=Shown(
            title=prepared.title,
            changes=tuple(prepared.changes),
            recipients=tuple(prepared.recipients),
            consequence=prepared.consequence,
            property_id=prepared.property_id,
            editable=tuple(prepared.editable),
            approvers=approvers_of(tool, context.principal, prepared.property_id),
        ),
    )


def approvers_of(tool: AnyTool, requester: Principal, property_id: str | None) -> str:
    """For people: who may approve this, `you` if the requester may."""
    if not objection(tool, requester, requester, property_id):
        return "you"
    scope = tool.approval.scope if tool.approval is not None else tool.scope
    return who_may(scope, tool.scope)


def objection(tool: AnyTool, requester: Principal, approver: Principal, property_id: str | None) -> str:
    """Why this person may not approve that action; empty when they may.

    Nobody approves what they could not do themselves, and some actions need a second person.
    """
    if tool.approval is None:
        raise TypeError(f"{tool.name} needs no approval")
    for scope in (tool.approval.scope, tool.scope):
        allowed = decide(approver, scope, property_id)
        if not allowed.allowed:
            return f"{allowed.reason} {allowed.who_can_grant}"
    if approver.user_id == requester.user_id and not tool.approval.self_approval:
        return f"Somebody else has to approve this one: {who_may(tool.approval.scope, tool.scope)}."
    return ""
