"""Builds the house: settings become the objects that a turn needs, whatever the surface.

`open_house` is the only place that knows every concrete class; app/main.py makes processes of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import (
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from app.agent.agent import Agent, Surroundings
from app.agent.limits import TurnLimits
from app.agent.memory import ThreadMemory
from app.agent.prompts import Prompts
from app.db.engine import Database
from app.domain.clock import Clock, Ids, RandomIds, SystemClock
from app.domain.principal import Principal
from app.gateways.admission import MinuteLimits
from app.gateways.counters import Counters
from app.gateways.embedded.factory import EmbeddedPlanners
from app.gateways.embedded.planner import Planner
from app.gateways.models import ChatModels
from app.gateways.money.budgets import Budgets
from app.gateways.money.holdings import Holdings
from app.gateways.money.ledger import Ledger
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.pool.pools import Pools
from app.gateways.route_plan import RoutePlan
from app.gateways.trail.recorder import TrailRecorder
from app.gateways.usage import UsageRecorder
from app.http.outbound import Outbound
from app.integrations.base import Connector
from app.integrations.declared.registry import all_services, open_services
from app.integrations.registry import all_connectors, open_connectors
from app.integrations.service_roads import service_roads
from app.integrations.systems import ConnectedSystems
from app.knowledge.embedders.base import Embedder
from app.knowledge.embedders.registry import open_embedder
from app.knowledge.library import Library
from app.knowledge.reading.isolated import IsolatedReading
from app.knowledge.search import Search
from app.knowledge.stores.choice import library_store
from app.knowledge.word_index import WordIndex
from app.model_setup import (
    InForce,
    ModelUpkeep,
    call_limits,
    declared,
    known_secrets,
    model_plan,
    own_budget,
    providers_of,
    turned,
)
from app.portfolio.names import load_names
from app.portfolio.register import Register
from app.security.keys import KeyRing
from app.security.outbound_audit import OutboundAudit
from app.security.outgoing import OutgoingMessages
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.security.stored import with_stored_secrets
from app.service_setup import (
    answer_cache,
    channels_of,
    email_provider,
    imports_of_shared_files,
    reranker,
    sending_spans,
    sms_provider,
    turn_limits,
)
from app.settings import Settings
from app.telemetry.logs import configure_logs
from app.telemetry.metrics import record_outbound
from app.telemetry.outbound import attempt_span
from app.tools.core.execution import Workbench
from app.tools.core.gate import Gate
from app.tools.core.registry import Tools, all_tools
from app.tools.core.services import Services
from app.tools.declared.tools import with_declared
from app.tools.handed import import_file


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
        await stack.enter_async_context(sending_spans(settings, redactor.text))
        outbound = Outbound(
            clock,
            meter=record_outbound,
            watch=attempt_span,
            roads=service_roads(settings),
            redis=settings.redis_address,
        )
        stack.push_async_callback(outbound.close)
        safeguards = Safeguards.build(
            db,
            KeyRing(settings.signing_key, settings.previous_signing_keys),
            clock,
            redactor.value,
            approval_lifetime=timedelta(hours=settings.approval_hours),
            turns=turn_limits(settings),
        )
        outbound.audit = on_record = OutboundAudit(safeguards.audit, settings.workspace_id)
        stack.push_async_callback(on_record.settle)
        tools = with_declared(
            all_tools(), services, open_services(services, values, outbound), safeguards.switches.require
        )
        connectors = open_connectors(values, outbound, clock)
        messages = OutgoingMessages(
            db,
            clock,
            safeguards.switches,
            sms=sms_provider(settings, outbound),
            email=email_provider(settings, outbound),
        )
        recorder = UsageRecorder(db, clock, ids, timezone=settings.timezone)
        stack.push_async_callback(recorder.settle)
        budgets = Budgets(db, clock, safeguards.audit, timezone=settings.timezone, default=own_budget(settings))
        prices = PriceTables(own_prices(settings.model_prices))
        counters = Counters(settings.redis_address, time.monotonic)
        stack.push_async_callback(counters.aclose)
        trails = TrailRecorder(db, clock, ids, redactor.text)
        stack.push_async_callback(trails.settle)
        spending = Ledger(budgets, Holdings(db, clock, ids), prices, recorder, clock)
        limits = MinuteLimits(call_limits(settings), counters)
        plan = await asyncio.to_thread(model_plan, settings, values, clock)
        pools = Pools(
            outbound,
            settings.workspace_id,
            spending=spending,
            admission=limits,
            records=trails,
            redis=settings.redis_address,
            turned=lambda planned: turned(RoutePlan(tuple(planned)), settings, clock).routes,
            order=providers_of(plan),
        )
        stack.push_async_callback(pools.aclose)
        embedder = open_embedder(settings.embedder, values, pools)
        stack.push_async_callback(embedder.close)
        words = WordIndex(db)
        store = library_store(settings, db, embedder, words)
        stack.push_async_callback(store.close)
        reading = IsolatedReading()
        stack.callback(reading.close)
        documents = Search(db, store, embedder, words, reranker(settings, values, pools))
        reached = Services(
            messages=messages,
            systems=ConnectedSystems(db, connectors.values(), all_connectors(), Register(db, clock)),
            documents=documents,
            channels_of=channels_of(settings, outbound, clock),
            imports=imports_of_shared_files(settings, db, outbound, clock, safeguards.audit),
        )
        gate = Gate({**tools, import_file.TOOL.name: import_file.TOOL}, Workbench(db, clock, ids, reached), safeguards)
        planner = Planner([tool.spec for tool in tools.values()], cache_dir=settings.cache_dir)
        models = ChatModels(
            access=turned(plan, settings, clock),
            planner=EmbeddedPlanners(planner),
            uses=recorder,
            spending=spending,
            admission=limits,
            cache=answer_cache(settings, embedder),
            prices=lambda route: prices.rates(route, clock.now().date()),
            records=trails,
            hedge_percent=settings.model_hedge_percent,
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
        stack.push_async_callback(agent.settle)
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
            ModelUpkeep(settings, InForce(models, pools, limits, budgets, prices), redactor, db, clock, outbound),
            budgets,
            library,
            documents,
            embedder,
            outbound,
        )


async def _admit(safeguards: Safeguards, principal: Principal) -> None:
    """Raises NotAllowed when Sophia is switched off, RetryLater when the person has asked enough for now."""
    await safeguards.switches.require(principal.workspace_id)
    await safeguards.budget.spend(principal, "turns")
