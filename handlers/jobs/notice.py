"""Posts a line in a channel, once."""

from __future__ import annotations

import structlog

from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from handlers.core.deps import Deps
from handlers.core.notices import NOTICE

KIND = NOTICE
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        async def post() -> str:
            text = escape(str(entry.payload["text"]))
            place = Place(entry.workspace_id, str(entry.payload["channel"]), private=False)
            try:
                return await deps.poster.post(place, Part(entry.id, "notice"), text, [])
            except NotDelivered as refused:
                log.info("slack.notice_refused", code=refused.code, run=entry.run_id)
                return ""

        await steps.once("post", post)

    return run
