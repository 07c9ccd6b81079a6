"""What a provider of chat models is, and how it is found: every module of `roads` that defines `PROVIDER`.

A provider file says how its LangChain model is built and what its SDK's errors mean. It does not decide when it is
asked: that is the failover's.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

import app.gateways.roads
from app.domain.errors import Fixable
from app.gateways.faults import RouteFault
from app.gateways.spend import DIRECT, NO_FEES, Fees
from app.gateways.terms import USUAL_CAPABILITIES, Capability


class DuplicateProvider(Exception):
    """Two modules define a provider of the same name."""


@dataclass(frozen=True)
class Access:
    """How to reach one model of a provider. `api_key` may hold several, comma separated. `base_url` '' means the
    provider's own address; `options` are the values of the provider's further variables, by lower-case name, and may
    hold secrets."""

    api_key: str = field(repr=False)
    model: str = ""
    base_url: str = ""
    options: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def each_key(self) -> Iterator[Access]:
        """The same access once for each key, in the order given; once when there is none."""
        keys = dict.fromkeys(key for part in self.api_key.split(",") if (key := part.strip()))
        for key in keys or ("",):
            yield replace(self, api_key=key)


@dataclass(frozen=True)
class Deadlines:
    """Seconds. `first_token`: from the request to the first piece; `between`: from one piece to the next; both only
    until the route's own pace is known, which never makes them shorter than `floor`."""

    connect: float = 5.0
    first_token: float = 20.0
    between: float = 20.0
    floor: float = 1.95  # so that a hang is left, and the next route asked, within two seconds


def _no_headers(access: Access) -> Mapping[str, str]:
    return {}


def _nothing(access: Access) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Provider:
    """One provider. `build` returns a model that never retries by itself; `fault` returns None for errors that are
    not the SDK's own (broken connections, bad JSON), which count as transient. A `keyless` one is set up by its
    address alone; without a `default_model` the model must be configured."""

    name: str  # "openai"
    label: str  # "OpenAI"
    key_variable: str  # "OPENAI_API_KEY"
    default_model: str
    build: Callable[[Access, Deadlines], BaseChatModel]
    fault: Callable[[Exception], RouteFault | None]
    close: Callable[[Any], Awaitable[None]]  # ends the built model's connections, at shutdown
    address_variable: str = ""  # '' means <NAME>_BASE_URL
    variables: tuple[str, ...] = ()  # further ones, handed over as `Access.options`
    keyless: bool = False
    needs_address: bool = False  # has no address of its own
    gateway: str = DIRECT  # the gateway's name when the model belongs to somebody behind it
    fees: Fees = NO_FEES
    capabilities: frozenset[Capability] = USUAL_CAPABILITIES
    address: str = ""  # its own, without the path of an operation; '' when it must be configured
    headers: Callable[[Access], Mapping[str, str]] = _no_headers  # with which it is asked without its SDK
    embeds: bool = False  # a gateway that has OpenAI's `/embeddings`
    embeddings_address: str = ""  # the variable of their address where it is another than of chat
    beside_texts: Callable[[Access], Mapping[str, Any]] = _nothing  # what a request for vectors says, too

    @property
    def model_variable(self) -> str:
        return f"{self.name}_model".upper()

    @property
    def all_variables(self) -> tuple[str, ...]:
        """Every variable of the environment that sets this provider up."""
        vectors = (self.embeddings_variable, self.embeddings_address) if self.embeds else ()
        return self.key_variable, self.model_variable, self.address_name, *filter(None, vectors), *self.variables

    @property
    def embeddings_variable(self) -> str:
        return f"{self.name}_embeddings_model".upper()

    def access(self, values: Mapping[str, str]) -> Access | None:
        """What is configured, from all set values by lower-case name; None when the provider is not set up.

        Raises Fixable when it is set up without a model and has no usual one.
        """
        key, address = (values.get(name.lower(), "") for name in (self.key_variable, self.address_name))
        if not key and not (self.keyless and address):
            return None
        model = values.get(self.model_variable.lower(), "")
        if not model and not self.default_model:
            raise Fixable(
                f"{self.label} is set up, but not which model to ask there.",
                next_step=f"Set {self.model_variable} to the model's name.",
                code="bad_settings",
            )
        if self.needs_address and not address:
            raise Fixable(
                f"{self.label} is set up, but not where it is.",
                next_step=f"Set {self.address_name} to its address.",
                code="bad_settings",
            )
        return Access(key, model, address, self._options(values))

    def embeddings_access(self, values: Mapping[str, str]) -> Access | None:
        """How this gateway is asked for vectors, from all set values by lower-case name; None when it is not told by
        which model. Raises Fixable when its address is missing."""
        model = values.get(self.embeddings_variable.lower(), "") if self.embeds else ""
        if not model:
            return None
        variable = self.embeddings_address or self.address_name
        address = values.get(variable.lower(), "")
        if self.needs_address and not address:
            raise Fixable(
                f"{self.embeddings_variable} is set, but not where {self.label} makes vectors.",
                next_step=f"Set {variable} to the address of a route for embeddings.",
                code="bad_settings",
            )
        return Access(values.get(self.key_variable.lower(), ""), model, address, self._options(values))

    def _options(self, values: Mapping[str, str]) -> dict[str, str]:
        return {name.lower(): values[name.lower()] for name in self.variables if values.get(name.lower())}

    @property
    def address_name(self) -> str:
        """The variable that holds its address."""
        return self.address_variable or f"{self.name}_base_url".upper()


def discover(package: Any = app.gateways.roads) -> Mapping[str, Provider]:
    """All providers of a package by name. Raises ImportError or DuplicateProvider: a broken provider is fatal."""
    found: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.ispkg:
            continue
        provider = getattr(importlib.import_module(module.name), "PROVIDER", None)
        if not isinstance(provider, Provider):
            continue
        if provider.name in found:
            raise DuplicateProvider(f"{module.name}: a provider named {provider.name} exists already")
        found[provider.name] = provider
    return found
