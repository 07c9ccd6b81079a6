"""The embedded planner of one turn, over the trained parts that all turns share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.clock import FixedClock
from app.domain.names import Names
from app.gateways.embedded.model import EmbeddedPlanner
from app.gateways.embedded.planner import Planner


@dataclass(frozen=True)
class TheseNames:
    """Names that were read before the turn began."""

    names: Names

    def current(self) -> Names:
        return self.names


@dataclass(frozen=True)
class EmbeddedPlanners:
    """Makes the planner of a turn; cheap, since `planner` is trained once for the process."""

    planner: Planner

    def __call__(self, *, names: Names, now: datetime, timezone: str) -> EmbeddedPlanner:
        return EmbeddedPlanner(planner=self.planner, names=TheseNames(names), clock=FixedClock(now), timezone=timezone)
