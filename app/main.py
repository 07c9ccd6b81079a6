"""Composition root: settings become objects, objects become processes. The only module that knows every concrete class.

`open_house` builds everything a turn needs; `web`, `worker` and `socket` put Slack and the durable runtime around it.
"""

from __future__ import annotations

import asyncio
import signal
import socket as sockets
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

import structlog
from aiohttp import ClientSession, ClientTimeout
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.agent.agent import Agent, Surroundings
from app.agent.limits import TurnLimits
from app.agent.memory import ThreadMemory
from app.agent.prompts import Prompts
from app.channels.slack.files import SlackFiles
from app.channels.slack.memberships import Memberships
from app.channels.slack.post import Part, Place, Poster
from app.channels.slack.session import Sessions
from app.db.engine import Database
from app.domain.clock import Clock, Ids, RandomIds, SystemClock
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.domain.principal import Principal
from app.domain.written import WrittenRecord
from app.gateways.admission import MinuteLimits
from app.gateways.cache.alike import Alike
from app.gateways.cache.ladder import AnswerCache
from app.gateways.cache.shelves import OwnShelf, RedisShelf, Shelf
from app.gateways.choosing.quality import read_votes
from app.gateways.counters import Counters
from app.gateways.embedded.factory import EmbeddedPlanners
from app.gateways.embedded.planner import Planner
from app.gateways.models import ChatModels
from app.gateways.money.alerts import BudgetAlert, tell_budgets
from app.gateways.money.budgets import Budgets, default_budget
from app.gateways.money.holdings import Holdings
from app.gateways.money.ledger import Ledger
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.trail.recorder import TrailRecorder, forget_calls
from app.gateways.usage import UsageRecorder
from app.http.outbound import Outbound
from app.integrations.base import Connector
from app.integrations.declared.registry import all_services, open_services
from app.integrations.registry import all_connectors, open_connectors
from app.integrations.resend import ResendEmail
from app.integrations.sendgrid import SendGridEmail
from app.integrations.service_roads import service_roads
from app.integrations.systems import ConnectedSystems
from app.integrations.telling import Telling
from app.integrations.twilio import TwilioSms
from app.knowledge.embedders.base import Embedder
from app.knowledge.embedders.registry import open_embedder
from app.knowledge.library import Library
from app.knowledge.reading.isolated import IsolatedReading
from app.knowledge.reranking import CohereReranker
from app.knowledge.search import Search
from app.knowledge.stores.choice import library_store
from app.knowledge.word_index import WordIndex
from app.knowledge.written import keep_in_step
from app.model_setup import ModelUpkeep, call_limits, declared, known_secrets, model_plan, turned
from app.portfolio.names import load_names
from app.portfolio.register import Register
from app.portfolio.sync.engine import sync_source
from app.portfolio.sync.record import refresh_record
from app.portfolio.sync.report import OnProgress, SyncMode, SyncReport
from app.portfolio.sync.upkeep import after_sync
from app.portfolio.written import CALLS, NOTES, standings, written
from app.runtime.process import settle_in
from app.runtime.runtime import Runtime, RuntimeOptions
from app.security.anchors import AnchorFile
from app.security.budget import TURN_LIMITS, Limits
from app.security.keys import KeyRing
from app.security.outbound_audit import OutboundAudit
from app.security.outgoing import OutgoingMessages, Provider
from app.security.people import principal_of
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.security.stored import with_stored_secrets
from app.settings import Settings
from app.telemetry.logs import configure_logs
from app.telemetry.metrics import record_outbound
from app.tools.core.execution import Workbench
from app.tools.core.gate import Gate
from app.tools.core.registry import Tools, all_tools
from app.tools.core.services import ChannelsOf, Services, no_channels
from app.tools.declared.tools import with_declared
from handlers.app import build_slack_app, who_am_i
from handlers.core.deps import Changes, Deps

log = structlog.get_logger(__name__)

Role = Literal["web", "worker", "socket"]
SLACK_TIMEOUT = 20  # seconds
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


@dataclass(frozen=True)
class House:
    """Everything one process works with, on every surface."""

    settings: Settings
    clock: Clock
    ids: Ids
    db: Database
    tools: Tools
    connectors: Mapping[str, Connector]
    safeguards: Safeguards
    gate: Gate
    agent: Agent
    models: ChatModels
    upkeep: ModelUpkeep
    budgets: Budgets
    library: Library
    documents: Search
    embedder: Embedder
    outbound: Outbound


@asynccontextmanager
async def open_house(
    settings: Settings, *, clock: Clock | None = None, ids: Ids | None = None
) -> AsyncGenerator[House]:
    """Builds the house and closes it again. Connects to nothing but the database, where it reads stored secrets: the
    house's settings hold them too."""
    clock, ids = clock or SystemClock(), ids or RandomIds()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        db = Database(settings.async_database_url)
        stack.push_async_callback(db.close)
        settings = await with_stored_secrets(settings, db, clock)
        values = declared(settings)
        services = all_services(settings.services_folder)
        redactor = Redactor(known_secrets(settings, values))
        configure_logs(settings.log_level, settings.log_format, redactor.value)
        outbound = Outbound(clock, meter=record_outbound, roads=service_roads(settings), redis=settings.redis_address)
        stack.push_async_callback(outbound.close)
        safeguards = Safeguards.build(
            db,
            KeyRing(settings.signing_key, settings.previous_signing_keys),
            clock,
            redactor.value,
            approval_lifetime=timedelta(hours=settings.approval_hours),
            turns=_turn_limits(settings),
        )
        outbound.audit = on_record = OutboundAudit(safeguards.audit, settings.workspace_id)
        stack.push_async_callback(on_record.settle)
        tools = with_declared(
            all_tools(), services, open_services(services, values, outbound), safeguards.switches.require
        )
        connectors = open_connectors(values, outbound, clock)
        messages = OutgoingMessages(
            db, clock, safeguards.switches, sms=_sms(settings, outbound), email=_email(settings, outbound)
        )
        embedder = open_embedder(settings.embedder, values, outbound)
        stack.push_async_callback(embedder.close)
        words = WordIndex(db)
        store = library_store(settings, db, embedder, words)
        stack.push_async_callback(store.close)
        reading = IsolatedReading()
        stack.callback(reading.close)
        documents = Search(db, store, embedder, words, _reranker(settings, outbound))
        reached = Services(
            messages=messages,
            systems=ConnectedSystems(db, connectors.values(), all_connectors(), Register(db, clock)),
            documents=documents,
            channels_of=_channels_of(settings, outbound, clock),
        )
        gate = Gate(tools, Workbench(db, clock, ids, reached), safeguards)
        recorder = UsageRecorder(db, clock, ids)
        stack.push_async_callback(recorder.settle)
        planner = Planner([tool.spec for tool in tools.values()], cache_dir=settings.cache_dir)
        own_budget = default_budget(settings.workspace_id, settings.ai_budget, settings.ai_budget_channel or "")
        budgets = Budgets(db, clock, safeguards.audit, default=own_budget)
        prices = PriceTables(own_prices(settings.model_prices))
        plan = await asyncio.to_thread(model_plan, settings, values, clock)
        counters = Counters(settings.redis_address, time.monotonic)
        stack.push_async_callback(counters.aclose)
        trails = TrailRecorder(db, clock, ids, redactor.text)
        stack.push_async_callback(trails.settle)
        models = ChatModels(
            access=turned(plan, settings, clock),
            planner=EmbeddedPlanners(planner),
            uses=recorder,
            spending=Ledger(budgets, Holdings(db, clock, ids), prices, recorder, clock),
            admission=MinuteLimits(call_limits(settings), counters),
            cache=_answer_cache(settings, embedder),
            prices=lambda route: prices.rates(route, clock.now().date()),
            records=trails,
            redis=settings.redis_address,
        )
        stack.push_async_callback(models.aclose)
        agent = Agent(
            Surroundings(
                tools=tools,
                gate=gate.call,
                models=models,
                memory=ThreadMemory(db, clock),
                names=lambda principal: load_names(db, principal, clock),
                prompts=Prompts(),
                redactor=redactor,
                clock=clock,
                ids=ids,
                admit=partial(_admit, safeguards),
            ),
            TurnLimits(seconds=settings.turn_seconds),
        )
        library = Library(db, store, embedder, reading, clock)
        yield House(
            settings,
            clock,
            ids,
            db,
            tools,
            connectors,
            safeguards,
            gate,
            agent,
            models,
            ModelUpkeep(settings, models, redactor, db, clock, outbound),
            budgets,
            library,
            documents,
            embedder,
            outbound,
        )


def _reranker(settings: Settings, outbound: Outbound) -> CohereReranker | None:
    """What reorders found passages, if the operator chose one. Raises Fixable when its key is not set."""
    if settings.reranker == "none":
        return None
    if settings.cohere_api_key is None:
        raise Fixable(
            "RERANKER is cohere, and COHERE_API_KEY is not set.",
            next_step="Set COHERE_API_KEY, or RERANKER=none.",
            code="reranker_without_key",
        )
    return CohereReranker(outbound, api_key=settings.cohere_api_key.get_secret_value())


async def _admit(safeguards: Safeguards, principal: Principal) -> None:
    """Raises NotAllowed when Sophia is switched off, RetryLater when the person has asked enough for now."""
    await safeguards.switches.require(principal.workspace_id)
    await safeguards.budget.spend(principal, "turns")


def _answer_cache(settings: Settings, embedder: Embedder) -> AnswerCache | None:
    """Answers that people with the same rights share, in Redis when there is one; None when that is off."""
    if settings.model_cache == "off":
        return None
    shelf: Shelf = OwnShelf(time.monotonic)
    if settings.redis_address:
        keys = KeyRing(settings.signing_key, settings.previous_signing_keys).derived("model answers")
        shelf = RedisShelf(settings.redis_address, keys, time.monotonic)
    alike = Alike(embedder.question) if settings.model_cache == "semantic" else None
    return AnswerCache(shelf, settings.model_cache_minutes * 60, alike)


def _turn_limits(settings: Settings) -> Limits:
    return Limits(
        person_minute=TURN_LIMITS.person_minute,
        person_hour=settings.turns_per_hour,
        person_day=TURN_LIMITS.person_day,
        workspace_minute=TURN_LIMITS.workspace_minute,
        workspace_day=TURN_LIMITS.workspace_day,
    )


def _channels_of(settings: Settings, outbound: Outbound, clock: Clock) -> ChannelsOf:
    if settings.slack_bot_token is None:
        return no_channels
    token = settings.slack_bot_token.get_secret_value()
    return Memberships(outbound, clock, token=token, api_url=settings.slack_api_url).channels_of


def _sms(settings: Settings, outbound: Outbound) -> Provider | None:
    if not (settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from):
        return None
    return TwilioSms(
        outbound,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_api_url,
    )


def _email(settings: Settings, outbound: Outbound) -> Provider | None:
    if not settings.email_from:
        return None
    if settings.resend_api_key:
        key = settings.resend_api_key.get_secret_value()
        return ResendEmail(outbound, api_key=key, sender=settings.email_from, base_url=settings.resend_api_url)
    if settings.sendgrid_api_key:
        key = settings.sendgrid_api_key.get_secret_value()
        return SendGridEmail(outbound, api_key=key, sender=settings.email_from)
    return None


@asynccontextmanager
async def open_slack(house: House, role: Role) -> AsyncGenerator[Deps]:
    """The durable runtime and Slack's client around a house. A `web` process only takes in and acknowledges.

    Raises Fixable without a bot token, and what slack_sdk raises when Slack refuses it.
    """
    settings = house.settings
    if settings.slack_bot_token is None:
        raise Fixable(
            "SLACK_BOT_TOKEN is not set, so there is no Slack to listen to.",
            next_step="See docs/slack.md, or try `sophia demo`, which brings a local workspace.",
            code="bad_settings",
        )
    # One session for all calls: without it slack_sdk opens a connection for each.
    async with ClientSession(timeout=ClientTimeout(total=SLACK_TIMEOUT)) as connections:
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=f"{settings.slack_api_url}/",
            session=connections,
            timeout=SLACK_TIMEOUT,
            retry_handlers=[],  # the poster repeats what may be repeated; a blind repeat would post twice
        )
        runtime = Runtime(house.db, house.clock, runtime_options(settings, role))
        deps = Deps(
            agent=house.agent,
            gate=house.gate,
            tools=house.tools,
            principal_of=partial(principal_of, house.db),
            db=house.db,
            runtime=runtime,
            clock=house.clock,
            ids=house.ids,
            client=client,
            bot=await who_am_i(client),
            poster=Poster(client, runtime.deliveries),
            sessions=Sessions(client),
            files=SlackFiles(
                client,
                house.outbound,
                token=settings.slack_bot_token.get_secret_value(),
                api_url=settings.slack_api_url,
            ),
            library=house.library,
            signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
            company=settings.company_name,
            watched=frozenset(filter(None, (part.strip() for part in settings.watched_channels.split(",")))),
            changes=Changes(
                settings.workspace_id,
                {key: one for key, one in house.connectors.items() if isinstance(one, Telling)},
                partial(_refresh, house),
            ),
        )
        if role != "web":
            await house.models.warm()
            runtime.every(settings.sync_minutes * 60, partial(_keep_fresh, house))
            runtime.every(RECONCILE_EVERY, partial(_reconcile, house))
            runtime.every(KEYS_EVERY, house.upkeep.look)
            runtime.every(VOTES_EVERY, partial(_learn, house))
            runtime.every(FORGET_EVERY, partial(_forget_calls, house))
            runtime.every(BUDGETS_EVERY, partial(_tell_budgets, house, deps.poster))
            if settings.audit_anchor:
                anchors = AnchorFile(settings.audit_anchor, house.clock)
                runtime.every(ANCHOR_EVERY, partial(_anchor, anchors, house))
        try:
            yield deps
        finally:
            await runtime.drain()


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


async def _refresh(house: House, system: str, resource: str, record_id: str, told: datetime) -> bool:
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


def runtime_options(settings: Settings, role: Role) -> RuntimeOptions:
    """DBOS keeps its tables in the same PostgreSQL, or in a file of its own beside the embedded database.

    Two processes alive at once never share an executor id; a restarted one has the id it had.
    """
    url = settings.sync_database_url
    system_url = url if url.startswith("postgresql") else f"sqlite:///{(settings.data_dir / 'runs.sqlite').resolve()}"
    return RuntimeOptions(
        executor_id=f"{settings.executor_id or sockets.gethostname()}-{role}",
        system_url=system_url,
        work=role != "web",
        max_running=settings.worker_concurrency,
    )


def _nothing() -> None:
    return None


async def web(settings: Settings) -> None:
    """The HTTP side: takes in what Slack sends and acknowledges it. A worker does the work."""
    import uvicorn  # noqa: PLC0415 - only this process serves HTTP

    from handlers.http.server import build_http  # noqa: PLC0415

    async with open_house(settings) as house, open_slack(house, "web") as deps:
        if not deps.signing_secret:
            raise Fixable("SLACK_SIGNING_SECRET is not set.", next_step="See docs/slack.md.", code="bad_settings")
        server = uvicorn.Server(
            uvicorn.Config(build_http(deps), host=settings.host, port=settings.port, log_config=None, access_log=False)
        )
        await deps.runtime.start()
        settle_in()
        log.info("web_ready", address=f"http://{settings.host}:{settings.port}")
        await server.serve()


async def worker(settings: Settings) -> None:
    """Works on what was taken in, until SIGTERM or SIGINT."""
    async with open_house(settings) as house, open_slack(house, "worker") as deps:
        build_slack_app(deps)
        await deps.runtime.start()
        settle_in()
        async with _watched(deps, settings):
            log.info("worker_ready")
            await until_told_to_stop()


async def socket(settings: Settings, on_ready: Callable[[], None] = _nothing) -> None:
    """Socket Mode: takes in and works in one process, with no public address. `on_ready` is called when it listens."""
    async with open_house(settings) as house, open_slack(house, "socket") as deps:
        token = house.settings.slack_app_token
        if token is None:
            raise Fixable("SLACK_APP_TOKEN is not set.", next_step="See docs/slack.md.", code="bad_settings")
        app = build_slack_app(deps)
        await deps.runtime.start()
        settle_in()
        handler = AsyncSocketModeHandler(app, token.get_secret_value(), web_client=deps.client)
        async with _watched(deps, settings):
            await handler.connect_async()
            log.info("socket_ready")
            on_ready()
            try:
                await until_told_to_stop()
            finally:
                await handler.close_async()


def _watched(deps: Deps, settings: Settings) -> AbstractAsyncContextManager[str]:
    """Health and metrics meanwhile, where a port is set for them."""
    if not settings.health_port:
        return nullcontext("")
    from handlers.http.watched import watched  # noqa: PLC0415 - most of these processes serve no HTTP

    return watched(deps, settings.host, settings.health_port)


async def until_told_to_stop() -> None:
    """Returns at SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # not on Windows' event loop
            loop.add_signal_handler(name, told.set)
    await told.wait()
