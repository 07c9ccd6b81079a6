"""A record that its system says has changed: it is read again. What fails here comes with the next sync."""

from __future__ import annotations

import structlog

from app.domain.errors import SophiaError
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from handlers.core.deps import Deps

KIND = "changed_record"
log = structlog.get_logger(__name__)


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        await steps.once("refresh", lambda: _refresh(deps, entry))

    return run


async def _refresh(deps: Deps, entry: Entry) -> bool:
    system, resource, record_id = (str(entry.payload[name]) for name in ("system", "resource", "record_id"))
    try:
        return await deps.changes.refresh(system, resource, record_id, entry.received_at)
    except SophiaError as failed:
        log.warning("changed_record.not_read", system=system, resource=resource, code=failed.code)
        return False
