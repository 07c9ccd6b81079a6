"""The local workspace as a web application: Slack's API for the app, a page for people, on loopback only."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.sandbox.outbox import Outbox
from app.sandbox.resend import resend_router
from app.sandbox.slack.api_routes import api_router
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.delivery.signed_http import is_loopback
from app.sandbox.slack.interacting import Interacting
from app.sandbox.slack.page.routes import page_router
from app.sandbox.slack.people import People
from app.sandbox.slack.people_api import people_router
from app.sandbox.slack.snapshot import Snapshot
from app.sandbox.slack.workspace import LocalWorkspace
from app.sandbox.twilio import twilio_router

DEFAULT_PORT = 8765


def create_app(config: SandboxConfig | None = None, outbox: Outbox | None = None) -> FastAPI:
    """Build the workspace. `app.state.workspace` and `app.state.outbox` are its inner side, for tests.

    The stand-ins for SMS and e-mail are mounted too; their messages land on the page's outbox.
    """
    config = config or SandboxConfig()
    workspace = LocalWorkspace(config)
    outbox = outbox or Outbox(now=config.now)
    outbox.on_change = lambda: workspace.bus.publish("outbox")
    interacting = Interacting(People(workspace))

    snapshot = Snapshot(config.data_dir, workspace.state, outbox, workspace.bus) if config.data_dir else None
    if snapshot is not None:
        snapshot.load()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        saving = asyncio.create_task(snapshot.keep_saving()) if snapshot is not None else None
        yield
        await workspace.close()
        if snapshot is not None and saving is not None:
            saving.cancel()
            await snapshot.save()

    app = FastAPI(title="Local Slack workspace", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.workspace = workspace
    app.state.outbox = outbox
    app.add_middleware(OnlyThisMachine)
    app.include_router(api_router(workspace))
    app.include_router(people_router(interacting))
    app.include_router(page_router(interacting, outbox))
    app.include_router(twilio_router(outbox))
    app.include_router(resend_router(outbox))
    return app


class OnlyThisMachine:
    """Refuses other host names (DNS rebinding) and writes from other sites' pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    @staticmethod
    def _refusal(scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not is_loopback(f"http://{host}"):
            return PlainTextResponse("This page is only served to this machine.", 421)
        if origin and scope["method"] != "GET" and urlsplit(origin).netloc != host:
            return PlainTextResponse("Requests from other sites are not taken.", 403)
        return None


def server(app: FastAPI, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> uvicorn.Server:
    """A server for the app, not started yet; raises ValueError for an address that is not loopback."""
    if not is_loopback(f"http://{f'[{host}]' if ':' in host else host}"):
        raise ValueError(f"The local workspace is only served on loopback, not on {host!r}.")
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        ws="websockets-sansio",
        ws_ping_interval=20,
        timeout_graceful_shutdown=1,
    )
    app.state.workspace.state.base_url = f"http://{host}:{port}"
    return uvicorn.Server(settings)


def run(host: str = "127.0.0.1", port: int = DEFAULT_PORT, config: SandboxConfig | None = None) -> None:
    """Serve until interrupted."""
    server(create_app(config), host, port).run()
