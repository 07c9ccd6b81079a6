"""Embeddings and rerankings cost money like words do: held before, settled after, one key after the other, and never
with another model. Over real sockets, with the real ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.spending import SpendReservation, SpendWindow
from app.domain.clock import RandomIds
from app.domain.errors import NotAllowed, RetryLater
from app.gateways.account import on_account_of
from app.gateways.admission import CallLimits, MinuteLimits, OverLimit
from app.gateways.counters import Counters
from app.gateways.money.budgets import Budget, Budgets, Kind
from app.gateways.money.holdings import Holdings
from app.gateways.money.ledger import Ledger
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.pool.pools import Pools
from app.gateways.spend import Admission, CallContext, OverBudget, PerMinute, RouteFacts, Task, TokenEstimate
from app.gateways.trail.record import CallRecord
from app.http.outbound import Outbound
from app.knowledge.embedders.base import Embedder
from app.knowledge.embedders.registry import open_embedder
from app.knowledge.reranking import CohereReranker
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from tests.gateways.standins import Hand, Uses
from tests.http.scripted import Scripted, answer, scripted
from tests.tools.gatehouse import MovableClock

ASKER = CallContext("turn-1", "T1", "U1", "C1", tool="search_knowledge")
KEYS = "sk-one-secret,sk-two-secret"


@dataclass
class Trails:
    calls: list[CallRecord] = field(default_factory=list)

    def record(self, record: CallRecord) -> None:
        self.calls.append(record)


@dataclass
class House:
    """A process with its ledger; time passes only while it pauses."""

    db: Database
    clock: MovableClock = field(default_factory=MovableClock)
    hand: Hand = field(default_factory=Hand)
    uses: Uses = field(default_factory=Uses)
    trails: Trails = field(default_factory=Trails)
    pauses: list[float] = field(default_factory=list)
    open_ones: list[Outbound] = field(default_factory=list)

    def pools(
        self,
        budget: Budget | None = None,
        *,
        limits: CallLimits | None = None,
        admission: Admission | None = None,
        prices: str = "",
    ) -> Pools:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)
            self.hand.at += seconds

        outbound = Outbound(self.clock, sleep=pause, monotonic=self.hand)
        self.open_ones.append(outbound)
        audit = AuditLog(self.db, KeyRing(b"k" * 32, ()).signer("audit"), self.clock, lambda value: value)
        budgets = Budgets(self.db, self.clock, audit, timezone="UTC", default=budget)
        holdings = Holdings(self.db, self.clock, RandomIds())
        return Pools(
            outbound,
            "T1",
            spending=Ledger(budgets, holdings, PriceTables(own_prices(prices)), self.uses, self.clock),
            admission=admission or MinuteLimits(limits or CallLimits(), Counters("", self.hand)),
            records=self.trails,
        )

    async def window(self) -> tuple[int, int]:
        """Spent and held of the only window."""
        async with self.db.reading() as session:
            row = (await session.execute(select(SpendWindow))).scalar_one()
            assert (await session.execute(select(SpendReservation))).all() == []
        return row.spent_microdollars, row.held_microdollars


@pytest.fixture
async def house(sqlite_db: Database) -> AsyncIterator[House]:
    made = House(sqlite_db)
    yield made
    for outbound in made.open_ones:
        await outbound.close()


def openai(pools: Pools, server: Scripted, keys: str = KEYS) -> Embedder:
    return open_embedder("openai", {"openai_api_key": keys, "openai_base_url": server.url}, pools)


def vectors(count: int = 1, tokens: int | None = 50_000) -> bytes:
    data = [{"index": place, "embedding": [1.0, *[0.0] * 1535]} for place in range(count)]
    usage = {} if tokens is None else {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
    return answer(200, json.dumps({"object": "list", "data": data, **usage}).encode())


def refused(status: int, code: str, *headers: str) -> bytes:
    return answer(status, json.dumps({"error": {"message": "no", "code": code}}).encode(), *headers)


def company(microdollars: int) -> Budget:
    return Budget("T1", Kind.WORKSPACE, "*", "month", microdollars)


def bearers(server: Scripted) -> list[str]:
    return [raw.split(b"Bearer ")[1].split(b"\r\n")[0].decode() for raw in server.seen]


async def test_a_question_is_on_the_account_of_who_asks_and_documents_on_the_workspaces(house: House) -> None:
    async with scripted(vectors()) as server:
        embedder = openai(house.pools(), server)
        with on_account_of(ASKER):
            await embedder.question("may I keep a cat?")
            await embedder.passages(["Two cats."])
    assert [(one.user_id, one.channel, one.turn_id, one.tool, one.task) for one in house.uses.rows] == [
        ("U1", "C1", "turn-1", "search_knowledge", Task.EMBED),
        ("", "", "", "", Task.EMBED),
    ]
    row = house.uses.rows[0]
    assert (row.provider, row.model, row.gateway, row.outcome) == (
        "openai",
        "text-embedding-3-small",
        "direct",
        "answered",
    )
    # 50,000 tokens at $0.02 a million are a tenth of a cent.
    assert (row.input_tokens, row.output_tokens, row.cost_microdollars, row.counted_here) == (50_000, 0, 1_000, False)


async def test_what_was_held_is_settled_to_what_the_vendor_counted(house: House) -> None:
    async with scripted(vectors(tokens=100)) as server:
        await openai(house.pools(company(10_000)), server).passages(["x" * 6_000])
    assert await house.window() == (2, 0)


async def test_a_used_up_budget_is_told_plainly_and_nothing_is_sent(house: House) -> None:
    async with scripted(vectors()) as server:
        embedder = openai(house.pools(company(0)), server)
        for asked in (embedder.question("pets?"), embedder.passages(["pets"])):
            with pytest.raises(OverBudget) as told:
                await asked
            assert told.value.sentence == "Your company's AI budget of $0.00 a month has no room for this."
    assert server.seen == []
    assert house.pauses == []  # waiting does not fill a purse


async def test_a_hundred_groups_at_once_never_overspend(house: House) -> None:
    # Each text is held at 334 + 1 tokens: 7 microdollars. 700 are enough for a hundred, not for a hundred and one.
    async with scripted(vectors(tokens=335)) as server:
        pools = house.pools(company(700))
        embedders = [openai(pools, server, "sk-only-secret") for _ in range(40)]
        asked = [one.question("x" * 1_002) for one in embedders for _ in range(4)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    answered = [one for one in answers if not isinstance(one, BaseException)]
    assert {type(one) for one in answers if isinstance(one, BaseException)} <= {OverBudget}
    assert len(answered) == len(server.seen) == 100
    assert await house.window() == (700, 0)


async def test_a_model_without_a_known_price_is_not_asked_where_a_budget_applies(house: House) -> None:
    async with scripted(answer(200, json.dumps([[1.0] * 768]).encode())) as server:
        values = {"huggingface_api_key": "hf_x", "huggingface_base_url": server.url}
        with pytest.raises(OverBudget, match="is not known"):
            await open_embedder("huggingface", values, house.pools(company(1_000))).question("pets?")
        assert server.seen == []
        priced = house.pools(company(1_000), prices="BAAI/bge-base-en-v1.5=100/0")
        await open_embedder("huggingface", values, priced).question("pets?")
    # Nobody counts there: the estimate is booked.
    assert [(one.input_tokens, one.counted_here, one.cost_microdollars) for one in house.uses.rows] == [(2, True, 200)]


async def test_a_limited_key_hands_over_at_once_and_rests_as_long_as_it_was_told(house: House) -> None:
    limited = refused(429, "rate_limit_exceeded", "Retry-After: 20")
    async with scripted(limited, vectors()) as server:
        embedder = openai(house.pools(company(10_000)), server)
        await embedder.question("pets?")
        await embedder.question("parking?")
        assert bearers(server) == ["sk-one-secret", "sk-two-secret", "sk-two-secret"]
        house.hand.at += 21
        await embedder.question("parking?")
    assert bearers(server)[3] == "sk-one-secret"
    assert house.pauses == []
    first = house.trails.calls[0]
    assert [(one.route, one.outcome, one.asked, one.cost) for one in first.tried] == [
        ("openai/text-embedding-3-small", "transient", True, 0),
        ("openai/text-embedding-3-small#2", "answered", True, 1_000),
    ]
    assert first.answered == "openai/text-embedding-3-small#2"
    assert [one.outcome for one in house.trails.calls[1].tried] == ["resting", "answered"]
    assert await house.window() == (3_000, 0)


@pytest.mark.parametrize(
    "dead", [refused(401, "invalid_api_key"), refused(429, "insufficient_quota"), refused(403, "account_deactivated")]
)
async def test_a_dead_key_is_left_alone_and_named_when_there_is_no_other(house: House, dead: bytes) -> None:
    async with scripted(dead) as server:
        embedder = openai(house.pools(), server, "sk-one-secret")
        for _ in range(3):
            with pytest.raises(NotAllowed) as told:
                await embedder.question("pets?")
            assert "credentials" in told.value.sentence
            assert "sk-one" not in f"{told.value} {told.value.for_people}"
    assert len(server.seen) == 1


async def test_when_all_keys_are_limited_documents_wait_and_people_do_not(house: House) -> None:
    limited = refused(429, "rate_limit_exceeded", "Retry-After: 20")
    async with scripted(limited, limited, vectors()) as server:
        embedder = openai(house.pools(), server)
        with pytest.raises(RetryLater, match="429") as told:
            await embedder.question("pets?")
        assert told.value.code == "vendor_rate_limited"
        assert house.pauses == []
        await embedder.passages(["Two cats."])
        assert house.pauses == [20.0]


async def test_an_answer_that_cannot_be_read_is_paid_for(house: House) -> None:
    async with scripted(answer(200, b'{"data": []}'), answer(200, b"not json"), vectors()) as server:
        await openai(house.pools(company(10_000)), server, f"{KEYS},sk-three-secret").question("x" * 300_000)
    assert [(one.outcome, one.cost_microdollars) for one in house.uses.rows] == [
        ("cut", 53),  # 8,000 characters are sent: 2,667 tokens
        ("cut", 53),
        ("answered", 1_000),
    ]


async def test_a_caller_who_leaves_pays_for_what_was_asked_and_holds_nothing(house: House) -> None:
    arrived = asyncio.Event()
    async with scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", on_request=lambda _: arrived.set()) as server:
        asked = asyncio.create_task(openai(house.pools(company(10_000)), server).question("x" * 6_000))
        await arrived.wait()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    assert [(one.outcome, one.cost_microdollars) for one in house.uses.rows] in ([("abandoned", 40)], [("failed", 0)])
    assert (await house.window())[1] == 0


async def test_no_key_is_asked_again_with_what_is_wrong_in_itself(house: House) -> None:
    async with scripted(refused(400, "invalid_request")) as server:
        with pytest.raises(Exception, match="400"):
            await openai(house.pools(), server).question("pets?")
    assert len(server.seen) == 1


async def test_limits_a_minute_hold_for_vectors_too(house: House) -> None:
    async with scripted(vectors()) as server:
        embedder = openai(house.pools(limits=CallLimits(route=PerMinute(requests=1))), server)
        await embedder.question("pets?")
        await embedder.question("pets?")
        with pytest.raises(RetryLater) as told:
            await embedder.question("pets?")
    assert told.value.code == "model_limit"
    assert bearers(server) == ["sk-one-secret", "sk-two-secret"]
    assert house.pauses == []


async def test_documents_wait_for_their_minute(house: House) -> None:
    @dataclass
    class Doors:
        """The company's minute is full at first, then the key's."""

        company: list[float] = field(default_factory=lambda: [40.0])
        key: list[float] = field(default_factory=lambda: [90.0])

        async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
            if self.company:
                raise OverLimit("Full.", after=self.company.pop())

        async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
            return self.key.pop() if self.key else None

    async with scripted(vectors()) as server:
        await openai(house.pools(admission=Doors()), server, "sk-only-secret").passages(["Two cats."])
    assert house.pauses == [40.0, 90.0]


async def test_a_persons_limit_does_not_stop_documents(house: House) -> None:
    async with scripted(vectors()) as server:
        embedder = openai(house.pools(limits=CallLimits(user=PerMinute(requests=1))), server)
        for _ in range(3):
            await embedder.passages(["Two cats."])
    assert house.pauses == []


async def test_new_keys_are_used_without_a_restart_and_old_ones_keep_their_health(house: House) -> None:
    limited = refused(429, "rate_limit_exceeded", "Retry-After: 600")
    async with scripted(limited, vectors()) as server:
        pools = house.pools()
        embedder = openai(pools, server, "sk-one-secret,sk-two-secret")
        await embedder.question("pets?")
        pools.take_up({"openai_api_key": "sk-one-secret,sk-new-secret", "openai_base_url": server.url})
        await embedder.question("pets?")
    assert bearers(server) == ["sk-one-secret", "sk-two-secret", "sk-new-secret"]


async def test_a_reranking_is_booked_by_searches_on_who_asks(house: House) -> None:
    results = {"results": [{"index": 0, "relevance_score": 0.5}], "meta": {"billed_units": {"search_units": 1.0}}}
    async with scripted(answer(200, json.dumps(results).encode())) as server:
        values = {"cohere_api_key": "co-secret", "cohere_base_url": server.url}
        with on_account_of(ASKER):
            assert await CohereReranker(house.pools(company(10_000)), values).relevance("cats?", ["pets"]) == [0.5]
    row = house.uses.rows[0]
    assert (row.user_id, row.task, row.model, row.cost_microdollars) == ("U1", Task.RERANK, "rerank-v4.0-fast", 2_000)
    assert await house.window() == (2_000, 0)


async def test_a_reranking_over_budget_is_not_sent(house: House) -> None:
    async with scripted(answer(200)) as server:
        values = {"cohere_api_key": "co-secret", "cohere_base_url": server.url}
        with pytest.raises(OverBudget):
            await CohereReranker(house.pools(company(1_999)), values).relevance("cats?", ["pets"])
    assert server.seen == []
