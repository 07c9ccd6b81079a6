"""`/livez`: the process's loop turns. `/readyz`: it should get traffic, by the checks of app/telemetry/health.py."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.db.checks import migrated
from app.runtime.runtime import Runtime
from app.telemetry.health import LoopLag, Readiness
from handlers.core.deps import Deps

UNWELL = 503
OLDEST_WAITING = 60.0
"""Seconds a question may wait before this process counts as too busy for more."""


class Life(BaseModel):
    """Whether the event loop turns in time."""

    alive: bool
    late_seconds: float = Field(description="How late the event loop runs")


class Health(BaseModel):
    """Why the process is not ready; nothing when it is."""

    ready: bool
    reasons: list[str] = Field(default_factory=list)


def router(deps: Deps, lag: LoopLag) -> APIRouter:
    """The routes. Somebody must run `lag.watch()`."""
    routes = APIRouter(tags=["health"])
    runtime = deps.runtime
    readiness = Readiness(
        {
            "database": partial(_takes_writes, runtime),
            "schema": partial(migrated, deps.db),
            "backlog": partial(_keeps_up, runtime),
        }
    )

    @routes.get("/livez", summary="The process is alive", responses={UNWELL: {"model": Life}})
    async def livez(response: Response) -> Life:
        response.status_code = 200 if lag.alive else UNWELL
        return Life(alive=lag.alive, late_seconds=round(lag.seconds, 3))

    @routes.get("/readyz", summary="The process takes traffic", responses={UNWELL: {"model": Health}})
    async def readyz(response: Response) -> Health:
        problems = (await readiness.report()).problems
        reasons = [f"{check}: {problem}" for check, problem in problems.items()]
        if runtime.draining:
            reasons.insert(0, "draining: the process is shutting down")
        response.status_code = UNWELL if reasons else 200
        return Health(ready=not reasons, reasons=reasons)

    return routes


async def _takes_writes(runtime: Runtime) -> str:
    return "" if await runtime.is_writable() else "takes no writes"


async def _keeps_up(runtime: Runtime) -> str:
    oldest = (await runtime.backlog()).oldest
    return f"the oldest question has waited {oldest:.0f} s" if oldest > OLDEST_WAITING else ""
