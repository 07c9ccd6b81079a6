"""What is known of a route besides how to reach it: what it can do, how strong its model is, what its vendor may do
with what it is sent, and what its account allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.gateways.spend import Fees, OwnPrice, PerMinute, Task

ONLY_KEY = "1"  # the name of a provider's only key


class Capability(StrEnum):
    """What a route can do besides plain text."""

    TOOLS = "tools"
    STRUCTURED_OUTPUT = "structured_output"
    STREAMING = "streaming"  # without it the answer is fetched whole
    VISION = "vision"


USUAL_CAPABILITIES = frozenset({Capability.TOOLS, Capability.STRUCTURED_OUTPUT, Capability.STREAMING})


class ModelClass(StrEnum):
    """How strong a model is, the weakest first."""

    SMALL = "small"
    STANDARD = "standard"
    STRONG = "strong"

    @property
    def rank(self) -> int:
        return list(ModelClass).index(self)


USUAL_CLASSES: Mapping[Task, ModelClass] = {
    Task.PLAN: ModelClass.STANDARD,
    Task.SUMMARISE: ModelClass.SMALL,
    Task.CLASSIFY: ModelClass.SMALL,
    Task.DIGEST: ModelClass.STANDARD,
    Task.SMS: ModelClass.SMALL,
}
"""The weakest class that is good enough for each kind of call."""


@dataclass(frozen=True)
class DataPolicy:
    """What a vendor promises for what it is sent, as your contract with it says. `region`: where it is worked on."""

    no_training: bool = False
    zero_retention: bool = False
    region: str = ""


@dataclass(frozen=True)
class DataRules:
    """What must be promised before anything is sent. `regions` empty: anywhere."""

    no_training: bool = False
    zero_retention: bool = False
    regions: tuple[str, ...] = ()

    def broken_by(self, policy: DataPolicy) -> str:
        """Why a route of this policy may not be asked; '' when it may."""
        if self.no_training and not policy.no_training:
            return "may train on data"
        if self.zero_retention and not policy.zero_retention:
            return "keeps data"
        if self.regions and policy.region not in self.regions:
            return f"data leaves {' and '.join(self.regions)}"
        return ""


@dataclass(frozen=True)
class Terms:
    """`key` numbers the keys of a provider's model from 1; `owner` is whose model it is behind a gateway, '' to read
    it off its name; `fees` None are the gateway's usual ones; `window` is in tokens, 0 for the price table's figure; a
    route that `takes_refused` is asked when another refused the content; `limit` None is what holds for every route;
    `quality` is the share of answers that people liked as far as you know, None for what is usual in its class; a model
    `makes_text`, or vectors and scores, which have no price of their own; `listed` is the vendor's price, where the
    table does not know the model."""

    key: str = ONLY_KEY
    owner: str = ""
    price_ref: str = ""
    price: OwnPrice | None = None
    fees: Fees | None = None
    window: int = 0
    takes_refused: bool = False
    limit: PerMinute | None = None
    model_class: ModelClass = ModelClass.STANDARD
    capabilities: frozenset[Capability] = USUAL_CAPABILITIES
    data: DataPolicy = field(default_factory=DataPolicy)
    quality: float | None = None
    makes_text: bool = True
    listed: OwnPrice | None = None


NO_RULES = DataRules()
PLAIN_TERMS = Terms()
