"""Choosing models against "always cheap", "always strong" and "random": a seeded simulation over the real Choosing.

Six models with true qualities nobody tells: the classes say roughly what they are, one cheap one is better than its
class and one standard one is much worse. Each call is of one kind; a person likes its answer with the model's true
chance, and one answer in five gets a thumb. What counts is worth: a liked answer is worth 2, 10 or 40 cents, and its
cost is taken off. Goals: more worth than each of the three, whatever an answer is worth, and at least 95 % of what
somebody gets who knows all qualities and keeps to the same classes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.gateways.choosing.affinity import CACHE_SECONDS, OwnAffinity
from app.gateways.choosing.choosing import Choosing
from app.gateways.choosing.costs import ANSWER_TOKENS, Costs
from app.gateways.choosing.need import Need
from app.gateways.choosing.quality import Quality, Votes
from app.gateways.money.prices import Rates
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.route_plan import PlannedRoute, Policy, RoutePlan
from app.gateways.routes import Route
from app.gateways.spend import OwnPrice, RouteFacts, Task
from app.gateways.terms import USUAL_CLASSES, ModelClass, Terms
from bench._goals import Figure, add_report_option, settled

WORTHS = (0.02, 0.10, 0.40)  # dollars of an answer that is liked
THUMBS = 0.2
LEARN_EVERY = 50  # calls between two readings of the thumbs
TASKS = ((Task.PLAN, 0.5), (Task.SUMMARISE, 0.15), (Task.CLASSIFY, 0.2), (Task.DIGEST, 0.05), (Task.SMS, 0.1))
HARD = {Task.PLAN: 1.0, Task.DIGEST: 0.8, Task.SUMMARISE: 0.5, Task.SMS: 0.4, Task.CLASSIFY: 0.25}


@dataclass(frozen=True)
class Model:
    """`weakness`: the chance that it fails a hard call; easy ones it fails more rarely. Prices a million tokens."""

    name: str
    model_class: ModelClass
    given: str
    made: str
    weakness: float

    def liked(self, task: Task) -> float:
        return 1 - self.weakness * HARD[task]


MODELS = (
    Model("nano", ModelClass.SMALL, "0.05", "0.40", 0.55),
    Model("small-but-good", ModelClass.SMALL, "0.15", "0.60", 0.35),
    Model("mini", ModelClass.STANDARD, "0.75", "4.50", 0.15),
    Model("overrated", ModelClass.STANDARD, "0.40", "2.00", 0.50),
    Model("large", ModelClass.STRONG, "2.50", "15.00", 0.10),
    Model("largest", ModelClass.STRONG, "5.00", "30.00", 0.07),
)


@dataclass(frozen=True)
class Call:
    task: Task
    tokens: int
    conversation: str


def calls(seed: int, count: int) -> list[Call]:
    """Conversations of a few calls each, several at a time."""
    chance = random.Random(seed)
    open_ones = [f"{seed}:{n}" for n in range(20)]
    made: list[Call] = []
    for number in range(count):
        slot = chance.randrange(len(open_ones))
        if chance.random() < 0.3:
            open_ones[slot] = f"{seed}:{number + 20}"
        (task,) = chance.choices([task for task, _ in TASKS], [share for _, share in TASKS])
        made.append(Call(task, round(chance.lognormvariate(8.2, 0.5)), open_ones[slot]))
    return made


def routes() -> list[Route]:
    async def close(model: Any) -> None:
        pass

    def provider(model: Model) -> Provider:
        return Provider(model.name, model.name, "X_KEY", "m", lambda a, d: None, lambda e: None, close)  # type: ignore[arg-type, return-value]

    return [
        Route(
            PlannedRoute(
                provider(model),
                Access("k"),
                Terms(price=OwnPrice(Decimal(model.given), Decimal(model.made)), model_class=model.model_class),
            ),
            Deadlines(),
            lambda: 0.0,
        )
        for model in MODELS
    ]


def rates(facts: RouteFacts) -> Rates:
    assert facts.price is not None
    return Rates.flat(facts.price.input, facts.price.output, origin="bench")


Chooser = Callable[[Call], Model]


@dataclass
class Sophia:
    """The real Choosing, learning from thumbs as in production."""

    policy: Policy
    dollars: float

    def __post_init__(self) -> None:
        self._at = 0.0
        self._routes = routes()
        self._quality = Quality()
        self._votes: dict[tuple[str, str, str], Votes] = defaultdict(Votes)
        clock = lambda: self._at  # noqa: E731
        self._choosing = Choosing(
            RoutePlan(policy=self.policy, worth_microdollars=round(self.dollars * 1_000_000)),
            Costs(rates, clock),
            self._quality,
        )
        self._affinity = OwnAffinity(clock)
        self._models = {model.name: model for model in MODELS}
        self._count = 0

    def choose(self, call: Call) -> Model:
        self._at += 5.0
        need = Need(call.task, input_tokens=call.tokens, conversation=call.conversation)
        route = self._choosing.order(self._routes, need, self._affinity.seen(need, CACHE_SECONDS))[0].route
        self._affinity.note(need, route.name)
        return self._models[route.provider.name]

    def thumb(self, model: Model, task: Task, *, good: bool) -> None:
        key = (model.name, "m", task.value)
        votes = self._votes[key]
        self._votes[key] = Votes(votes.good + good, votes.bad + (not good))

    def after(self) -> None:
        self._count += 1
        if self._count % LEARN_EVERY == 0:
            self._quality.learn(self._votes)


def cost(model: Model, call: Call) -> float:
    return call.tokens * float(model.given) + ANSWER_TOKENS[call.task] * float(model.made)


def worth(model: Model, call: Call, dollars: float) -> float:
    return dollars * 1_000_000 * model.liked(call.task) - cost(model, call)


def play(
    choose: Chooser, of: Sequence[Call], seed: int, dollars: float, sophia: Sophia | None = None
) -> dict[str, float]:
    """Shares and microdollars a call. Liking is drawn by the call's number, the same for every chooser."""
    liked = spent = gained = 0.0
    for number, call in enumerate(of):
        model = choose(call)
        chance = random.Random(seed * 1_000_003 + number)
        good = chance.random() < model.liked(call.task)
        liked += good
        spent += cost(model, call)
        gained += worth(model, call, dollars)
        if sophia is not None:
            if chance.random() < THUMBS:
                sophia.thumb(model, call.task, good=good)
            sophia.after()
    count = len(of)
    return {"liked": liked / count, "microdollars": spent / count, "worth": gained / count}


def allowed(call: Call) -> list[Model]:
    """The models of a class that is good enough for the call: what an operator rules out, nobody may choose."""
    return [model for model in MODELS if model.model_class.rank >= USUAL_CLASSES[call.task].rank]


Rows = dict[str, dict[str, float]]


def measure(seeds: int, count: int, dollars: float) -> Rows:
    """Means by chooser, over all seeds."""
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    by_price = sorted(MODELS, key=lambda model: Decimal(model.given))
    for seed in range(seeds):
        asked, chance = calls(seed, count), random.Random(seed)
        plain: dict[str, Chooser] = {
            "always cheap": lambda call: by_price[0],
            "always strong": lambda call: by_price[-1],
            "random": lambda call, chance=chance: chance.choice(MODELS),
            "knows all": lambda call: max(allowed(call), key=lambda model: worth(model, call, dollars)),
        }
        for name, choose in plain.items():
            rows[name].append(play(choose, asked, seed, dollars))
        for policy in (Policy.CHEAPEST, Policy.BALANCED, Policy.BEST):
            sophia = Sophia(policy, dollars)
            rows[f"sophia, {policy}"].append(play(sophia.choose, asked, seed, dollars, sophia))
    return {
        name: {key: sum(one[key] for one in found) / len(found) for key in found[0]} for name, found in rows.items()
    }


def figures(found: dict[float, Rows]) -> list[Figure]:
    made: list[Figure] = []
    for dollars, rows in found.items():
        balanced = rows["sophia, balanced"]["worth"]
        peer = max(rows[name]["worth"] for name in ("always cheap", "always strong", "random"))
        what = f"choosing, a good answer worth {dollars * 100:g} ¢"
        made.append(
            Figure(f"{what}: worth against the best of cheap, strong, random", balanced / peer, 1.0, "x", "high")
        )
        made.append(
            Figure(f"{what}: worth against knowing all", balanced / rows["knows all"]["worth"], 0.95, "x", "high")
        )
    return made


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.choosing", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--long", action="store_true", help="more seeds and calls")
    add_report_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    given = parser.parse_args()
    seeds, count = (20, 20_000) if given.long else (given.seeds, given.calls)
    found = {dollars: measure(seeds, count, dollars) for dollars in WORTHS}
    if given.json:
        print(json.dumps(found))
    else:
        for dollars, rows in found.items():
            print(f"a good answer is worth {dollars * 100:g} ¢")
            print(f"{'':20} {'liked':>8} {'$ per 1,000':>12} {'worth per 1,000':>16}")
            for name, row in rows.items():
                spent = row["microdollars"] / 1000
                print(f"{name:20} {row['liked']:8.1%} {spent:12.2f} {row['worth'] / 1000:16.2f}")
    return settled(figures(found), given.report)


if __name__ == "__main__":
    sys.exit(main())
