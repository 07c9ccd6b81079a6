"""Stops a digest, when the person who clicked may: who scheduled it, and who may schedule one."""

from __future__ import annotations

import structlog

from app.channels.slack.failures import CALL_FAILURES, NotDelivered, code_of
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.db.models.assistant import DigestSchedule
from app.digests.core.registry import title_of
from app.digests.core.schedules import schedule_of, stop
from app.domain.principal import Principal
from app.domain.scopes import Scope
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from app.security.roles import decide
from handlers.core.deps import Deps
from handlers.core.incoming import is_private
from handlers.core.stopping import STOP_DIGEST

KIND = STOP_DIGEST
GONE = "This digest was stopped already."
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        schedule = await schedule_of(deps.db, entry.workspace_id, str(entry.payload["id"]))
        person = await deps.principal_of(entry.workspace_id, entry.user_id)
        told: str = await steps.once("stop", lambda: _stopped(deps, schedule, person))
        if told:
            await steps.once("post", lambda: _post(deps, entry, told))
            return
        refusal = GONE if schedule is None else decide(person, Scope.DIGESTS_WRITE).reason
        await _tell(deps, entry, refusal)

    return run


async def _stopped(deps: Deps, schedule: DigestSchedule | None, person: Principal) -> str:
    """What the channel is told; '' when nothing was stopped."""
    if schedule is None:
        return ""
    if person.user_id != schedule.created_by and not decide(person, Scope.DIGESTS_WRITE).allowed:
        return ""
    await stop(deps.db, deps.audit, schedule, by=person.user_id)
    title = title_of(schedule.topic)
    return f"{person.name or 'Somebody'} stopped this {title} digest. Ask me for it whenever you want it again."


async def _post(deps: Deps, entry: Entry, text: str) -> str:
    channel = str(entry.payload["channel"])
    place = Place(entry.workspace_id, channel, str(entry.payload["thread"]), private=is_private(channel))
    try:
        return await deps.poster.post(place, Part(entry.id, "stopped"), escape(text), [])
    except NotDelivered as refused:
        log.info("digest.stop_not_told", code=refused.code, run=entry.run_id)
        return ""


async def _tell(deps: Deps, entry: Entry, sentence: str) -> None:
    try:
        await deps.client.chat_postEphemeral(
            channel=str(entry.payload["channel"]),
            user=entry.user_id,
            thread_ts=str(entry.payload["thread"]),
            text=escape(sentence),
        )
    except CALL_FAILURES as failure:
        log.warning("digest.stop_not_told", code=code_of(failure), run=entry.run_id)
