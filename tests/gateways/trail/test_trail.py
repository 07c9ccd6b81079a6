"""The trail of calls over real sockets: what is kept, what is counted, what is told of it, and what never is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from llmock.pytest_plugin import LLMock
from prometheus_client import REGISTRY

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import CountingIds, FixedClock
from app.gateways.choosing.need import Need
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels
from app.gateways.money.price_tables import PriceTables
from app.gateways.providers import Access, discover
from app.gateways.route_plan import PlannedRoute, Policy, RoutePlan
from app.gateways.spend import CallContext, OwnPrice
from app.gateways.terms import Capability, ModelClass, Terms
from app.gateways.trail.reading import calls_of, figures_of, newest_calls
from app.gateways.trail.record import CallRecord, Tried, candidates_json
from app.gateways.trail.recorder import TrailRecorder, forget_calls
from app.gateways.trail.telling import sentences
from app.security.redaction import Redactor
from app.telemetry.trace import trace
from tests.gateways.scripted import choosing, route
from tests.gateways.standins import FixedPlanner, Hand, Providers, Uses, streamed, turn_model
from tests.gateways.test_roads import Service, service

__all__ = ["service"]  # the fixture

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECRET = "sk-live-0123456789abcdef"


@dataclass
class Calls:
    """Takes records in."""

    records: list[CallRecord] = field(default_factory=list)

    def record(self, record: CallRecord) -> None:
        self.records.append(record)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'sophia.db'}")
    await upgrade(made)
    yield made
    await made.close()


def plan(*addresses: tuple[str, str], policy: Policy = Policy.CHEAPEST) -> RoutePlan:
    """Routes to providers at addresses, the first the cheapest."""
    prices = (OwnPrice(Decimal(number), Decimal(number)) for number in range(1, 9))
    return RoutePlan(
        tuple(
            PlannedRoute(discover()[name], Access(SECRET, "m", address), Terms(price=price))
            for (name, address), price in zip(addresses, prices, strict=False)
        ),
        policy=policy,
    )


def models_of(made: RoutePlan, calls: Any) -> ChatModels:
    prices = PriceTables()
    return ChatModels(
        access=made,
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        records=calls,
        prices=lambda route: prices.rates(route, NOW.date()),
    )


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_call_that_failed_over_is_kept_and_told_in_plain_words(
    llm: LLMock, service: Service, db: Database
) -> None:
    service.fails(503, {"message": f"the key {SECRET} is overloaded", "code": SECRET})
    llm.reply("All is well.")
    recorder = TrailRecorder(db, FixedClock(NOW), CountingIds(), Redactor([SECRET]).text)
    models = models_of(plan(("together", service.url), ("anthropic", llm.base_url("anthropic"))), recorder)
    with trace("trc_1"):
        await streamed(turn_model(models))
    await recorder.settle()
    await models.aclose()

    (call,) = await calls_of(db, "T1", "turn_1")
    assert await calls_of(db, "T1", "trc_1") == [call]
    assert await calls_of(db, "T2", "turn_1") == []
    assert (call.answered, call.task, call.policy, call.user_id) == ("anthropic/m", "plan", "cheapest", "U1")
    failed, answered = call.candidates
    assert (failed["route"], failed["outcome"], failed["asked"]) == ("together/m", "transient", True)
    assert (answered["route"], answered["outcome"]) == ("anthropic/m", "answered")
    assert answered["first_ms"] >= 0
    assert failed["thought"]["cost"] < answered["thought"]["cost"]
    assert SECRET not in str(call)

    head, first, second = sentences(call)
    assert head.startswith("plan: answered by anthropic/m after ")
    assert "the cheapest that is good enough comes first" in head
    assert first.startswith(
        "  • together/m: failed for the moment (overloaded, limited, cut off or too slow) [HTTP 503] after "
    )
    assert "(expected: 80% liked, about $" in first
    assert second.startswith("  • anthropic/m: answered after ")


async def test_prometheus_counts_attempts_failovers_times_and_cost_of_each_route(
    llm: LLMock, service: Service, db: Database
) -> None:
    service.fails(529, {"message": "overloaded"})
    llm.reply("All is well.")
    recorder = TrailRecorder(db, FixedClock(NOW), CountingIds(), str)
    models = models_of(plan(("cohere", service.url), ("openai", llm.base_url("openai"))), recorder)
    before = metric("sophia_model_failovers_total", route="cohere/m")
    await streamed(turn_model(models))
    await recorder.settle()
    await models.aclose()
    assert metric("sophia_model_attempts_total", route="cohere/m", outcome="transient") >= 1
    assert metric("sophia_model_failovers_total", route="cohere/m") == before + 1
    assert metric("sophia_model_attempts_total", route="openai/m", outcome="answered") >= 1
    assert metric("sophia_model_first_token_seconds_count", route="openai/m") >= 1
    assert metric("sophia_model_seconds_count", route="openai/m") >= 1


async def test_routes_that_were_not_needed_or_not_fit_are_kept_with_the_reason() -> None:
    hand = Hand()
    made = choosing(RoutePlan(policy=Policy.BALANCED), hand)
    routes = [
        route("good", hand),
        route("spare", hand, terms=Terms(model_class=ModelClass.SMALL)),
        route("blind", hand, terms=Terms(capabilities=frozenset())),
    ]
    choices = made.order(routes, Need(capabilities=frozenset({Capability.TOOLS})))
    record = CallRecord(
        CallContext("t", "T", "U", "C"), "", "balanced", choices, [Tried("good/good-1", "answered", True)]
    )
    text = candidates_json(record, str)
    assert '"route":"spare/spare-1","outcome":"not needed"' in text
    assert '"route":"blind/blind-1","outcome":"can\'t do tools"' in text


async def test_a_resting_route_is_told_as_such_and_the_planner_as_the_last(providers: Providers) -> None:
    calls = Calls()
    models = ChatModels(
        access={"openai": Access("k", "m", "http://127.0.0.1:9/v1")},
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        records=calls,
        monotonic=providers.hand,
    )
    fault = RouteFault(FaultKind.ACCOUNT, "HTTP 401")
    models.routes[0].breaker.failed(fault)
    await streamed(turn_model(models))
    (record,) = calls.records
    assert [(one.route, one.outcome, one.asked) for one in record.tried] == [
        ("openai/m", "resting", False),
        ("embedded", "answered", False),
    ]
    assert record.answered == "embedded"


async def test_a_caller_who_leaves_is_on_record(llm: LLMock, providers: Providers) -> None:
    llm.reply("A long answer that nobody hears to its end, because whoever asked has left.")
    calls = Calls()
    models = models_of(plan(("openai", llm.base_url("openai"))), calls)
    pieces = turn_model(models).pieces([])
    async for _ in pieces:
        break
    await pieces.aclose()
    await models.aclose()
    assert [(one.route, one.outcome) for one in calls.records[0].tried] == [("openai/m", "left")]
    assert calls.records[0].answered == ""


async def test_figures_of_routes_add_up_over_calls(db: Database) -> None:
    recorder = TrailRecorder(db, FixedClock(NOW), CountingIds(), str)
    call = CallContext("t", "T1", "U", "C")
    for answered, first in ((True, 400), (True, 800), (False, None)):
        tried = [
            Tried("a/1", "resting"),
            Tried("b/1", "answered" if answered else "transient", True, cost=7, first_ms=first, total_ms=900),
            *([] if answered else [Tried("c/1", "answered", True, total_ms=100)]),
        ]
        recorder.record(CallRecord(call, "", "listed", (), tried, tried[-1].route, 1000))
    await recorder.settle()
    figures = figures_of(await newest_calls(db, "T1"))
    assert (figures["a/1"].asked, figures["a/1"].left_out) == (0, 3)
    b = figures["b/1"]
    assert (b.asked, b.answered, b.failed, b.taken_over, b.cost) == (3, 2, 1, 1, 21)
    assert (sorted(b.firsts), b.faults) == ([400, 800], {"transient": 1})


async def test_old_calls_are_forgotten_and_only_those(db: Database) -> None:
    for age in (40, 1):
        recorder = TrailRecorder(db, FixedClock(NOW - timedelta(days=age)), CountingIds(age), str)
        recorder.record(
            CallRecord(CallContext(f"t{age}", "T1", "U", "C"), "", "listed", (), [Tried("a/1", "answered")])
        )
        await recorder.settle()
    await forget_calls(db, "T1", NOW - timedelta(days=30))
    assert [call.turn_id for call in await newest_calls(db, "T1")] == ["t1"]
