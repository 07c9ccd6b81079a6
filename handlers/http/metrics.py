"""`/metrics`: Prometheus metrics of this process."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.telemetry.metrics import INTAKE_OLDEST, INTAKE_RUNNING, INTAKE_WAITING
from handlers.core.deps import Deps


def router(deps: Deps) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["health"])

    @routes.get("/metrics", summary="Prometheus metrics", response_class=Response)
    async def metrics() -> Response:
        backlog = await deps.runtime.backlog()
        INTAKE_WAITING.set(backlog.waiting)
        INTAKE_RUNNING.set(backlog.running)
        INTAKE_OLDEST.set(backlog.oldest)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes
