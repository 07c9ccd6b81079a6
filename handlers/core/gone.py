"""The arrival that says which shared files are gone."""

from __future__ import annotations

from collections.abc import Sequence

from app.runtime.intake import Arrival
from handlers.core.incoming import Incoming

FORGET_FILES = "forget_files"


def gone(incoming: Incoming, file_ids: Sequence[str]) -> Arrival | None:
    """Stored before Slack is acknowledged, so that a crash forgets to forget nothing."""
    files = [file_id for file_id in file_ids if file_id]
    if not files:
        return None
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"{incoming.delivery_id}:{FORGET_FILES}"[:120],
        delivery_id=incoming.delivery_id,
        kind=FORGET_FILES,
        user_id=incoming.user_id,
        payload={"files": files},
    )
