"""Composition root: the house becomes processes.

`web`, `worker` and `socket` put Slack and the durable runtime around a house.
"""

from __future__ import annotations

import asyncio
import signal
import socket as sockets
from collections.abc import AsyncGenerator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from functools import partial
from typing import Literal

import structlog
from aiohttp import ClientSession, ClientTimeout
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.files import SlackFiles
from app.channels.slack.post import Poster
from app.channels.slack.session import Sessions
from app.domain.errors import Fixable
from app.house import House, open_house
from app.integrations.telling import Telling
from app.runtime.process import settle_in
from app.runtime.runtime import Runtime, RuntimeOptions
from app.security.people import principal_of
from app.settings import Settings
from app.upkeep import keep_house, refresh
from handlers.app import build_slack_app, who_am_i
from handlers.core.deps import Changes, Deps

log = structlog.get_logger(__name__)

Role = Literal["web", "worker", "socket"]
SLACK_TIMEOUT = 20  # seconds


@asynccontextmanager
async def open_slack(house: House, role: Role) -> AsyncGenerator[Deps]:
    """The durable runtime and Slack's client around a house. A `web` process only takes in and acknowledges.

    Raises Fixable without a bot token, and what slack_sdk raises when Slack refuses it.
    """
    settings = house.settings
    if settings.slack_bot_token is None:
        raise Fixable(
            "SLACK_BOT_TOKEN is not set, so there is no Slack to listen to.",
            next_step="See docs/slack.md, or try `sophia demo`, which brings a local workspace.",
            code="bad_settings",
        )
    # One session for all calls: without it slack_sdk opens a connection for each.
    async with ClientSession(timeout=ClientTimeout(total=SLACK_TIMEOUT)) as connections:
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=f"{settings.slack_api_url}/",
            session=connections,
            timeout=SLACK_TIMEOUT,
            retry_handlers=[],  # the poster repeats what may be repeated; a blind repeat would post twice
        )
        runtime = Runtime(house.db, house.clock, runtime_options(settings, role))
        deps = Deps(
            agent=house.agent,
            gate=house.gate,
            tools=house.tools,
            principal_of=partial(principal_of, house.db),
            db=house.db,
            runtime=runtime,
            clock=house.clock,
            ids=house.ids,
            client=client,
            bot=await who_am_i(client),
            poster=Poster(client, runtime.deliveries),
            sessions=Sessions(client),
            files=SlackFiles(
                client,
                house.outbound,
                token=settings.slack_bot_token.get_secret_value(),
                api_url=settings.slack_api_url,
            ),
            library=house.library,
            audit=house.safeguards.audit,
            signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
            company=settings.company_name,
            watched=frozenset(filter(None, (part.strip() for part in settings.watched_channels.split(",")))),
            changes=Changes(
                settings.workspace_id,
                {key: one for key, one in house.connectors.items() if isinstance(one, Telling)},
                partial(refresh, house),
            ),
        )
        if role != "web":
            await house.models.warm()
            keep_house(house, runtime, deps.poster)
        try:
            yield deps
        finally:
            await runtime.drain()


def runtime_options(settings: Settings, role: Role) -> RuntimeOptions:
    """DBOS keeps its tables in the same PostgreSQL, or in a file of its own beside the embedded database.

    Two processes alive at once never share an executor id; a restarted one has the id it had.
    """
    url = settings.sync_database_url
    system_url = url if url.startswith("postgresql") else f"sqlite:///{(settings.data_dir / 'runs.sqlite').resolve()}"
    return RuntimeOptions(
        executor_id=f"{settings.executor_id or sockets.gethostname()}-{role}",
        system_url=system_url,
        work=role != "web",
        max_running=settings.worker_concurrency,
    )


def _nothing() -> None:
    return None


async def web(settings: Settings) -> None:
    """The HTTP side: takes in what Slack sends and acknowledges it. A worker does the work."""
    import uvicorn  # noqa: PLC0415 - only this process serves HTTP

    from handlers.http.server import build_http  # noqa: PLC0415

    async with open_house(settings) as house, open_slack(house, "web") as deps:
        if not deps.signing_secret:
            raise Fixable("SLACK_SIGNING_SECRET is not set.", next_step="See docs/slack.md.", code="bad_settings")
        server = uvicorn.Server(
            uvicorn.Config(build_http(deps), host=settings.host, port=settings.port, log_config=None, access_log=False)
        )
        await deps.runtime.start()
        settle_in()
        log.info("web_ready", address=f"http://{settings.host}:{settings.port}")
        await server.serve()


async def worker(settings: Settings) -> None:
    """Works on what was taken in, until SIGTERM or SIGINT."""
    async with open_house(settings) as house, open_slack(house, "worker") as deps:
        build_slack_app(deps)
        await deps.runtime.start()
        settle_in()
        async with _watched(deps, settings):
            log.info("worker_ready")
            await until_told_to_stop()


async def socket(settings: Settings, on_ready: Callable[[], None] = _nothing) -> None:
    """Socket Mode: takes in and works in one process, with no public address. `on_ready` is called when it listens."""
    async with open_house(settings) as house, open_slack(house, "socket") as deps:
        token = house.settings.slack_app_token
        if token is None:
            raise Fixable("SLACK_APP_TOKEN is not set.", next_step="See docs/slack.md.", code="bad_settings")
        app = build_slack_app(deps)
        await deps.runtime.start()
        settle_in()
        handler = AsyncSocketModeHandler(app, token.get_secret_value(), web_client=deps.client)
        async with _watched(deps, settings):
            await handler.connect_async()
            log.info("socket_ready")
            on_ready()
            try:
                await until_told_to_stop()
            finally:
                await handler.close_async()


def _watched(deps: Deps, settings: Settings) -> AbstractAsyncContextManager[str]:
    """Health and metrics meanwhile, where a port is set for them."""
    if not settings.health_port:
        return nullcontext("")
    from handlers.http.watched import watched  # noqa: PLC0415 - most of these processes serve no HTTP

    return watched(deps, settings.host, settings.health_port)


async def until_told_to_stop() -> None:
    """Returns at SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # not on Windows' event loop
            loop.add_signal_handler(name, told.set)
    await told.wait()
