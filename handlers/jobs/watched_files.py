"""Files in a watched channel are read for its members. Who posted them sees a mark on the message when all were read,
and hears what could not be read; nobody else is disturbed."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from handlers.core.deps import Deps
from handlers.core.shared_files import Word, take_in
from handlers.core.watching import WATCHED_FILES

KIND = WATCHED_FILES
READ = "books"
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        channel, files = str(entry.payload["channel"]), [{"id": str(one)} for one in entry.payload["files"]]

        async def read() -> list[list[object]]:
            person = await deps.principal_of(entry.workspace_id, entry.user_id)
            return [[word.sentence, word.read] for word in await take_in(deps, person, channel, files, private=False)]

        taken = [Word(str(sentence), read=bool(read)) for sentence, read in await steps.once("read", read)]
        await steps.once("tell", lambda: _tell(deps, entry, channel, taken))

    return run


async def _tell(deps: Deps, entry: Entry, channel: str, taken: Sequence[Word]) -> None:
    ts, unread = str(entry.payload["ts"]), [word.sentence for word in taken if not word.read]
    try:
        if unread:
            await deps.client.chat_postEphemeral(channel=channel, user=entry.user_id, text="\n".join(unread))
        else:
            await deps.client.reactions_add(channel=channel, timestamp=ts, name=READ)
    except CALL_FAILURES as failure:  # the files were read all the same
        log.info("slack.watched_files_not_told", code=code_of(failure))
