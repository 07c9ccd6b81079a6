"""The CSV of a table: to the person who asked for it, in their direct message or the private thread."""

from __future__ import annotations

from typing import Any

import structlog

from app.channels.csv import csv_name, to_csv
from app.channels.slack.failures import CALL_FAILURES, NotDelivered, code_of
from app.channels.slack.post import Place
from app.channels.text import count
from app.domain.answer import Answer, Table
from app.domain.principal import Surface
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from app.tools.core.outcomes import CallOrigin
from app.tools.core.whole import whole_table
from handlers.actions.download_csv import CSV
from handlers.core.deps import Deps
from handlers.core.direct import direct_place

KIND = CSV
log = structlog.get_logger(__name__)
TOO_OLD = "That answer is too old for a download. Please ask me again and download it then."
NOT_YOURS = "Only the person who asked can download this. Ask me the same question, and I'll make one for you."
FAILED = "Slack didn't take the file. Please click Download again."
SENT = "I sent you the file in our direct message."


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        sentence: str = await steps.once("send", lambda: _send(deps, entry))
        if sentence:
            await steps.once("tell", lambda: _tell(deps, entry, sentence))

    return run


async def _send(deps: Deps, entry: Entry) -> str:
    """Upload the file; returns what is left to say to the person."""
    turn_id, number = str(entry.payload["turn"]), int(entry.payload["table"])
    turn = await deps.runtime.entries.get(entry.workspace_id, turn_id)
    answer: Any = await deps.runtime.recorded(entry.workspace_id, turn_id, "answer")
    if turn is None or not isinstance(answer, Answer) or number >= len(answer.tables):
        return TOO_OLD
    if turn.user_id != entry.user_id:
        return NOT_YOURS
    table = await _whole(deps, entry, answer, number)
    private = bool(entry.payload["private"])
    try:
        place = (
            Place(entry.workspace_id, str(entry.payload["channel"]), str(entry.payload["thread"]))
            if private
            else await direct_place(deps, entry.workspace_id, entry.user_id)
        )
        await deps.poster.keep_trying(lambda: _upload(deps, place, table))
    except NotDelivered as refused:
        log.warning("csv.refused", code=refused.code, run=entry.run_id)
        return FAILED
    return "" if private else SENT


async def _whole(deps: Deps, entry: Entry, answer: Answer, number: int) -> Table:
    person = await deps.principal_of(entry.workspace_id, entry.user_id)
    place = f"{entry.payload['channel']}:{entry.payload['thread']}"
    origin = CallOrigin(entry.run_id, place, Surface.SLACK)
    return await whole_table(answer, number, person, origin, gate=deps.gate.call, tools=deps.tools)


async def _upload(deps: Deps, place: Place, table: Table) -> object:
    """https://docs.slack.dev/messaging/working-with-files#upload: get an address, put the file there, share it."""
    name = csv_name(table)
    return await deps.client.files_upload_v2(
        channel=place.channel,
        thread_ts=place.thread or None,
        filename=name,
        title=name,
        content=to_csv(table).encode("utf-8-sig"),  # the mark makes Excel read UTF-8
        initial_comment=_comment(table),
    )


def _comment(table: Table) -> str:
    if len(table.rows) < table.row_count:
        return f"The first {count(len(table.rows), 'row')} of {table.row_count:,}."
    return f"{count(len(table.rows), 'row')}."


async def _tell(deps: Deps, entry: Entry, sentence: str) -> None:
    try:
        await deps.client.chat_postEphemeral(
            channel=str(entry.payload["channel"]),
            user=entry.user_id,
            thread_ts=str(entry.payload["thread"]),
            text=sentence,
        )
    except CALL_FAILURES as failure:
        log.warning("csv.not_told", code=code_of(failure), run=entry.run_id)
