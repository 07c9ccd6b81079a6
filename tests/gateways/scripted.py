"""Providers that do what the test says without a socket, for what depends on thousands of calls or a moved clock."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from app.gateways.attempt import Attempt
from app.gateways.candidates import Candidates, Course
from app.gateways.choosing.affinity import OwnAffinity
from app.gateways.choosing.choosing import Choosing
from app.gateways.choosing.costs import Costs
from app.gateways.choosing.quality import Quality
from app.gateways.faults import RouteFault
from app.gateways.hedge_share import HedgeShare
from app.gateways.money.price_tables import PriceTables
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.purse import Purse, Unlimited
from app.gateways.request import Request
from app.gateways.route_plan import PlannedRoute, RoutePlan
from app.gateways.routes import Route
from app.gateways.spend import CallContext
from app.gateways.terms import Terms
from app.http.rests import OwnRests, Rests
from tests.gateways.standins import Hand, Uses

Pieces = Callable[[list[BaseMessage]], list[AIMessageChunk | RouteFault]]


class Scripted(BaseChatModel):
    """Streams what `pieces` gives for the messages; a fault among them is raised."""

    pieces: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self.bind(tools=tools)

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for piece in self.pieces(messages):
            if isinstance(piece, RouteFault):
                raise piece
            yield ChatGenerationChunk(message=piece)


def provider(name: str, pieces: Pieces) -> Provider:
    async def close(model: Any) -> None:
        pass

    return Provider(
        name=name,
        label=name,
        key_variable="X_API_KEY",
        default_model=f"{name}-1",
        build=lambda access, deadlines: Scripted(pieces=pieces),
        fault=lambda error: None,
        close=close,
    )


def says(*texts: str) -> list[AIMessageChunk | RouteFault]:
    return [
        *(AIMessageChunk(content=text) for text in texts),
        AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}, chunk_position="last"),
    ]


def route(name: str, hand: Hand, *, terms: Terms | None = None, pieces: Pieces | None = None) -> Route:
    made = provider(name, pieces or (lambda messages: says("ok")))
    return Route(PlannedRoute(made, Access("k"), terms or Terms()), Deadlines(), hand)


async def one_call(
    routes: list[Route], faults: dict[str, RouteFault], candidates: Candidates, *, course: Course | None = None
) -> tuple[list[str], list[str]]:
    """What one call asks and what it leaves out: a route in `faults` fails so, any other answers."""
    course = course or Course()
    asked: list[str] = []
    skipped: list[str] = []
    async for one in candidates.of(course, lambda left, why: skipped.append(f"{left.name}: {why}")):
        asked.append(one.name)
        attempt = Attempt(one, Request.of([], (), {}), purse(), lambda tried: None)
        attempt.fault, attempt.answered = faults.get(one.name), one.name not in faults
        if attempt.fault is None:
            one.breaker.succeeded()
        else:
            one.breaker.failed(attempt.fault)
        await candidates.ended(course, attempt)
        if attempt.answered:
            break
    return asked, skipped


def purse(hedges: HedgeShare | None = None) -> Purse:
    free = Unlimited(Uses())
    share = hedges or HedgeShare(0, time.monotonic)
    return Purse(CallContext("t", "T1", "U1", "C1"), free, free, time.monotonic, share)


def candidates(routes: list[Route], hand: Hand, rests: Rests | None = None) -> Candidates:
    async def pause(seconds: float) -> None:
        pass

    return Candidates(routes, rests or OwnRests(), hand, pause, choosing(RoutePlan(), hand), OwnAffinity(hand))


def choosing(plan: RoutePlan, hand: Hand, quality: Quality | None = None) -> Choosing:
    """Choosing with the prices that routes name themselves."""
    prices = PriceTables()
    costs = Costs(lambda route: prices.rates(route, date(2026, 11, 1)) if route.price else None, hand)
    return Choosing(plan, costs, quality or Quality())
