"""A question: ask the agent, show the answer, once, whatever happens in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from app.channels.slack.failures import NotDelivered
from app.channels.slack.message import Message, messages
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.channels.slack.stream import AnswerStream
from app.channels.text import Reader, shorten
from app.domain.answer import Answer, AnswerKind
from app.domain.errors import Bug, SophiaError
from app.domain.principal import Principal, Surface
from app.domain.turn import Attachment, Conversation, Turn
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from app.runtime.serializer import is_storable
from app.telemetry.trace import new_trace_id, trace
from app.tools.core.outcomes import CallOrigin
from handlers.core.approvers import ask_approvers
from handlers.core.asking import TURN
from handlers.core.audience import may_all_read
from handlers.core.deps import Deps
from handlers.core.direct import direct_place
from handlers.core.examples import example_questions, help_text
from handlers.core.importing import import_answer, to_import
from handlers.core.shared_files import take_in
from handlers.core.thread import earlier_remarks, words_of

KIND = TURN
log = structlog.get_logger(__name__)
ELSEWHERE = Answer(
    AnswerKind.ANSWER,
    "Not everybody who can read this channel may see the answer: it tells of persons, or comes from a document that is "
    "not for all. I answered in our direct message.",
)
NOT_SHOWN = (
    "Something went wrong while I was showing my answer, so it is missing or not whole. Nothing was changed; please "
    "ask me again."
)
STOPPED = Answer(AnswerKind.FAILED, "Stopped, as you asked. Nothing was changed.")


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        place, asked_at = await _where(deps, entry, steps)
        stream = AnswerStream(
            deps.poster,
            deps.sessions.of(place.channel, place.thread),
            place,
            entry.id,
            asked_at=asked_at,
            bot_user=deps.bot.user_id,
            tempo=deps.tempo,
        )
        answer: Answer = await steps.once("answer", lambda: _answer(deps, entry, place, asked_at, stream))
        try:
            await steps.once("show", lambda: _show(deps, entry, place, answer, stream))
        except Exception:
            log.exception("turn.not_shown", run=entry.run_id, trace=answer.trace_id)
            await steps.once("sorry", lambda: _say_sorry(deps, entry, place))
        for card in answer.approvals:
            await steps.once(f"ask {card.approval_id}", partial(ask_approvers, deps, entry, card))

    return run


async def _where(deps: Deps, entry: Entry, steps: Steps) -> tuple[Place, str]:
    """The place of the answer, and the ts of the question. A question from outside any thread gets a thread."""
    payload = entry.payload
    if not payload.get("anchor"):
        place = Place(
            entry.workspace_id,
            str(payload["channel"]),
            str(payload["thread"]),
            private=bool(payload["private"]),
            user=entry.user_id,
            team=deps.bot.team_id,
        )
        return place, str(payload["ts"])

    async def anchor() -> dict[str, str]:
        place = await direct_place(deps, entry.workspace_id, entry.user_id)
        said = "You asked: " + escape(shorten(str(payload["text"]), 1_000))
        ts = await deps.poster.post(place, Part(entry.id, "question"), said, [])
        await deps.runtime.entries.belongs_to(entry, f"{place.channel}:{ts}")
        return {"channel": place.channel, "ts": ts}

    made: dict[str, str] = await steps.once("anchor", anchor)
    place = Place(entry.workspace_id, made["channel"], made["ts"], user=entry.user_id, team=deps.bot.team_id)
    return place, made["ts"]


async def _answer(deps: Deps, entry: Entry, place: Place, asked_at: str, stream: AnswerStream) -> Answer:
    """The answer to the question; a failure becomes an answer that says so."""
    stream.begin()
    trace_id = new_trace_id(deps.ids)
    with trace(trace_id):
        try:
            person = await deps.principal_of(entry.workspace_id, entry.user_id)
            words = await words_of(deps, entry.workspace_id, str(entry.payload["text"]))
            files: list[dict[str, Any]] = list(entry.payload.get("files") or [])
            if importing := to_import(words, files):
                where = f"{place.channel}:{place.thread}"
                return await import_answer(deps, person, words, importing, CallOrigin(entry.id, where, Surface.SLACK))
            taken = await take_in(deps, person, place.channel, files, private=place.private) if files else ()
            read = tuple(word.sentence for word in taken)
            answer = await _without_agent(deps, person, words, read)
            if answer is None:
                asked = await _ask(deps, entry, await _turn(deps, entry, place, asked_at, person, words), stream)
                answer = replace(asked, notes=(*asked.notes, *read))
            if is_storable(answer):
                return answer
            log.error("turn.not_storable", run=entry.run_id, calls=[name for name, _ in answer.calls])
            return replace(answer, calls=())
        except SophiaError as failure:
            return _failed(failure)
        except Exception:
            log.exception("turn.bug", run=entry.run_id, trace=trace_id)
            return _failed(Bug(trace_id))


async def _ask(deps: Deps, entry: Entry, turn: Turn, stream: AnswerStream) -> Answer:
    """The agent's answer, or a line that it was stopped."""
    work = asyncio.create_task(deps.agent.run(turn, stream))
    stop = asyncio.create_task(deps.runtime.stop_event(entry).wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return STOPPED
        answer = work.result()
    finally:
        work.cancel()
        stop.cancel()
        await asyncio.gather(work, stop, return_exceptions=True)
    return answer


async def _without_agent(deps: Deps, person: Principal, words: str, read: tuple[str, ...]) -> Answer | None:
    """Answers to messages that hold no question. `read` says what became of the files that came with them."""
    if len(words) > deps.longest_message:
        text = (
            f"That message is too long for me ({len(words):,} characters; I read up to {deps.longest_message:,}). "
            "Please send me the part that matters."
        )
        return Answer(AnswerKind.DECLINED, text)
    if any(character.isalnum() for character in words):
        return None
    if read:
        return Answer(AnswerKind.ANSWER, "\n".join(read))
    questions = tuple(await example_questions(person, deps, 3))
    return Answer(AnswerKind.DECLINED, await help_text(person, deps), follow_ups=questions)


async def _turn(deps: Deps, entry: Entry, place: Place, asked_at: str, person: Principal, words: str) -> Turn:
    files: list[dict[str, Any]] = list(entry.payload.get("files") or [])
    return Turn(
        turn_id=entry.id,
        principal=person,
        text=words,
        surface=Surface.SLACK,
        conversation=Conversation(place.channel, place.thread, private=place.private),
        received_at=entry.received_at,
        history=await earlier_remarks(deps, place, asked_at),
        attachments=tuple(Attachment(file["id"], file["name"], file["mimetype"], file["size"]) for file in files),
    )


def _failed(failure: SophiaError) -> Answer:
    return Answer(AnswerKind.FAILED, failure.for_people, trace_id=getattr(failure, "trace_id", ""))


async def _show(deps: Deps, entry: Entry, place: Place, answer: Answer, stream: AnswerStream) -> list[str]:
    """Put the answer's messages into Slack; returns their ts. Where Slack refuses the place, the person's direct
    message is used, so that nobody waits for an answer that never comes."""
    person = await deps.principal_of(entry.workspace_id, entry.user_id)
    reader = Reader(person.timezone, deps.clock.now())
    shown = _rendered(entry, answer, reader)
    openly = await may_all_read(deps, place, person, answer.readers_need)
    here = shown if openly else _rendered(entry, ELSEWHERE, reader)
    try:
        first = await stream.finish(here[0], suspended=openly and bool(answer.approvals))
        posted = [first, *[await _post(deps, entry, place, message) for message in here[1:]]]
    except NotDelivered as refused:
        log.warning("turn.not_delivered", code=refused.code, run=entry.run_id)
        if place.private:
            return []
        openly, posted = False, []
    return posted if openly else posted + await _show_privately(deps, entry, shown)


async def _say_sorry(deps: Deps, entry: Entry, place: Place) -> None:
    """Words that need nothing: neither the person's record nor a table, only Slack."""
    try:
        await deps.poster.post(place, Part(entry.id, "sorry"), NOT_SHOWN, [])
    except NotDelivered as refused:
        log.error("turn.lost", code=refused.code, run=entry.run_id)
    await deps.sessions.of(place.channel, place.thread).ended("active")


def _rendered(entry: Entry, answer: Answer, reader: Reader) -> list[Message]:
    """The answer's messages; when drawing them fails, its words alone."""
    try:
        return messages(answer, reader, entry.id)
    except Exception:
        log.exception("turn.not_drawn", run=entry.run_id)
        words = Answer(answer.kind, answer.text, notes=("I couldn't draw the tables of this answer.",))
        return messages(words, reader, entry.id)


async def _show_privately(deps: Deps, entry: Entry, shown: list[Message]) -> list[str]:
    try:
        place = await direct_place(deps, entry.workspace_id, entry.user_id)
        return [await _post(deps, entry, place, message, prefix="direct:") for message in shown]
    except NotDelivered as refused:
        log.error("turn.lost", code=refused.code, run=entry.run_id)
        return []


async def _post(deps: Deps, entry: Entry, place: Place, message: Message, prefix: str = "") -> str:
    part = Part(entry.id, prefix + message.part)
    return await deps.poster.post(place, part, message.text, message.all_blocks)
