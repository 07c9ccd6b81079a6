"""A digest whose time has come: put together with the rights of the person who scheduled it, and posted once. When it
can't be, that person is told why."""

from __future__ import annotations

from dataclasses import replace

import structlog

from app.channels.slack import actions
from app.channels.slack.elements import button
from app.channels.slack.failures import NotDelivered
from app.channels.slack.message import Message, messages
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.channels.text import Reader
from app.db.models.assistant import DigestSchedule
from app.digests.core.composing import compose
from app.digests.core.registry import all_digests
from app.digests.core.schedules import DIGEST, schedule_of
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import local_date
from app.domain.principal import Surface
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from app.tools.core.outcomes import CallOrigin
from handlers.core.channels import channel_named
from handlers.core.deps import Deps
from handlers.core.direct import direct_place

KIND = DIGEST
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        schedule = await schedule_of(deps.db, entry.workspace_id, str(entry.payload["id"]))
        if schedule is None:
            return
        answer: Answer = await steps.once("compose", lambda: _compose(deps, entry, schedule))
        await steps.once("post", lambda: _post(deps, entry, schedule, answer))

    return run


async def _compose(deps: Deps, entry: Entry, schedule: DigestSchedule) -> Answer:
    person = await deps.principal_of(entry.workspace_id, schedule.created_by)
    return await compose(
        all_digests()[schedule.topic],
        person,
        CallOrigin(entry.id, f"digest:{schedule.id}", Surface.DIGEST),
        local_date(deps.clock, schedule.timezone),
        alone=not schedule.channel,
        call=deps.gate.call,
        tools=deps.tools,
    )


async def _post(deps: Deps, entry: Entry, schedule: DigestSchedule, answer: Answer) -> list[str]:
    """The ts of what was posted."""
    what = f"the {all_digests()[schedule.topic].title} digest" + (f" in {schedule.channel}" if schedule.channel else "")
    try:
        mine = await direct_place(deps, entry.workspace_id, schedule.created_by)
        if answer.kind is AnswerKind.FAILED:
            return await _apologise(deps, entry, mine, f"I couldn't put together {what}. {answer.text}")
        channel = await channel_named(deps, schedule.channel) if schedule.channel else mine.channel
        if not channel:
            why = f"I couldn't post {what}: I'm not in that channel. Please type /invite @Sophia there."
            return await _apologise(deps, entry, mine, why)
        place = mine if not schedule.channel else Place(entry.workspace_id, channel, private=False)
        reader = Reader(schedule.timezone, deps.clock.now())
        shown = _with_stop(messages(answer, reader, entry.id), schedule.id)
        return [await deps.poster.post(place, Part(entry.id, one.part), one.text, one.all_blocks) for one in shown]
    except NotDelivered as refused:
        log.warning("digest.refused", code=refused.code, run=entry.run_id, schedule=schedule.id)
        return []


async def _apologise(deps: Deps, entry: Entry, place: Place, why: str) -> list[str]:
    return [await deps.poster.post(place, Part(entry.id, "why"), escape(why), [])]


def _with_stop(shown: list[Message], schedule_id: str) -> list[Message]:
    last = shown[-1]
    row = {"type": "actions", "elements": [button("Stop this digest", actions.STOP_DIGEST, schedule_id)]}
    return [*shown[:-1], replace(last, blocks=(*last.blocks, row))]
