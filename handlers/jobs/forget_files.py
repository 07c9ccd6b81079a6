"""Files that are gone from Slack are forgotten."""

from __future__ import annotations

from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from handlers.core.deps import Deps
from handlers.core.gone import FORGET_FILES
from handlers.core.shared_files import file_document

KIND = FORGET_FILES


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        documents = [file_document(str(file_id)) for file_id in entry.payload["files"]]
        await steps.once("forget", lambda: deps.library.forget(entry.workspace_id, documents))

    return run
