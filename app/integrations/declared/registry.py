"""Finds the service files: every `*.yaml` in this folder, and in the folder that the operator names in SERVICES_FOLDER.
A file that can't be used, or that takes a name twice, stops the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.integrations.declared.client import DeclaredService
from app.integrations.declared.files import BadService, read_service
from app.integrations.declared.service import Service
from app.integrations.registry import all_connectors

BUILT_IN: Final = Path(__file__).parent


def discover(folders: Iterable[Path]) -> dict[str, Service]:
    """The services of all folders by key. Raises Fixable."""
    found: dict[str, Service] = {}
    tools: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise Fixable(
                f"SERVICES_FOLDER names {folder}, which is no folder.",
                next_step="Make it, or leave the variable empty.",
                code="bad_settings",
            )
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            service = read_service(path)
            if service.service in found or service.service in all_connectors():
                raise BadService(path, [f"service: {service.service} exists already"])
            for tool in service.operations:
                if tool in tools:
                    raise BadService(path, [f"operations.{tool}: {tools[tool].name} has a tool of that name"])
                tools[tool] = path
            found[service.service] = service
    return found


@cache
def all_services(folder: Path | None = None) -> Mapping[str, Service]:
    """The services that come with Sophia, and those of the operator's folder."""
    return discover([BUILT_IN] if folder is None else [BUILT_IN, folder])


def service_variables(services: Mapping[str, Service]) -> list[str]:
    """The environment variables that services ask for."""
    return [variable for service in services.values() for variable in service.variables]


def public_variables(services: Mapping[str, Service]) -> frozenset[str]:
    """Those of them that hold no secret, and so may stand in logs and answers."""
    secret = {one.variable for service in services.values() for one in service.settings if one.secret}
    return frozenset(service_variables(services)) - secret


def open_services(
    services: Mapping[str, Service], values: Mapping[str, str], outbound: Outbound
) -> dict[str, DeclaredService]:
    """The services that are fully set up, by key. `values`: the set settings as plain text, by lower-case name."""
    given = {name.upper(): value for name, value in values.items()}
    return {
        key: DeclaredService(service, given, outbound)
        for key, service in services.items()
        if all(given.get(variable) for variable in service.required)
    }
