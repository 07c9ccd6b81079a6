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
from app.digests.core.digest import Digest
from app.digests.core.registry import all_digests, title_of
from app.digests.core.schedules import DIGEST, schedule_of
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import local_date
from app.domain.errors import Bug
from app.domain.principal import Surface
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from app.telemetry.trace import new_trace_id, trace
from app.tools.core.outcomes import CallOrigin
from handlers.core.channels import channel_named
from handlers.core.deps import Deps
from handlers.core.direct import direct_place

KIND = DIGEST
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind. Raises what a broken digest raises."""
    digests = all_digests()

    async def run(entry: Entry, steps: Steps) -> None:
        schedule = await schedule_of(deps.db, entry.workspace_id, str(entry.payload["id"]))
        if schedule is None:
            return
        digest = digests.get(schedule.topic)
        answer: Answer = await steps.once("compose", lambda: _composed(deps, entry, schedule, digest))
        await steps.once("post", lambda: _post(deps, entry, schedule, answer))

    return run


async def _composed(deps: Deps, entry: Entry, schedule: DigestSchedule, digest: Digest | None) -> Answer:
    """The digest; a failure becomes an answer that says so."""
    if digest is None:
        return Answer(AnswerKind.FAILED, f"There are no digests about {schedule.topic} any more.")
    trace_id = new_trace_id(deps.ids)
    with trace(trace_id):
        try:
            return await compose(
                digest,
                await deps.principal_of(entry.workspace_id, schedule.created_by),
                CallOrigin(entry.id, f"digest:{schedule.id}", Surface.DIGEST),
                local_date(deps.clock, schedule.timezone),
                alone=not schedule.channel,
                call=deps.gate.call,
                tools=deps.tools,
            )
        except Exception:
            log.exception("digest.bug", run=entry.run_id, trace=trace_id)
            return Answer(AnswerKind.FAILED, Bug(trace_id).for_people, trace_id=trace_id)


async def _post(deps: Deps, entry: Entry, schedule: DigestSchedule, answer: Answer) -> list[str]:
    """The ts of what was posted."""
    what = f"the {title_of(schedule.topic)} digest" + (f" in {schedule.channel}" if schedule.channel else "")
    try:
        if answer.kind is AnswerKind.FAILED:
            return await _tell(deps, entry, f"I couldn't put together {what}. {answer.text}")
        place = await _place(deps, entry, schedule.channel)
        if place is None:
            why = f"I couldn't post {what}: I'm not in that channel. Please type /invite @Sophia there."
            return await _tell(deps, entry, why)
        reader = Reader(schedule.timezone, deps.clock.now())
        shown = _with_stop(messages(answer, reader, entry.id), schedule.id)
        return [await deps.poster.post(place, Part(entry.id, one.part), one.text, one.all_blocks) for one in shown]
    except NotDelivered as refused:
        log.warning("digest.refused", code=refused.code, run=entry.run_id, schedule=schedule.id)
        return []


async def _place(deps: Deps, entry: Entry, channel: str) -> Place | None:
    """The channel of that name, '' for the person's direct message; None where Sophia is in none of that name."""
    if not channel:
        return await direct_place(deps, entry.workspace_id, entry.user_id)
    found = await channel_named(deps, channel)
    return Place(entry.workspace_id, found, private=False) if found else None


async def _tell(deps: Deps, entry: Entry, why: str) -> list[str]:
    """Says to the person who scheduled it why there is none."""
    place = await direct_place(deps, entry.workspace_id, entry.user_id)
    return [await deps.poster.post(place, Part(entry.id, "why"), escape(why), [])]


def _with_stop(shown: list[Message], schedule_id: str) -> list[Message]:
    last = shown[-1]
    row = {"type": "actions", "elements": [button("Stop this digest", actions.STOP_DIGEST, schedule_id)]}
    return [*shown[:-1], replace(last, blocks=(*last.blocks, row))]
