"""Durable work as one object: take in, run, resume, take over, drain.

    arrival → Intake (stored, acknowledged) → claimed fairly → DurableEngine (recorded steps) → ended

A `Job` does the work of one kind of entry; the layers above register them. Not for: what the jobs do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.domain.clock import Clock
from app.runtime.deliveries import Deliveries
from app.runtime.engine import DurableEngine, Steps, patiently
from app.runtime.entries import CLAIMED_AT_ONCE, Backlog, Entries, Entry
from app.runtime.feedback import FeedbackLog
from app.runtime.intake import Arrival, Intake
from app.runtime.loops import Loop
from app.runtime.presence import Presence
from app.runtime.reminders import DueReminders

log = structlog.get_logger(__name__)
CLAIM_GAP = 0.01
"""Seconds between two claims under load: one claim serves many runs that end. An idle process claims at once."""


class Job(Protocol):
    """Does the work of one kind of entry. It may run more than once for one entry after a crash: recorded steps
    return what they returned before. It tells the person about failures itself; what it raises is only logged."""

    async def __call__(self, entry: Entry, steps: Steps) -> None: ...


Told = Callable[[Entry, int], Awaitable[None]]


@dataclass(frozen=True)
class RuntimeOptions:
    """Times are in seconds. `work` False: only take in (a web process beside separate workers)."""

    executor_id: str
    system_url: str  # DBOS's own database, e.g. sqlite:///var/runs.sqlite
    work: bool = True
    max_running: int = 200
    poll_every: float = 0.5
    beat_every: float = 5.0
    dead_after: float = 30.0
    busy_after: float = 8.0
    keep: timedelta = timedelta(days=3)


class Runtime:
    """The durable runtime of one process. Register jobs, then `start`; at the end `drain`."""

    def __init__(self, db: Database, clock: Clock, options: RuntimeOptions) -> None:
        self._db = db
        self._clock = clock
        self._options = options
        self._wake = asyncio.Event()
        self._jobs: dict[str, Job] = {}
        self._tell_busy: Told | None = None
        self._busy_kind = ""
        self._loops: list[Loop] = []
        self._bodies: set[asyncio.Task[Any]] = set()
        self._chores: list[tuple[float, Callable[[], Awaitable[object]]]] = []
        self._running: dict[str, asyncio.Event] = {}
        self._claimed: dict[str, Entry] = {}  # claimed here, its run not begun yet
        self._some_wait = True  # at the last claim; what came since has set the wake itself
        self._places = asyncio.Semaphore(options.max_running)
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = False
        self.intake = Intake(db, clock, self._wake.set)
        self.entries = Entries(db, clock, options.executor_id)
        self.deliveries = Deliveries(db, clock)
        self.feedback = FeedbackLog(db, clock)
        self.reminders = DueReminders(db, clock, self.intake)
        self._presence = Presence(db, options.executor_id, margin=options.dead_after)
        self._engine = DurableEngine(options.system_url, options.executor_id, self._run)

    def register(self, jobs: Mapping[str, Job]) -> None:
        """The jobs by kind. A kind may be registered once."""
        doubled = self._jobs.keys() & jobs.keys()
        if doubled:
            raise ValueError(f"jobs registered twice: {', '.join(sorted(doubled))}")
        self._jobs.update(jobs)

    def when_busy(self, kind: str, tell: Told) -> None:
        """`tell(entry, ahead)` is awaited once for each entry of `kind` that has to wait long."""
        self._busy_kind, self._tell_busy = kind, tell

    async def start(self) -> None:
        """Take in and, if this process works, resume what was left unfinished and run what waits."""
        self.intake.start()
        await self._presence.beat()
        await self._engine.launch()
        await self._settle(resume=False)  # the engine resumes this executor's own runs by itself
        self._every(self._options.beat_every, self._alive)  # the first loop: see drain
        if self._options.work:
            self._every(self._options.poll_every, self._dispatch, wake=self._wake)
            self._every(1.0, self._look_around)
            self._every(5.0, self._collect_reminders)
            self._every(3600.0, self._forget_old)
            for seconds, work in self._chores:
                self._every(seconds, work)

    async def accept(self, arrival: Arrival) -> bool:
        """Store an arrival; see Intake.accept."""
        return await self.intake.accept(arrival)

    async def recorded(self, workspace_id: str, entry_id: str, step: str) -> Any:
        """What a step of an earlier run returned, or None."""
        return await self._engine.recorded(f"{workspace_id}/{entry_id}", step)

    async def request_stop(self, workspace_id: str, conversation: str) -> int:
        """Stop what runs in a conversation, wherever it runs; returns how many entries were asked to."""
        asked = await self.entries.ask_to_stop(workspace_id, conversation)
        if asked:
            await self._stop_asked()
        return asked

    def stop_event(self, entry: Entry) -> asyncio.Event:
        """Set when the person wants the entry's work stopped."""
        return self._running.setdefault(entry.run_id, asyncio.Event())

    async def backlog(self) -> Backlog:
        """What waits and what runs. Raises SQLAlchemyError when the database does not answer."""
        return await self.entries.backlog()

    async def is_writable(self) -> bool:
        """True when the database takes writes (the heartbeat is one)."""
        try:
            await self._presence.beat()
        except SQLAlchemyError:
            return False
        return True

    async def drain(self, patience: float = 25.0) -> None:
        """Stop claiming, let running work end for `patience` seconds, hand back the rest, stop.

        What is cut off stays recorded at the step it was on, and another executor goes on with it at once.
        """
        self.draining = True
        if not self._loops:
            return  # never started
        heartbeat, *others = self._loops  # the heartbeat goes on, so that nobody takes over what still runs
        await asyncio.gather(*(loop.stop() for loop in others))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), patience)
        unfinished = bool(self._running)
        for run in tuple(self._bodies):
            run.cancel()
        await asyncio.gather(*self._bodies, return_exceptions=True)
        await heartbeat.stop()
        await self.intake.stop()
        await self._engine.close()
        await self._presence.leave(unfinished=unfinished)

    def every(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do `work` every so often from the start on, in processes that work."""
        self._chores.append((seconds, work))

    def _every(self, seconds: float, work: Callable[[], Awaitable[object]], wake: asyncio.Event | None = None) -> None:
        self._loops.append(Loop(getattr(work, "__name__", "chore"), seconds, work, wake, CLAIM_GAP if wake else 0.0))

    async def _alive(self) -> None:
        await self._presence.beat()
        if self._options.work and await self._presence.inherit():
            await self._settle(resume=True)

    async def _settle(self, *, resume: bool) -> None:
        """Bring held entries and recorded runs in line: resume, end, or put back what was never started."""
        held = [entry for entry in await self.entries.held_by(self._options.executor_id) if not self._has(entry)]
        states = await self._engine.states([entry.run_id for entry in held])
        unfinished: list[str] = []
        never_started: list[Entry] = []
        for entry in held:
            match states.get(entry.run_id):
                case None:
                    never_started.append(entry)
                case "SUCCESS":
                    await self.entries.end(entry.workspace_id, entry.id, "done")
                case "ERROR" | "CANCELLED" | "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                    await self.entries.end(entry.workspace_id, entry.id, "failed")
                case _:
                    unfinished.append(entry.run_id)
        if never_started:
            await self.entries.put_back(never_started)
            self._wake.set()
        if resume:
            await self._engine.resume(unfinished)
        if held:
            log.info("runtime.settled", resumed=len(unfinished), put_back=len(never_started))

    def _has(self, entry: Entry) -> bool:
        return entry.run_id in self._running

    async def _dispatch(self) -> None:
        while (room := self._options.max_running - len(self._running)) > 0:
            claim = await self.entries.claim(room)
            self._some_wait = claim.more
            await asyncio.gather(*(self._begin(entry) for entry in claim.entries))
            if len(claim.entries) < min(room, CLAIMED_AT_ONCE):
                return  # that was all; what arrived meanwhile has set the wake

    async def _begin(self, entry: Entry) -> None:
        self.stop_event(entry)
        self._idle.clear()
        self._claimed[entry.run_id] = entry
        try:
            await self._engine.start(entry.run_id, entry.workspace_id, entry.id)
        except Exception as failure:
            log.warning("runtime.not_started", run=entry.run_id, error=repr(failure))
            self._finished(entry.run_id)
            await self.entries.put_back([entry])

    async def _run(self, workspace_id: str, entry_id: str) -> None:
        """The body of a durable run. What a crash left resumes all at once, so runs wait here for a place too."""
        body = asyncio.current_task()
        if body is not None:
            self._bodies.add(body)
            body.add_done_callback(self._bodies.discard)
        async with self._places:
            entry = self._claimed.pop(f"{workspace_id}/{entry_id}", None)
            entry = entry or await patiently(lambda: self.entries.hold(workspace_id, entry_id))
            if entry is None:
                log.warning("runtime.no_entry", workspace=workspace_id, entry=entry_id)
                return
            self.stop_event(entry)
            self._idle.clear()
            try:
                state = await self._work_on(entry)
                await patiently(lambda: self.entries.end(workspace_id, entry_id, state))
            finally:
                self._finished(entry.run_id)

    async def _work_on(self, entry: Entry) -> Literal["done", "failed"]:
        try:
            job = self._jobs.get(entry.kind)
            if job is None:
                raise LookupError(f"no job for entries of kind {entry.kind}")
            await job(entry, Steps())
        except Exception:
            log.exception("runtime.job_failed", run=entry.run_id, kind=entry.kind)
            return "failed"
        return "done"

    def _finished(self, run_id: str) -> None:
        self._running.pop(run_id, None)
        self._claimed.pop(run_id, None)
        if not self._running:
            self._idle.set()
        if self._some_wait:
            self._wake.set()

    async def _look_around(self) -> None:
        await self._stop_asked()
        if self._tell_busy is None or len(self._running) < self._options.max_running:
            return  # what waits while there is room waits for its own thread, or starts in a moment
        for entry, ahead in await self.entries.long_waiting(
            self._busy_kind, timedelta(seconds=self._options.busy_after), most=20
        ):
            await self._tell_busy(entry, ahead)

    async def _stop_asked(self) -> None:
        if not self._running:
            return
        for run_id in await self.entries.to_stop():
            if run_id in self._running:
                self._running[run_id].set()

    async def _collect_reminders(self) -> None:
        await self.reminders.collect()

    async def _forget_old(self) -> None:
        old = await self.entries.forget_before(self._clock.now() - self._options.keep, most=5000)
        await self._engine.forget(old)
