"""The app was opened: fresh Home tab, or suggested questions on the Messages tab."""

from __future__ import annotations

import structlog

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.channels.slack.home import home_view
from app.channels.text import Reader
from app.domain.principal import Role
from app.portfolio.freshness import freshness
from app.portfolio.sync.findings import finding_count
from handlers.core.deps import Deps
from handlers.core.examples import abilities, example_questions
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction

log = structlog.get_logger(__name__)
PROMPTS = 4


async def show(incoming: Incoming, deps: Deps) -> None:
    """Runs in the listener: nothing is lost when it fails, the next opening shows it again."""
    try:
        if incoming.event.get("tab") == "messages":
            await _suggest(incoming, deps)
        else:
            await publish(incoming.workspace_id, incoming.user_id, deps)
    except CALL_FAILURES as failure:
        log.info("slack.home_failed", code=code_of(failure))


async def publish(workspace_id: str, user_id: str, deps: Deps) -> None:
    """Show this person's Home tab as it is now."""
    person = await deps.principal_of(workspace_id, user_id)
    view = home_view(
        name=person.name,
        company=deps.company,
        abilities=await abilities(person, deps),
        waiting=await deps.gate.waiting(person),
        sources=await freshness(deps.db, workspace_id, deps.clock.now()),
        found=await finding_count(deps.db, workspace_id) if Role.ADMIN in person.roles else 0,
        reader=Reader(person.timezone, deps.clock.now()),
    )
    await deps.client.views_publish(user_id=user_id, view=view)


async def _suggest(incoming: Incoming, deps: Deps) -> None:
    person = await deps.principal_of(incoming.workspace_id, incoming.user_id)
    questions = await example_questions(person, deps, PROMPTS)
    if questions:
        await deps.client.assistant_threads_setSuggestedPrompts(
            channel_id=incoming.channel,
            title="You could ask",
            prompts=[{"title": question, "message": question} for question in questions],
        )


INTERACTION = Interaction("event", "app_home_opened", at_once=show)
