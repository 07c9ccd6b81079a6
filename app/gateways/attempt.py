"""One try on one route: holds room for it, asks, hands on what comes, pays, and tells the route how it did."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import structlog
from langchain_core.messages import AIMessageChunk

from app.gateways.faults import FaultKind, RouteFault
from app.gateways.gathered import Gathered
from app.gateways.last_piece import last_piece
from app.gateways.purse import NotAsked, Purse
from app.gateways.request import Request
from app.gateways.routes import Route
from app.gateways.spend import Outcome, Reservation
from app.gateways.splice import Splice
from app.gateways.trail.record import ANSWERED, LEFT, LOST, NOT_NEEDED, Tried
from app.gateways.watching import watched

log = structlog.get_logger(__name__)

SMALLEST_PIECE = 24  # characters; single tokens are gathered, every piece costs all layers above some work


class Attempt:
    """`hedge`: made beside another that is slow. How it ended is in `answered`, `fault` and `tried`, which is noted
    when it has ended, whatever way."""

    def __init__(
        self, route: Route, request: Request, purse: Purse, note: Callable[[Tried], None], *, hedge: bool = False
    ) -> None:
        self.route = route
        self.hedge = hedge
        self.answered = False
        self.overtaken = False
        self.fault: RouteFault | None = None
        self.asked_at: float | None = None
        self.tried = Tried(route.name, LEFT, hedge=hedge)
        self._request = request
        self._purse = purse
        self._note = note
        self._gathered = Gathered()

    @property
    def silent_for(self) -> float:
        """Seconds since it was asked, while no token has come; 0 before it was."""
        return 0.0 if self.asked_at is None else self._purse.monotonic() - self.asked_at

    async def pieces(self) -> AsyncGenerator[AIMessageChunk]:
        """What the model says. The first piece comes with its first token and may be empty; tool calls, usage and who
        answered come in the last, which only a whole answer has."""
        request, purse, gathered = self._request, self._purse, self._gathered
        splice, spoken, fresh = Splice(request.said), bool(request.said), ""
        reservation: Reservation | None = None
        try:
            reservation = await purse.hold(self.route.facts, request.estimate, hedge=self.hedge)
            self.tried.asked, self.asked_at = True, purse.monotonic()
            stream = self.route.stream(request.messages, request.tools, **request.options)
            began = False
            async with aclosing(watched(stream, gathered, self.route.pace.deadlines, purse.monotonic)) as texts:
                async for text in texts:
                    fresh += splice.take(text)
                    if len(fresh) >= (SMALLEST_PIECE if spoken else 1) and (spoken or fresh.strip()):
                        spoken = began = True
                        ready, fresh = fresh, ""
                        yield AIMessageChunk(content=ready)
                    elif not began:
                        began = True
                        yield AIMessageChunk(content="")
            whole = gathered.whole(must_finish=True)
            rest = fresh + splice.rest()
            self._succeeded()
            yield last_piece(rest, whole, self.route.provider.name, self.route.model_name)
        except NotAsked as left_out:
            self.tried.outcome = left_out.reason
        except Exception as error:
            self._stumbled(error)
            if fresh.strip() and spoken:  # what did arrive is part of what the next one continues
                yield AIMessageChunk(content=fresh)
        finally:
            await self._end(reservation)

    def overtake(self) -> None:
        """Another gave its first token sooner: this one is about to be left."""
        self.overtaken = not (self.answered or self.fault)

    def _succeeded(self) -> None:
        self.answered, self.tried.outcome = True, ANSWERED
        self.route.answered(self._gathered.first, self._gathered.longest_gap)

    def _stumbled(self, error: Exception) -> None:
        """Every error becomes a fault of the route; what no library explains is logged whole."""
        route = self.route
        fault = self.fault = route.fault_of(error)
        self.tried.outcome, self.tried.detail = str(fault.kind), fault.detail
        route.breaker.failed(fault)
        level = log.error if fault.kind is FaultKind.ACCOUNT else log.warning
        unexplained = error if fault is not error and _is_ours(error, fault) else None
        level("model_route_failed", route=route.name, kind=str(fault.kind), detail=fault.detail, exc_info=unexplained)

    async def _end(self, reservation: Reservation | None) -> None:
        tried, purse, first = self.tried, self._purse, self._gathered.first
        if self.asked_at is not None:
            tried.first_ms = None if first is None else first * 1000
            tried.total_ms = (purse.monotonic() - self.asked_at) * 1000
        if not (self.answered or self.fault):
            self._left()
        self._note(tried)
        if reservation is not None:
            use = self._gathered.use(self._outcome(), self._request.estimate, total_ms=tried.total_ms, hedge=self.hedge)
            tried.use = use
            tried.cost = await purse.settle(reservation, use, self.route.facts)

    def _left(self) -> None:
        """Nobody waits for it any more, or it was not asked: the route is to blame for nothing but being late."""
        if not self.overtaken:
            self.route.breaker.abandoned()
        elif self.tried.asked:
            self.tried.outcome = LOST
            self.route.overtaken(None if self._gathered.first is not None else self.tried.total_ms / 1000)
        else:
            self.tried.outcome = NOT_NEEDED

    def _outcome(self) -> Outcome:
        if self.answered:
            return Outcome.ANSWERED
        if self.fault is not None:
            return Outcome.FAILED if self._gathered.first is None else Outcome.CUT
        return Outcome.LOST if self.overtaken else Outcome.ABANDONED


def _is_ours(error: Exception, fault: RouteFault) -> bool:
    """True for an error that is neither the SDK's nor the network's nor a broken body: probably our own bug."""
    from_the_network = isinstance(error, (OSError, ValueError)) or type(error).__module__.startswith("http")
    return fault.detail == type(error).__name__ and not from_the_network and "Connection" not in fault.detail
