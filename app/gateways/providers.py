"""What a provider of chat models is, and how it is found: every module here that defines `PROVIDER`.

A provider file says how its LangChain model is built and what its SDK's errors mean. It does not decide when it is
asked: that is the failover's.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel

import app.gateways
from app.gateways.faults import RouteFault


class DuplicateProvider(Exception):
    """Two modules define a provider of the same name."""


@dataclass(frozen=True)
class Access:
    """How to reach one model of a provider. `base_url` '' means the provider's own address."""

    api_key: str = field(repr=False)
    model: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class Deadlines:
    """Seconds. `first_token`: from the request to the first piece; `between`: from one piece to the next."""

    connect: float = 5.0
    first_token: float = 20.0
    between: float = 20.0


@dataclass(frozen=True)
class Provider:
    """One provider. `build` returns a model that never retries by itself; `fault` returns None for errors that are
    not the SDK's own (broken connections, bad JSON), which count as transient."""

    name: str  # "openai"
    label: str  # "OpenAI"
    key_variable: str  # "OPENAI_API_KEY"
    default_model: str
    build: Callable[[Access, Deadlines], BaseChatModel]
    fault: Callable[[Exception], RouteFault | None]
    close: Callable[[Any], Awaitable[None]]  # ends the built model's connections, at shutdown


def discover(package: Any = app.gateways) -> Mapping[str, Provider]:
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
