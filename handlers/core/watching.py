"""The arrival of files that somebody posted in a watched channel, without a word to Sophia."""

from __future__ import annotations

from collections.abc import Sequence

from app.runtime.intake import Arrival
from handlers.core.incoming import Incoming

WATCHED_FILES = "watched_files"


def posted(incoming: Incoming, file_ids: Sequence[str]) -> Arrival | None:
    """The files of one message; None when it carries none."""
    files = [file_id for file_id in file_ids if file_id]
    if not files:
        return None
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"{incoming.channel}:{incoming.message_ts}:{WATCHED_FILES}",
        delivery_id=incoming.delivery_id,
        kind=WATCHED_FILES,
        user_id=incoming.user_id,
        payload={"channel": incoming.channel, "ts": incoming.message_ts, "files": files},
    )
