"""The routes of a process, and how they change while it runs: a route that stays keeps its health and its connections,
one that goes is closed when the calls that are on it have ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.gateways.providers import Deadlines
from app.gateways.route_plan import RoutePlan
from app.gateways.routes import Route
from app.http.breaker import Breaker

LONGEST_CALL = 900.0  # seconds; a turn may take no longer


class Fleet:
    """`monotonic` gives seconds that only go forward."""

    def __init__(self, plan: RoutePlan, deadlines: Deadlines, monotonic: Callable[[], float]) -> None:
        self._deadlines = deadlines
        self._monotonic = monotonic
        self._leaving: dict[asyncio.Task[None], Route] = {}
        self.routes: tuple[Route, ...] = tuple(Route(one, deadlines, monotonic) for one in plan.routes)
        self.breakers: dict[str, Breaker] = {route.name: route.breaker for route in self.routes}

    def take_up(self, plan: RoutePlan) -> list[Route]:
        """Goes on with the routes of this plan; returns those that are new."""
        before = {route.name: route for route in self.routes}
        routes: list[Route] = []
        new: list[Route] = []
        for one in plan.routes:
            known = before.get(one.name)
            if known is not None and known.planned == one:
                routes.append(before.pop(one.name))
            else:
                new.append(Route(one, self._deadlines, self._monotonic))
                routes.append(new[-1])
        self.routes = tuple(routes)
        self.breakers.clear()
        self.breakers.update((route.name, route.breaker) for route in routes)
        for route in before.values():
            leaving = asyncio.create_task(self._close_later(route))
            self._leaving[leaving] = route
            leaving.add_done_callback(self._leaving.pop)
        return new

    async def aclose(self) -> None:
        """Ends all connections, those of routes that were leaving too."""
        leaving = dict(self._leaving)
        for task in leaving:
            task.cancel()
        for route in (*self.routes, *leaving.values()):
            await route.aclose()

    async def _close_later(self, route: Route) -> None:
        await asyncio.sleep(LONGEST_CALL)
        await route.aclose()
