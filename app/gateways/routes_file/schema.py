"""What may stand in a routes file, as types. Not for: whether it fits this machine's keys and roads (reading.py)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.gateways.route_plan import USUAL_WORTH, Policy
from app.gateways.spend import DIRECT, Fees, OwnPrice, PerMinute, Task
from app.gateways.terms import USUAL_CLASSES, Capability, DataPolicy, DataRules, ModelClass

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,}")
MICRODOLLARS = 1_000_000

Dollars = Annotated[Decimal, Field(ge=0, le=10_000, allow_inf_nan=False)]


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError(
            "must be the NAME of the variable that holds the key, as in OPENAI_API_KEY; a key itself never stands here"
        )
    return name


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must be an address that starts with https:// (or http:// on this machine)")
    return value.rstrip("/")


def _no_secrets(given: dict[str, str]) -> dict[str, str]:
    if secret := next((name for name in given if name.lower().endswith("_key")), ""):
        raise ValueError(f"must not hold {secret.lower()}, which is a secret; set {secret.upper()} in the environment")
    return {name.lower(): value for name, value in given.items()}


def _distinct(given: Any) -> Any:
    if isinstance(given, list) and len(set(map(str, given))) != len(given):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        raise ValueError("names something twice")
    return given  # pyright: ignore[reportUnknownVariableType]


def _some(routes: tuple[Any, ...]) -> tuple[Any, ...]:
    if not routes:
        raise ValueError("is empty")
    return routes


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PriceEntry(_Entry):
    """Dollars per million tokens."""

    input: Dollars
    output: Dollars
    cached: Dollars | None = None
    cache_write: Dollars | None = None

    def told(self) -> OwnPrice:
        return OwnPrice(self.input, self.output, self.cached, self.cache_write)


class FeesEntry(_Entry):
    """What the gateway takes: dollars a request, and percent of the tokens' price."""

    per_request: Dollars = Decimal(0)
    pct_of_spend: Annotated[Decimal, Field(ge=0, le=100, allow_inf_nan=False)] = Decimal(0)

    def told(self) -> Fees:
        return Fees(int(self.per_request * MICRODOLLARS), self.pct_of_spend)


class LimitEntry(_Entry):
    """What the account allows in a minute."""

    requests: Annotated[int, Field(ge=1)] | None = None
    tokens: Annotated[int, Field(ge=1)] | None = None

    def told(self) -> PerMinute:
        return PerMinute(self.requests or 0, self.tokens or 0)


class DataEntry(_Entry):
    """What the vendor promises for what it is sent."""

    no_training: bool = False
    zero_retention: bool = False
    region: str = ""

    def told(self) -> DataPolicy:
        return DataPolicy(self.no_training, self.zero_retention, self.region)


class RulesEntry(_Entry):
    """What must be promised before anything is sent."""

    no_training: bool = False
    zero_retention: bool = False
    regions: Annotated[tuple[str, ...], BeforeValidator(_distinct)] = ()

    def told(self) -> DataRules:
        return DataRules(self.no_training, self.zero_retention, self.regions)


class ClassesEntry(_Entry):
    """The weakest class of model that is good enough for each kind of call."""

    plan: ModelClass = USUAL_CLASSES[Task.PLAN]
    summarise: ModelClass = USUAL_CLASSES[Task.SUMMARISE]
    classify: ModelClass = USUAL_CLASSES[Task.CLASSIFY]
    digest: ModelClass = USUAL_CLASSES[Task.DIGEST]
    sms: ModelClass = USUAL_CLASSES[Task.SMS]

    def told(self) -> dict[Task, ModelClass]:
        return {Task(name): getattr(self, name) for name in type(self).model_fields}


class RouteEntry(_Entry):
    """One way to one model. `model` is the name exactly as it is sent; `key` names the variable that holds the key, or
    several keys, comma separated."""

    gateway: str = DIRECT
    provider: str = ""
    model: Annotated[str, Field(min_length=1, max_length=200)]
    key: Annotated[str, AfterValidator(_variable)] | None = None
    base_url: Annotated[str, AfterValidator(_address)] = ""
    options: Annotated[dict[str, str], AfterValidator(_no_secrets)] = Field(default_factory=dict)
    model_class: ModelClass = Field(default=ModelClass.STANDARD, alias="class")
    quality: Annotated[float, Field(gt=0, lt=1)] | None = None
    price: PriceEntry | None = None
    price_ref: str = ""
    fees: FeesEntry | None = None
    window: Annotated[int, Field(ge=1_000)] | None = None
    capabilities: Annotated[frozenset[Capability], BeforeValidator(_distinct)] | None = None
    data: DataEntry = DataEntry()
    limit: LimitEntry | None = None
    takes_refused: bool = False

    @property
    def road(self) -> str:
        """The name of the file under roads/ that this goes by."""
        return self.provider if self.gateway == DIRECT else self.gateway


class FileEntry(_Entry):
    """A whole file."""

    policy: Policy = Policy.BALANCED
    worth: Annotated[Decimal, Field(gt=0, le=1000, allow_inf_nan=False)] = Decimal(USUAL_WORTH) / MICRODOLLARS
    classes: ClassesEntry = ClassesEntry()
    data: RulesEntry = RulesEntry()
    route: Annotated[tuple[RouteEntry, ...], AfterValidator(_some)]
