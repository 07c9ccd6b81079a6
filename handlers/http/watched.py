"""Health and metrics on a port of their own, for processes that serve no other HTTP (worker, socket)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator

import structlog
import uvicorn

from app.domain.errors import Fixable
from handlers.core.deps import Deps
from handlers.http.server import build_watched

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def watched(deps: Deps, host: str, port: int) -> AsyncGenerator[str]:
    """Serves `/livez`, `/readyz` and `/metrics` meanwhile and gives their address; port 0 is any free one.

    Raises Fixable when the port is taken.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # from here on nobody is turned away
    except OSError as taken:
        listener.close()
        raise Fixable(
            f"Nothing can listen on {host} port {port}: {taken.strerror}.",
            next_step="Set HEALTH_PORT to a free port, or leave it 0.",
            code="bad_settings",
        ) from None
    config = uvicorn.Config(build_watched(deps), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    server.capture_signals = _signals_stay_the_process_s
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    address = f"http://{host}:{listener.getsockname()[1]}"
    log.info("health_served", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        await serving


@contextlib.contextmanager
def _signals_stay_the_process_s() -> Generator[None]:
    yield
