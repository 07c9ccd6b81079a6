"""What the house does for itself: it reads the systems, keeps documents in step, tells budgets, forgets.

Not for: taking up changed keys and routes (app/model_setup.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from app.channels.slack.post import Part, Place, Poster
from app.domain.errors import NotAllowed, SophiaError
from app.domain.written import WrittenRecord
from app.gateways.choosing.quality import read_votes
from app.gateways.money.alerts import BudgetAlert, tell_budgets
from app.gateways.trail.recorder import forget_calls
from app.house import House
from app.integrations.base import Connector
from app.integrations.telling import Telling
from app.knowledge.written import keep_in_step
from app.portfolio.sync.engine import sync_source
from app.portfolio.sync.record import refresh_record
from app.portfolio.sync.report import OnProgress, SyncMode, SyncReport
from app.portfolio.sync.upkeep import after_sync
from app.portfolio.written import CALLS, NOTES, standings, written
from app.runtime.runtime import Runtime
from app.security.anchors import AnchorFile

log = structlog.get_logger(__name__)

KEPT_FRESH = 0.8
"""Of the time between two syncs: how long what one process read is left alone by the others, whose clocks differ."""
BUDGETS_EVERY = 60.0
FORGET_EVERY = 3600.0
KEYS_EVERY = 60.0
"""Seconds until a changed key or route is taken up."""
VOTES_EVERY = 300.0
"""Seconds until people's thumbs are heard in the choice of models."""
RECONCILE_EVERY = 3600.0
RECONCILE_HOUR = 3
"""Every hour it is asked whether it is this hour at the company; then all systems are read in full."""
RECONCILE_REST = timedelta(hours=12)
ANCHOR_EVERY = 3600.0
"""Seconds between two notes of the audit chain's head in AUDIT_ANCHOR."""


def keep_house(house: House, runtime: Runtime, poster: Poster) -> None:
    """What a process that works does meanwhile, each at its own interval."""
    runtime.every(house.settings.sync_minutes * 60, partial(_keep_fresh, house))
    runtime.every(RECONCILE_EVERY, partial(_reconcile, house))
    runtime.every(KEYS_EVERY, house.upkeep.look)
    runtime.every(VOTES_EVERY, partial(_learn, house))
    runtime.every(FORGET_EVERY, partial(_forget_calls, house))
    runtime.every(BUDGETS_EVERY, partial(_tell_budgets, house, poster))
    if house.settings.audit_anchor:
        anchors = AnchorFile(house.settings.audit_anchor, house.clock)
        runtime.every(ANCHOR_EVERY, partial(_anchor, anchors, house))


async def sync_all(
    house: House,
    connectors: Iterable[Connector] | None = None,
    *,
    mode: SyncMode = "auto",
    progress: OnProgress | None = None,
    rest: timedelta = timedelta(0),
) -> list[SyncReport]:
    """Brings systems into the read model, all that are connected or the given ones, at the same time; one that is slow
    or down never holds up the rest, and one that is switched off is not asked: its report says so. What any process
    has begun to read less than `rest` ago is left to it."""
    workspace_id = house.settings.workspace_id

    async def sync(connector: Connector) -> SyncReport:
        spec = connector.spec
        try:
            await house.safeguards.switches.require(workspace_id, f"integration:{spec.key}")
        except NotAllowed as switched_off:
            log.info("sync_skipped", source=spec.key, why=switched_off.sentence)
            return SyncReport(spec.key, spec.label, house.clock.now(), stopped_by=switched_off)
        return await sync_source(
            house.db, workspace_id, connector, clock=house.clock, mode=mode, progress=progress, rest=rest
        )

    chosen = house.connectors.values() if connectors is None else connectors
    reports = await asyncio.gather(*map(sync, chosen))
    await after_sync(house.db, workspace_id, reports, house.clock, house.settings.timezone)
    await _keep_written(house, since=min((report.started_at for report in reports), default=house.clock.now()))
    return reports


async def _keep_written(house: House, *, since: datetime) -> None:
    """Calls and notes become documents, or stop being some. What fails is done at the next sync: the read model is
    whole without it."""
    workspace_id, zone = house.settings.workspace_id, house.settings.timezone

    async def load(wanted: Mapping[str, frozenset[str]]) -> Sequence[WrittenRecord]:
        async with house.db.reading() as session:
            return await written(session, workspace_id, wanted, zone)

    try:
        async with house.db.reading() as session:
            standing = await standings(session, workspace_id)
        kept = await keep_in_step(house.library, workspace_id, (CALLS, NOTES), standing, load, since=since)
        log.info("written_kept", taken_in=kept.taken_in, forgotten=kept.forgotten)
    except SophiaError as failed:
        log.warning("written_not_kept", code=failed.code, detail=str(failed))


async def _anchor(anchors: AnchorFile, house: House) -> None:
    await anchors.anchor(house.safeguards.audit)


async def _tell_budgets(house: House, poster: Poster) -> None:
    async def tell(alert: BudgetAlert) -> None:
        place = Place(house.settings.workspace_id, alert.channel, private=False)
        await poster.post(place, Part(alert.key, "alert"), alert.text, [])

    await tell_budgets(house.db, house.clock, house.budgets, tell)


async def refresh(house: House, system: str, resource: str, record_id: str, told: datetime) -> bool:
    """Reads a record again that its system says has changed. Raises NotAllowed when the system is switched off."""
    workspace_id, connector = house.settings.workspace_id, house.connectors.get(system)
    if not isinstance(connector, Telling):
        return False  # it was connected when it told
    await house.safeguards.switches.require(workspace_id, f"integration:{system}")
    return await refresh_record(
        house.db, workspace_id, connector, house.clock, resource=resource, record_id=record_id, told=told
    )


async def _learn(house: House) -> None:
    house.models.quality.learn(await read_votes(house.db, house.settings.workspace_id, house.clock.now()))


async def _forget_calls(house: House) -> None:
    kept = timedelta(days=house.settings.model_trail_days)
    await forget_calls(house.db, house.settings.workspace_id, house.clock.now() - kept)


async def _keep_fresh(house: House) -> None:
    """Every process that works does this; what one of them reads, the others leave until it is due again."""
    await sync_all(house, rest=timedelta(minutes=house.settings.sync_minutes) * KEPT_FRESH)


async def _reconcile(house: House) -> None:
    """Reads everything again, so that what was deleted without a trace is buried; at night, when nobody waits."""
    if house.clock.now().astimezone(ZoneInfo(house.settings.timezone)).hour == RECONCILE_HOUR:
        await sync_all(house, mode="full", rest=RECONCILE_REST)
