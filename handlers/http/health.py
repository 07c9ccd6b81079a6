"""`/livez`: the process's loop turns. `/readyz`: it should get traffic."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from handlers.core.deps import Deps

NOT_READY = 503
OLDEST_WAITING = 60.0
"""Seconds a question may wait before this process counts as too busy for more."""


class Health(BaseModel):
    """Why the process is not ready; nothing when it is."""

    ready: bool
    reasons: list[str] = Field(default_factory=list)
    waiting: int = Field(default=0, description="Stored and not started")
    running: int = Field(default=0, description="Being worked on")
    oldest_seconds: float = Field(default=0.0, description="How long the oldest has waited")


def router(deps: Deps) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["health"])

    @routes.get("/livez", summary="The process is alive")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get("/readyz", summary="The process takes traffic", responses={NOT_READY: {"model": Health}})
    async def readyz(response: Response) -> Health:
        health = await _health(deps)
        response.status_code = 200 if health.ready else NOT_READY
        return health

    return routes


async def _health(deps: Deps) -> Health:
    reasons = ["draining"] if deps.runtime.draining else []
    waiting = running = 0
    oldest = 0.0
    if not await deps.runtime.is_writable():
        reasons.append("the database takes no writes")
    else:
        try:
            backlog = await deps.runtime.backlog()
            waiting, running, oldest = backlog.waiting, backlog.running, round(backlog.oldest, 1)
            if oldest > OLDEST_WAITING:
                reasons.append("questions wait too long")
            reasons += await deps.not_ready()
        except SQLAlchemyError:
            reasons.append("the database does not answer")
    return Health(ready=not reasons, reasons=reasons, waiting=waiting, running=running, oldest_seconds=oldest)
