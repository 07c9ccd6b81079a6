"""Which route a call tries next: the first healthy one in the order that is chosen for it, and what is done when none
is.

After a request was too long only bigger windows are asked, after a refusal of its content only routes that take
such. When every route rests, the one that is back soonest is probed early, so that a recovery is not missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from app.gateways.attempt import Attempt
from app.gateways.choosing.affinity import Affinity
from app.gateways.choosing.choosing import Choice, Choosing
from app.gateways.choosing.need import ANY_CALL, Need
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.routes import Route
from app.gateways.trail.record import Tried
from app.gateways.windows import window_of
from app.http.rests import Rests

SECOND_CHANCE_AFTER = 0.3  # seconds before the only reachable route is asked once more
HURRY_EVERY = 5.0  # seconds between two early probes while every route rests


@dataclass
class Course:
    """How one call is going: what was handed on so far and how the attempts ended. `seen` are the routes that need no
    look any more: they failed or were left out."""

    need: Need = ANY_CALL
    choices: Sequence[Choice] = ()
    said: str = ""
    answered: Attempt | None = None
    tried: list[Tried] = field(default_factory=list[Tried])
    seen: set[str] = field(default_factory=set[str])
    faults: dict[str, RouteFault] = field(default_factory=dict[str, RouteFault])
    refused_by: Route | None = None
    outgrown_model: str = ""
    outgrown: int = 0  # tokens of the biggest window that was too small

    def worth_a_second_try(self, route: Route) -> bool:
        """True when this route stumbled over something that may be over in a moment."""
        fault = self.faults.get(route.name)
        if fault is None or self.said:
            return False
        brief = fault.retry_after is None and not fault.stalled
        return fault.kind is FaultKind.NONSENSE or (fault.kind is FaultKind.TRANSIENT and brief)


class Candidates:
    """The routes of the process. `pause` sleeps, `monotonic` gives seconds that only go forward."""

    def __init__(
        self,
        routes: Sequence[Route],
        rests: Rests,
        monotonic: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
        choosing: Choosing,
        affinity: Affinity,
    ) -> None:
        self.routes = tuple(routes)
        self._rests = rests
        self._monotonic = monotonic
        self._pause = pause
        self.choosing = choosing
        self._affinity = affinity
        self._hurried_at = -HURRY_EVERY

    async def of(self, course: Course, skipped: Callable[[Route, str], None]) -> AsyncGenerator[Route]:
        """The routes to try, one after the other; `skipped` hears why one is left out. Whoever tries them tells by
        `ended` how it went, and stops when one has answered.

        At last, once more the first that stumbled, if it was healthy before this call."""
        stumbled: Route | None = None
        asked = False
        await self._rests.look()
        last = await self._affinity.road_of(course.need) if self.choosing.weighs else ""
        course.choices = self.choosing.order(self.routes, course.need, last)
        while (route := await self._next(course, skipped)) is not None:
            healthy, asked = not route.breaker.troubled, True
            yield route
            if healthy and stumbled is None and course.worth_a_second_try(route):
                stumbled = route
        if stumbled is not None and not stumbled.breaker.resting and not await self._unfit(stumbled, course):
            await self._pause(SECOND_CHANCE_AFTER)
            yield stumbled
        elif not asked and (least_bad := self._least_bad(course.choices)):
            yield least_bad

    async def beside(self, course: Course, slow: Route) -> Route | None:
        """The next healthy route that is good enough and another account's, to be asked at the same time as one that is
        slow; None when there is none."""
        for choice in course.choices:
            route = choice.route
            if choice.why_not or not choice.good_enough or route.name in course.seen or route.shares_key_with(slow):
                continue
            if not route.breaker.troubled and not await self._unfit(route, course) and route.breaker.admit():
                course.seen.add(route.name)
                return route
        return None

    async def ended(self, course: Course, attempt: Attempt) -> None:
        """Takes note of how an attempt ended and what that says about the other routes. One that was overtaken, or not
        asked as a second one, is as good as before."""
        route = attempt.route
        if attempt.answered:
            course.answered = attempt
            if self.choosing.weighs and not attempt.hedge:  # what was helped out once stays where it was
                await self._affinity.went(course.need, route.name)
        elif attempt.fault is not None:
            course.faults[route.name] = attempt.fault
            if attempt.fault.kind is FaultKind.CONTEXT:
                course.outgrown_model = route.model_name
                course.outgrown = max(course.outgrown, await asyncio.to_thread(window_of, route.facts))
            elif attempt.fault.kind is FaultKind.POLICY:
                course.refused_by = route
        elif attempt.overtaken or attempt.hedge:
            course.seen.discard(route.name)
        await self._rests.tell(route.name)

    async def _next(self, course: Course, skipped: Callable[[Route, str], None]) -> Route | None:
        """The first that was not looked at and may be asked."""
        for choice in course.choices:
            route = choice.route
            if route.name in course.seen:
                continue
            course.seen.add(route.name)
            if why := choice.why_not or await self._unfit(route, course) or await self._closed(route):
                skipped(route, why)
            else:
                return route
        return None

    async def _unfit(self, route: Route, course: Course) -> str:
        if course.refused_by and not route.terms.takes_refused:
            return "not for refused content"
        if course.outgrown_model:
            window = await asyncio.to_thread(window_of, route.facts)
            if route.model_name == course.outgrown_model or 0 < window <= course.outgrown:
                return "window no bigger"
        return ""

    async def _closed(self, route: Route) -> str:
        if route.breaker.half_open and not await self._rests.may_probe(route.name):
            return "probed by another process"
        return "" if route.breaker.admit() else "resting"

    def _least_bad(self, choices: Sequence[Choice]) -> Route | None:
        """The resting route that is back soonest, at most once in HURRY_EVERY for all calls."""
        hurried = [one.route for one in choices if not one.why_not and one.route.breaker.may_be_hurried]
        if not hurried or self._monotonic() - self._hurried_at < HURRY_EVERY:
            return None
        self._hurried_at = self._monotonic()
        route = min(hurried, key=lambda one: one.breaker.rest_left)
        route.breaker.hurry()
        return route
