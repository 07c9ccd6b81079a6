"""Makes the tools of the services that are set up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.domain.tooling import Effect
from app.integrations.declared.client import DeclaredService
from app.integrations.declared.operation import Operation
from app.integrations.declared.requests import filled
from app.integrations.declared.service import Service
from app.tools.core.registry import AnyTool, DuplicateTool, Tools
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext
from app.tools.core.wording import sentence
from app.tools.declared.arguments import args_of, said_in
from app.tools.declared.showing import DeclaredResult, presented, result_of
from app.tools.declared.writing import carried_out, found_again, prepared, write_of

Allowed = Callable[[str, str], Awaitable[None]]
"""Raises NotAllowed when a switch (`integration:<service>`) is off in a workspace."""


def with_declared(
    built_in: Mapping[str, AnyTool],
    known: Mapping[str, Service],
    opened: Mapping[str, DeclaredService],
    allowed: Allowed,
) -> Tools:
    """The one registry: the built-in tools, and those of the services that are set up.

    Raises DuplicateTool when a known service, set up or not, names a tool that exists already.
    """
    for key, service in known.items():
        for name in service.operations:
            if name in built_in:
                raise DuplicateTool(f"service {key}: a tool named {name} exists already")
    declared = {name: tool_of(name, one, allowed) for one in opened.values() for name in one.service.operations}
    return Tools({**built_in, **declared})


def tool_of(name: str, service: DeclaredService, allowed: Allowed) -> AnyTool:
    """One operation as a tool."""
    operation = service.service.operations[name]
    acting = _Acting(name, service, operation, allowed)
    writes = operation.effect is not Effect.READ
    return Tool(
        name=name,
        title=operation.title,
        description=operation.sentence,
        args=args_of(name, operation),
        result=DeclaredResult,
        effect=operation.effect,
        scope=operation.right,
        run=acting.write if writes else acting.read,
        present=acting.present_write if writes else acting.present_read,
        examples=operation.examples,
        phrases=operation.phrases,
        prepare=acting.prepare if writes else None,
        approval=_approval(operation) if writes else None,
        reconcile=acting.reconciler if writes else None,
        personal=operation.personal,
        doing=operation.doing,
    )


def _approval(operation: Operation) -> Approval:
    write = write_of(operation)
    return Approval(write.approval, self_approval=not write.second_person)


class _Acting:
    """What a tool of a service does."""

    def __init__(self, name: str, service: DeclaredService, operation: Operation, allowed: Allowed) -> None:
        self._name, self._service, self._operation, self._allowed = name, service, operation, allowed

    @property
    def reconciler(self) -> Callable[[ToolContext, Any], Awaitable[DeclaredResult | None]] | None:
        """How a lost answer is cleared up: sent again where that is harmless, read back where there is a proof."""
        write = write_of(self._operation)
        if write.once != "nothing":
            return self.write
        return self.read_back if write.read_back is not None else None

    async def read(self, ctx: ToolContext, args: ToolArgs) -> DeclaredResult:
        said = await self._said(ctx, args)
        records = await self._service.read(self._name, said, ctx.rows)
        return result_of(self._service, self._operation, said, records)

    async def prepare(self, ctx: ToolContext, args: ToolArgs) -> Preparation:
        return await prepared(self._service, self._name, await self._said(ctx, args))

    async def write(self, ctx: ToolContext, args: ToolArgs) -> DeclaredResult:
        return await carried_out(self._service, self._name, await self._said(ctx, args), ctx.idempotency_key)

    async def read_back(self, ctx: ToolContext, args: ToolArgs) -> DeclaredResult | None:
        return await found_again(self._service, self._name, await self._said(ctx, args), ctx)

    def present_read(self, args: ToolArgs, result: DeclaredResult) -> Presentation:
        return presented(self._operation, said_in(self._operation, args), result)

    def present_write(self, args: ToolArgs, result: DeclaredResult) -> Presentation:
        said = said_in(self._operation, args)
        shown = presented(self._operation, said, result)
        return Presentation(text=sentence(filled(write_of(self._operation).done, said)), table=shown.table)

    async def _said(self, ctx: ToolContext, args: ToolArgs) -> dict[str, Any]:
        await self._allowed(ctx.principal.workspace_id, f"integration:{self._service.service.service}")
        return said_in(self._operation, args)
