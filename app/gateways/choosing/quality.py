"""How good a model's answers are, from people's thumbs: a Beta distribution per model and kind of call.

It begins where the routes file or the model's class says, as if so many people had voted already; every thumb moves it.
Thumbs of the same model through another gateway or key count too: the words are the same. Not for: keeping thumbs
(app/runtime/feedback.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.models.runtime import Feedback
from app.gateways.routes import Route
from app.gateways.spend import Outcome, Task
from app.gateways.terms import ModelClass

USUAL_QUALITY: Mapping[ModelClass, float] = {
    ModelClass.SMALL: 0.70,
    ModelClass.STANDARD: 0.80,
    ModelClass.STRONG: 0.88,
}
PRIOR_VOTES = 10.0
HALF_LIFE = timedelta(days=30)  # models change behind their names, and so does what people ask
REACH = timedelta(days=180)  # older thumbs count for less than a sixtieth
GOOD = "good"


@dataclass(frozen=True)
class Votes:
    """Thumbs up and down, older ones for less."""

    good: float = 0.0
    bad: float = 0.0


@dataclass(frozen=True)
class Estimate:
    """The share of answers people like: what is expected, how far off that may well be, and from how many thumbs."""

    mean: float
    deviation: float
    votes: float


ModelTask = tuple[str, str, str]
"""Provider, model and kind of call."""


class Quality:
    """What is known now. `learn` replaces the votes."""

    def __init__(self) -> None:
        self._votes: Mapping[ModelTask, Votes] = {}
        self._made: dict[tuple[str, Task], Estimate] = {}

    def learn(self, votes: Mapping[ModelTask, Votes]) -> None:
        self._votes = dict(votes)
        self._made = {}

    def forget_priors(self) -> None:
        """Where models begin may have changed."""
        self._made = {}

    def of(self, route: Route, task: Task) -> Estimate:
        key = (route.name, task)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._estimate(route, task)
        return found

    def _estimate(self, route: Route, task: Task) -> Estimate:
        facts, terms = route.facts, route.terms
        votes = self._votes.get((facts.provider, facts.model[:80], task), Votes())
        prior = USUAL_QUALITY[terms.model_class] if terms.quality is None else terms.quality
        good = PRIOR_VOTES * prior + votes.good
        bad = PRIOR_VOTES * (1 - prior) + votes.bad
        count = good + bad
        mean = good / count
        return Estimate(mean, sqrt(mean * (1 - mean) / (count + 1)), votes.good + votes.bad)


async def read_votes(db: Database, workspace_id: str, now: datetime) -> dict[ModelTask, Votes]:
    """The thumbs of a workspace, each for the model that gave the last words of its turn."""
    statement = (
        select(
            Feedback.id, Feedback.verdict, Feedback.created_at,
            UsageRecord.provider, UsageRecord.model, UsageRecord.task,
        )
        .join(
            UsageRecord,
            (UsageRecord.workspace_id == Feedback.workspace_id) & (UsageRecord.turn_id == Feedback.turn_id),
        )
        .where(
            Feedback.workspace_id == workspace_id,
            Feedback.created_at > now - REACH,
            UsageRecord.outcome == Outcome.ANSWERED,
            UsageRecord.tool == "",
            UsageRecord.task != Task.SUMMARISE,  # nobody read that
        )
        .order_by(UsageRecord.created_at)
    )  # fmt: skip
    async with db.reading() as session:
        rows = (await session.execute(statement)).all()
    last = {thumb: (verdict, at, (provider, model, task)) for thumb, verdict, at, provider, model, task in rows}
    found: dict[ModelTask, Votes] = {}
    for verdict, at, model in last.values():
        weight = 0.5 ** (max(timedelta(0), now - at) / HALF_LIFE)
        so_far = found.get(model, Votes())
        good = verdict == GOOD
        found[model] = Votes(so_far.good + weight * good, so_far.bad + weight * (not good))
    return found
