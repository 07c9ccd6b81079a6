"""Sophia's models as the process has them, for comparing: two routes, minute limits, the ledger, the planner as last.

The ledger writes to a SQLite file of its own. Every call is a turn of its own.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import RandomIds, SystemClock
from app.domain.names import Names
from app.gateways.admission import CallLimits, MinuteLimits
from app.gateways.counters import Counters
from app.gateways.failover import TurnModel
from app.gateways.models import ChatModels, ModelTurn
from app.gateways.money.budgets import Budget, Budgets, Kind
from app.gateways.money.holdings import Holdings
from app.gateways.money.ledger import Ledger
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.providers import Access, Provider, discover
from app.gateways.spend import Admission, PerMinute, Spending
from app.gateways.usage import ModelUse, UsageRecorder
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from bench._gateway_callers import MODEL, langchain_messages

BY_PLANNER = "From the planner."
PLENTY = PerMinute(10_000_000, 2_000_000_000)


class _Planner(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "bench-planner"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(BY_PLANNER))])


class Rows:
    """Every use, and writes it down."""

    def __init__(self, recorder: UsageRecorder) -> None:
        self.last: ModelUse | None = None
        self._recorder = recorder

    def record(self, use: ModelUse) -> None:
        self.last = use
        self._recorder.record(use)


@dataclass(frozen=True)
class House:
    """The database behind the ledger."""

    db: Database
    rows: Rows

    def ledger(self, limit_microdollars: int | None = None, prices: str = "") -> Ledger:
        """With one budget of the whole company, or without any; `prices` as in MODEL_PRICES."""
        clock = SystemClock()
        audit = AuditLog(
            self.db, KeyRing(b"a secret for measurements only").signer("audit"), clock, lambda value: value
        )
        budget = None
        if limit_microdollars is not None:
            budget = Budget("T1", Kind.WORKSPACE, "*", "month", limit_microdollars)
        budgets = Budgets(self.db, clock, audit, timezone="UTC", default=budget)
        return Ledger(budgets, Holdings(self.db, clock, RandomIds()), PriceTables(own_prices(prices)), self.rows, clock)

    def make(self, primary: str, backup: str) -> Sophia:
        return Sophia(primary, backup, self.ledger())


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory(prefix="sophia-bench-") as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'sophia.db'}")
        await upgrade(db)
        recorder = UsageRecorder(db, SystemClock(), RandomIds(), timezone="UTC")
        yield House(db, Rows(recorder))
        await recorder.settle()
        await db.close()


class _Nowhere:
    def record(self, use: ModelUse) -> None:
        pass


async def _nobody() -> Names:
    return Names()


class Sophia:
    """One address may stand for any provider that speaks OpenAI's protocol."""

    def __init__(self, primary: str, backup: str, spending: Spending, **more: Any) -> None:
        self.models = _models(
            {"openai": Access("k", MODEL, primary), "together": Access("k", MODEL, backup)}, spending=spending, **more
        )
        for route in self.models.routes:  # as at the start of a process
            route.build()
        self._messages = langchain_messages()

    def turn(self, number: int = 0) -> TurnModel:
        return self.models.for_turn(
            ModelTurn(
                turn_id=f"turn-{number}",
                workspace_id="T1",
                user_id="U1",
                channel="C1",
                names=_nobody,
                now=datetime(2026, 3, 18, tzinfo=UTC),
                timezone="UTC",
            )
        )

    async def stream(self) -> AsyncIterator[str]:
        async with aclosing(self.turn().pieces(self._messages)) as pieces:
            async for piece in pieces:
                if piece.content:
                    yield str(piece.content)

    async def ask(self) -> str:
        return str((await self.turn().ainvoke(self._messages)).text)

    async def close(self) -> None:
        await self.models.aclose()


def _models(access: dict[str, Access], *, spending: Spending, **more: Any) -> ChatModels:
    limits = CallLimits(PLENTY, PLENTY, PLENTY)
    admission: Admission = MinuteLimits(limits, Counters("", time.monotonic))
    return ChatModels(
        access=access, planner=lambda **_: _Planner(), uses=_Nowhere(), spending=spending, admission=admission, **more
    )


class _Says(BaseChatModel):
    """A model without a network: two pieces."""

    @property
    def _llm_type(self) -> str:
        return "bench"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk("It is 95.2 %."))
        yield ChatGenerationChunk(
            message=AIMessageChunk("", response_metadata={"finish_reason": "stop"}, chunk_position="last")
        )


async def own_cpu(spending: Spending, calls: int) -> float:
    """Milliseconds of CPU that a call costs besides its model: through everything, minus the model alone."""
    model = _Says()
    bare = discover()["openai"]

    async def close(built: Any) -> None:
        pass

    fixed = Provider("bench", "bench", "X_API_KEY", MODEL, lambda access, deadlines: model, bare.fault, close)
    models = _models({"bench": Access("k")}, spending=spending, providers={"bench": fixed})
    sophia = Sophia.__new__(Sophia)
    sophia.models = models
    messages: Any = langchain_messages()

    async def through() -> None:
        async for _ in sophia.turn().pieces(messages):
            pass

    async def without() -> None:
        async for _ in model.astream(messages, {"callbacks": []}):
            pass

    best = [float("inf"), float("inf")]
    for _ in range(5):
        for number, call in enumerate((through, without)):
            await call()
            began = time.process_time()
            for _ in range(calls):
                await call()
            best[number] = min(best[number], (time.process_time() - began) / calls * 1000)
            await asyncio.sleep(0)
    return best[0] - best[1]


async def hedged(house: House, bench: Any, backup: float) -> float:
    """Milliseconds to the first word where the primary, known for 25 calls, says nothing and a second route is asked,
    over the primary's own 95th percentile and the backup's first word; the better of two."""
    addresses = (f"{bench.upstream}/primary/v1", f"{bench.upstream}/backup/v1")
    sophia = Sophia(*addresses, house.ledger(prices=f"{MODEL}=0.15/0.60"), hedge_percent=5.0)
    sophia.models.hedges.spent(10**9)
    await bench.tell("ok")
    for _ in range(25):
        async for _ in sophia.stream():
            pass
    await bench.tell("hang")
    took: list[float] = []
    for _ in range(2):
        usual = sophia.models.routes[0].pace.usual_first or 0.0
        began = time.perf_counter()
        async with aclosing(sophia.stream()) as pieces:  # pyright: ignore[reportArgumentType]
            await anext(pieces)
        took.append((time.perf_counter() - began - usual) * 1000 - backup)
    await sophia.close()
    await bench.tell("ok")
    return min(took)


async def cost_error(house: House, client: Any) -> float:
    """How far the ledger's own figure for a call is from what the provider reported, as a share of it."""
    async for _ in client.stream():
        pass
    await client.close()
    row = house.rows.last
    assert row is not None
    assert row.priced_microdollars and row.reported_microdollars, row
    return max(
        abs(row.priced_microdollars / row.reported_microdollars - 1),
        abs(row.cost_microdollars / row.reported_microdollars - 1),
    )
