"""The Slack app: Bolt with durable intake in front of every listener. Serves HTTP and Socket Mode alike."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from app.digests.core.schedules import collect_due
from app.domain.errors import RetryLater
from handlers.core.busy import tell_busy
from handlers.core.deps import Bot, Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction
from handlers.core.registry import interactions, jobs
from handlers.core.settling import settle_cards
from handlers.core.unstored import Unstored

log = structlog.get_logger(__name__)
SETTLE_EVERY = 60.0
DIGESTS_EVERY = 15.0
Listener = Callable[..., Awaitable[None]]


async def who_am_i(client: AsyncWebClient) -> Bot:
    """Sophia's own identity. Raises what slack_sdk raises: without it she could not tell herself from others."""
    answer = await client.auth_test()
    return Bot(user_id=str(answer["user_id"]), bot_id=str(answer.get("bot_id") or ""), team_id=str(answer["team_id"]))


def build_slack_app(deps: Deps) -> AsyncApp:
    """The app with every interaction, and the runtime with every job. Call it once per process, before
    `deps.runtime.start()`."""
    found = interactions()
    unstored = Unstored(deps)
    deps.runtime.register(jobs(deps))
    deps.runtime.every(SETTLE_EVERY, lambda: settle_cards(deps))
    deps.runtime.every(DIGESTS_EVERY, lambda: collect_due(deps.db, deps.clock, deps.runtime.accept))
    deps.runtime.when_busy("turn", lambda entry, ahead: tell_busy(deps, entry, ahead))

    async def authorize(**_: Any) -> AuthorizeResult:
        """Known from the start, so that an outage of Slack's API cannot refuse an event."""
        return AuthorizeResult(
            enterprise_id=None,
            team_id=deps.bot.team_id,
            bot_token=deps.client.token,
            bot_id=deps.bot.bot_id,
            bot_user_id=deps.bot.user_id,
        )

    app = AsyncApp(
        signing_secret=deps.signing_secret or "socket-mode-needs-none",
        client=deps.client,
        authorize=authorize,
        logger=_quiet_logger(),
        raise_error_for_unhandled_request=False,
    )

    @app.middleware
    async def store_before_ack(body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> None:
        """Awaited before the listener: Bolt acknowledges before a listener's body runs."""
        incoming = Incoming(body)
        for interaction in found:
            if interaction.before_ack is not None and interaction.fits(incoming):
                arrival = await interaction.before_ack(incoming, deps)
                if arrival is not None:
                    try:
                        await deps.runtime.accept(arrival)
                    except RetryLater:
                        unstored.keep(arrival)
                        raise
        await next()

    @app.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        """500: Slack delivers again. Nothing about the failure leaves the process."""
        incoming = Incoming(body)
        if isinstance(error, RetryLater):
            log.warning("slack.not_stored", kind=incoming.kind, name=incoming.name, code=error.code)
        else:
            log.error("slack.handler_failed", kind=incoming.kind, name=incoming.name, exc_info=error)
        return BoltResponse(status=500, body="")

    # Bolt asks one listener after the other: the most frequent first.
    for interaction in sorted(found, key=lambda one: one.name != "message"):
        _listen(app, interaction, deps)

    @app.event(re.compile(".*"))
    async def anything_else() -> None:
        """Events that nothing is done about are acknowledged, so that Slack does not send them again."""

    @app.action(re.compile(".*"))
    async def any_other_click(ack: Callable[[], Awaitable[Any]]) -> None:
        await ack()

    return app


def _listen(app: AsyncApp, interaction: Interaction, deps: Deps) -> None:
    register: Callable[[Any], Callable[[Listener], Any]] = {
        "event": app.event,
        "command": app.command,
        "action": app.action,
        "view": app.view,
    }[interaction.kind]

    async def listener(ack: Callable[..., Awaitable[Any]], body: dict[str, Any], request: AsyncBoltRequest) -> None:
        del request
        answer = await interaction.at_once(Incoming(body), deps) if interaction.at_once is not None else None
        if interaction.kind != "event":
            await ack(**answer) if answer else await ack()

    register(interaction.name)(listener)


def _quiet_logger() -> logging.Logger:
    """Bolt logs whole request bodies at lower levels; people's words do not belong in a log."""
    logger = logging.getLogger("sophia.bolt")
    logger.setLevel(logging.ERROR)
    return logger
