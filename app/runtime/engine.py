"""The durable engine: DBOS, set up the way Sophia needs it. The only module that talks to DBOS.

A run is a workflow whose id is its dedupe key; its steps are recorded, so that after a crash a run goes on from the
step it was on. Steps run at least once: what a step shows or changes must be journalled by the step itself.
Facts about DBOS 3.4: https://docs.dbos.dev/python/reference/dbos-class
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as SqlTimeout

from app.runtime.serializer import TaggedJson

log = structlog.get_logger(__name__)
T = TypeVar("T")
APPLICATION_VERSION = "sophia-1"
"""Changes only when the steps of a run change their order or meaning: runs of another version are not resumed."""

TAKEOVER_QUEUE = "takeover"
TAKEOVERS_AT_ONCE = 25
STATUS_CHUNK = 400

RunBody = Callable[[str, str], Awaitable[None]]


class Steps:
    """The recorded steps of one run, given to the job that does the work."""

    async def once(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work`; after a crash the recorded result is returned instead of working again.

        `work` returns domain values or plain JSON values (see serializer.py).
        """
        return await DBOS.run_step_async({"name": name}, _named(work, name))


async def patiently(work: Callable[[], Awaitable[T]], *, give_up_after: float = 900.0) -> T:
    """The result of `work`, repeated while the database does not answer (locked, full, restarting, no connection
    free), up to `give_up_after` seconds. Only for work that may be done more than once."""
    waited, pause = 0.0, 0.2
    while True:
        try:
            return await work()
        except (OperationalError, InterfaceError, SqlTimeout) as failure:
            if waited > give_up_after:
                raise
            log.warning("runtime.database_waits", error=type(failure).__name__, pause=pause)
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 15.0)


def _named(work: Callable[[], Awaitable[T]], name: str) -> Callable[[], Any]:
    async def step() -> T:
        return await patiently(work)

    step.__name__ = step.__qualname__ = name
    return step


class DurableEngine:
    """One DBOS executor in this process. `run` is called with (workspace id, entry id) for each started run.

    url: SQLAlchemy URL of DBOS's own tables (`sqlite:///…` or `postgresql://…`). executor_id must be different for
    every process that is alive at the same time, and the same after a restart.
    """

    def __init__(self, url: str, executor_id: str, run: RunBody, *, threads: int = 24) -> None:
        self._url = url
        self._executor_id = executor_id
        self._run = run
        self._threads = threads
        self._start: Any = None

    async def launch(self) -> None:
        """Open the system database, resume this executor's own runs, be ready to start others."""
        config: DBOSConfig = {
            "name": "sophia",
            "application_version": APPLICATION_VERSION,
            "executor_id": self._executor_id,
            "serializer": TaggedJson(),
            "system_database_url": self._url,
            "enable_otlp": False,
            "log_level": "ERROR",
            "max_executor_threads": self._threads,
        }
        if self._url.startswith("sqlite"):
            config["system_database_engine"] = _sqlite_engine(self._url)
        DBOS(config=config)

        async def turn_run(workspace_id: str, entry_id: str) -> None:
            await self._run(workspace_id, entry_id)

        self._start = DBOS.workflow(name="sophia_run", max_recovery_attempts=1000)(turn_run)
        # In this thread: DBOS adopts the running loop, so that runs share it with everything else.
        DBOS.launch()
        await DBOS.register_queue_async(TAKEOVER_QUEUE, worker_concurrency=TAKEOVERS_AT_ONCE)

    async def start(self, run_id: str, workspace_id: str, entry_id: str) -> None:
        """Start a run in this process and return. An id that ran before does not run again."""
        with SetWorkflowID(run_id):
            await DBOS.start_workflow_async(self._start, workspace_id, entry_id)

    async def states(self, run_ids: Sequence[str]) -> dict[str, str]:
        """DBOS's status of each known run: PENDING, ENQUEUED, SUCCESS, ERROR, CANCELLED …"""
        known: dict[str, str] = {}
        for first in range(0, len(run_ids), STATUS_CHUNK):
            chunk = list(run_ids[first : first + STATUS_CHUNK])
            found = await DBOS.list_workflows_async(workflow_ids=chunk, load_input=False, load_output=False)
            known.update({status.workflow_id: status.status for status in found})
        return known

    async def resume(self, run_ids: Sequence[str]) -> None:
        """Run unfinished runs of a dead executor here, from the step each was on."""
        if run_ids:
            await DBOS.resume_workflows_async(list(run_ids), queue_name=TAKEOVER_QUEUE)

    async def recorded(self, run_id: str, step: str) -> Any:
        """What a step of a run returned, or None when the run or the step is not known."""
        for record in await DBOS.list_workflow_steps_async(run_id):
            if record["function_name"] == step:
                return record["output"]
        return None

    async def forget(self, run_ids: Sequence[str]) -> None:
        """Delete finished runs and what their steps returned."""
        if run_ids:
            await DBOS.delete_workflows_async(list(run_ids))

    async def close(self) -> None:
        """Stop. Runs that were cut off stay recorded and are resumed later."""
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)


def _sqlite_engine(url: str) -> sa.Engine:
    """DBOS's SQLite settings (its own `_create_engine`) plus write-ahead logging, which DBOS leaves to us."""
    engine = sa.create_engine(url, pool_size=10, max_overflow=20, pool_timeout=30)

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
