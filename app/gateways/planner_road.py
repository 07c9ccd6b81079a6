"""The embedded planner as the last road of `ChatModels`: one trained planner, a light model for each turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from langchain_core.language_models import BaseChatModel

from app.domain.clock import FixedClock, Ids, RandomIds
from app.domain.names import Names
from app.gateways.embedded import EmbeddedPlanner, Planner


@dataclass(frozen=True)
class _TheseNames:
    names: Names

    def current(self) -> Names:
        return self.names


@dataclass(frozen=True)
class PlannerRoad:
    """A PlannerFactory over one shared, trained planner."""

    planner: Planner
    ids: Ids = field(default_factory=RandomIds)

    def __call__(self, *, names: Names, now: datetime, timezone: str) -> BaseChatModel:
        """The planner of one turn; `now` is aware."""
        return EmbeddedPlanner(
            planner=self.planner, names=_TheseNames(names), clock=FixedClock(now), timezone=timezone, ids=self.ids
        )
