"""A reminder that came due: one direct message, once."""

from __future__ import annotations

import structlog

from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Part
from app.channels.slack.safe import escape
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.reminders import REMINDER
from app.runtime.runtime import Job
from handlers.core.deps import Deps
from handlers.core.direct import direct_place

KIND = REMINDER
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        await steps.once("post", lambda: _post(deps, entry))
        await deps.runtime.reminders.mark_sent(entry.workspace_id, str(entry.payload["id"]))

    return run


async def _post(deps: Deps, entry: Entry) -> str:
    text = f":alarm_clock: Reminder: {escape(str(entry.payload['text']))}"
    try:
        place = await direct_place(deps, entry.workspace_id, entry.user_id)
        return await deps.poster.post(place, Part(entry.id, "reminder"), text, [])
    except NotDelivered as refused:
        log.warning("reminder.refused", code=refused.code, run=entry.run_id)
        return ""
