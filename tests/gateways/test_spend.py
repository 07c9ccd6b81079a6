"""Every attempt holds room in the budgets first and settles what it used, whatever became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from langchain_core.messages import AIMessageChunk
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Fail, Match

from app.gateways.gathered import Gathered
from app.gateways.providers import Access, Deadlines, discover
from app.gateways.route_plan import PlannedRoute
from app.gateways.routes import Route
from app.gateways.spend import AttemptUse, CallContext, Outcome, OverBudget, RouteFacts, TokenEstimate
from tests.gateways.standins import PLANNER_SAYS, QUESTION, Hand, Providers, streamed, turn_model


@dataclass
class Ledger:
    """Budgets that hold what the test says, and limits likewise; keeps what was settled."""

    full: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    limited: set[str] = field(default_factory=set)
    settles: bool = True
    held: list[tuple[str, TokenEstimate]] = field(default_factory=list)
    settled: list[tuple[str, AttemptUse]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    async def reserve(self, call: CallContext, route: RouteFacts, estimate: TokenEstimate) -> _Held:
        if route.provider in self.full:
            raise OverBudget("The budget of this channel is used up.")
        if route.provider in self.broken:
            raise RuntimeError("no database")
        self.held.append((route.name, estimate))
        return _Held(self, route.name)

    async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
        pass

    async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
        return 12.0 if route.provider in self.limited else None


@dataclass
class _Held:
    ledger: Ledger
    route: str
    most: int | None = 0

    async def settle(self, actual: AttemptUse) -> None:
        if not self.ledger.settles:
            raise RuntimeError("no database")
        self.ledger.settled.append((self.route, actual))

    async def release(self) -> None:
        self.ledger.released.append(self.route)


@pytest.fixture
def ledger(providers: Providers) -> Ledger:
    providers.ledger = Ledger()
    return providers.ledger


async def test_an_answer_is_settled_with_its_tokens(llm: LLMock, providers: Providers, ledger: Ledger) -> None:
    llm.reply("Maple Grove is 94.7% occupied today.")
    await streamed(turn_model(providers.models()))
    [(route, use)] = ledger.settled
    assert (route, use.outcome, use.counted_here) == ("openai/gpt-4o-mini", Outcome.ANSWERED, False)
    assert use.input_tokens > 0
    assert use.output_tokens > 0
    assert ledger.held[0][1].most_output_tokens == 8192
    assert ledger.released == []


async def test_a_failed_attempt_is_settled_at_nothing_and_the_next_route_holds_its_own_room(
    llm: LLMock, providers: Providers, ledger: Ledger
) -> None:
    llm.add(Fail(500, match=Match(provider="openai")))
    llm.reply("Answered by the second.", provider="anthropic")
    await streamed(turn_model(providers.models()))
    assert [(route, use.outcome) for route, use in ledger.settled] == [
        ("openai/gpt-4o-mini", Outcome.FAILED),
        ("anthropic/claude-haiku-4-5", Outcome.ANSWERED),
    ]
    assert (ledger.settled[0][1].input_tokens, ledger.settled[0][1].output_tokens) == (0, 0)


async def test_a_cut_stream_is_paid_for_by_what_it_said(llm: LLMock, providers: Providers, ledger: Ledger) -> None:
    llm.reply("Maple Grove is 94.7% occupied, Oakwood 91.2%, and Harbor Point 88.0%.", provider="openai")
    llm.truncate(after_chunks=9, provider="openai")
    llm.reply(" occupied as of this morning.", provider="anthropic")
    await streamed(turn_model(providers.models()))
    cut = ledger.settled[0][1]
    assert (cut.outcome, cut.counted_here) == (Outcome.CUT, True)
    assert cut.input_tokens == ledger.held[0][1].input_tokens
    assert cut.output_tokens > 0


@pytest.mark.parametrize("why", ["full", "broken", "limited"])
async def test_a_route_without_room_is_not_asked_and_stays_healthy(
    llm: LLMock, providers: Providers, ledger: Ledger, why: str
) -> None:
    getattr(ledger, why).add("openai")
    llm.reply("Answered by the second.", provider="anthropic")
    models = providers.models()
    _, whole = await streamed(turn_model(models))
    assert whole.response_metadata["provider"] == "anthropic"
    assert [record.provider for record in llm.requests] == ["anthropic"]
    assert not models.routes[0].breaker.troubled
    assert ledger.released == (["openai/gpt-4o-mini"] if why == "limited" else [])


async def test_when_no_route_fits_the_budget_the_embedded_planner_answers(
    llm: LLMock, providers: Providers, ledger: Ledger
) -> None:
    ledger.full |= {"openai", "anthropic"}
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == PLANNER_SAYS
    assert not llm.requests


async def test_a_ledger_that_fails_to_settle_fails_no_turn(llm: LLMock, providers: Providers, ledger: Ledger) -> None:
    ledger.settles = False
    llm.reply("All is well.")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == "All is well."


async def test_a_caller_who_goes_away_leaves_nothing_held(llm: LLMock, providers: Providers, ledger: Ledger) -> None:
    llm.reply("Maple Grove is 94.7% occupied, Oakwood 91.2%, and Harbor Point 88.0%.")
    pieces = turn_model(providers.models()).pieces(list(QUESTION))
    await anext(pieces)
    await pieces.aclose()
    assert [use.outcome for _, use in ledger.settled] == [Outcome.ABANDONED]


def test_what_a_gateway_says_a_call_cost_is_kept_to_the_microdollar() -> None:
    gathered = Gathered()
    gathered.take(AIMessageChunk(content="x", response_metadata={"cost_dollars": "0.00014"}))
    use = gathered.use(Outcome.ANSWERED, TokenEstimate(1, 1), total_ms=1.0)
    assert use.reported_microdollars == Decimal(140)


@pytest.mark.parametrize(
    ("road", "model", "name"),
    [
        ("portkey", "@openai/gpt-5.4-mini", "portkey:openai/gpt-5.4-mini"),
        ("openrouter", "meta-llama/llama-3.3-70b", "openrouter:meta-llama/llama-3.3-70b"),
        ("kong", "gpt-4o", "kong:kong/gpt-4o"),
        ("together", "meta-llama/Llama-3.3-70B", "together/meta-llama/Llama-3.3-70B"),
    ],
)
def test_a_route_is_named_by_gateway_owner_and_model(road: str, model: str, name: str) -> None:
    assert Route(PlannedRoute(discover()[road], Access("k", model)), Deadlines(), Hand()).facts.name == name
