"""`POST /webhooks/{system}`: what connected systems tell of changes, signed by them.

The connector checks who sent it. What it names is stored before it is acknowledged, once for each event, and read
again by a worker.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response

from app.domain.errors import Consequence, Fixable, NotAllowed, RetryLater
from app.integrations.telling import Delivered
from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.http.body import read_body
from handlers.jobs.changed_record import KIND

BAD, REFUSED, UNKNOWN, TOO_LARGE, NOT_STORED = 400, 403, 404, 413, 503
_ANSWERS: Final = {
    Consequence.NOT_ALLOWED: REFUSED,
    Consequence.FIXABLE: BAD,
    Consequence.RETRY_LATER: NOT_STORED,
}
log = structlog.get_logger(__name__)


def router(deps: Deps) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["systems"])

    @routes.post(
        "/webhooks/{system}",
        summary="What a connected system tells of changes",
        responses={
            BAD: {"description": "Not what the system sends"},
            REFUSED: {"description": "Not signed by the system, too old, or not set up"},
            UNKNOWN: {"description": "No connected system of that name tells of changes"},
            TOO_LARGE: {"description": "Too large"},
            NOT_STORED: {"description": "Not checked or not stored; the system sends it again"},
        },
    )
    async def changed(system: str, request: Request) -> Response:
        connector = deps.changes.telling.get(system)
        if connector is None:
            return Response(status_code=UNKNOWN)
        body = await read_body(request, deps.largest_body)
        if body is None:
            return Response(status_code=TOO_LARGE)
        try:
            told = await connector.told(Delivered(request.method, dict(request.headers), body))
        except (NotAllowed, Fixable, RetryLater) as failed:
            log.warning("webhook.not_taken", system=system, code=failed.code, why=str(failed))
            return Response(status_code=_ANSWERS[failed.consequence])
        arrivals = [
            Arrival(
                workspace_id=deps.changes.workspace_id,
                key=f"{system}:{one.key}",
                delivery_id=f"{system}:{one.key}",
                kind=KIND,
                payload={"system": system, "resource": one.resource, "record_id": one.record_id},
                lane=f"webhooks:{system}",  # one after the other: a flood of changes takes one place of the workers
            )
            for one in told
        ]
        try:
            await asyncio.gather(*(deps.runtime.accept(arrival) for arrival in arrivals))
        except RetryLater as failed:
            log.warning("webhook.not_stored", system=system, code=failed.code)
            return Response(status_code=NOT_STORED)
        return Response(status_code=200)

    return routes
