"""What became of a write to Sophia's own register whose process died in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.db.models.base import Sourced
from app.portfolio.register import recorded
from app.tools.core.tool import ToolArgs, ToolContext, ToolOutput

A = TypeVar("A", bound=ToolArgs)
R = TypeVar("R", bound=ToolOutput)


def looked_up(
    model: type[Sourced], run: Callable[[ToolContext, A], Awaitable[R]]
) -> Callable[[ToolContext, A], Awaitable[R | None]]:
    """A tool's `reconcile`, for a `run` that makes one record of `model` and changes nothing when it is there: what was
    recorded, or None. It is never made here: what was approved may not be so any more."""

    async def reconcile(ctx: ToolContext, args: A) -> R | None:
        async with ctx.db.reading() as session:
            there = await recorded(session, model, ctx.principal.workspace_id, ctx.idempotency_key)
        return await run(ctx, args) if there else None

    return reconcile
