"""The web process: signed requests from Slack and from connected systems, health, metrics, and their OpenAPI page at
`/docs`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from app.telemetry.health import LoopLag
from handlers.app import build_slack_app
from handlers.core.deps import Deps
from handlers.http import health, metrics, slack, webhooks


def build_http(deps: Deps) -> FastAPI:
    """The FastAPI application. The runtime is started and drained by the process (app/main.py)."""
    app = build_watched(deps)
    app.include_router(slack.router(build_slack_app(deps), deps))
    app.include_router(webhooks.router(deps))
    return app


def build_watched(deps: Deps) -> FastAPI:
    """Only what a supervisor and Prometheus ask for: health and metrics."""
    lag = LoopLag()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        watching = asyncio.create_task(lag.watch(), name="loop-lag")
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    app = FastAPI(
        title="Sophia", description="The HTTP side of Sophia, the assistant for apartment companies.", lifespan=lifespan
    )
    app.include_router(health.router(deps, lag))
    app.include_router(metrics.router(deps))
    return app
