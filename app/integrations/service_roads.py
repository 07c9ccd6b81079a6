"""Which services the operator sends through Kong (KONG_SERVICES), checked against the services there are."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.errors import Fixable
from app.http.roads import KongRoute, kong_routes
from app.integrations.catalog import catalog
from app.integrations.declared.registry import all_services
from app.integrations.registry import all_connectors
from app.settings import Settings


def service_roads(settings: Settings) -> Mapping[str, KongRoute]:
    """Kong's routes by service. Raises Fixable for what is no route and for a service that nobody knows."""
    key = settings.kong_services_key
    roads = kong_routes(settings.kong_services or "", key.get_secret_value() if key else "")
    known = {row.key for row in catalog()} | {*all_connectors(), *all_services(settings.services_folder)}
    if unknown := sorted(set(roads) - known):
        raise Fixable(
            f"KONG_SERVICES names {unknown[0]}, which is no service.",
            next_step="Use the names that `sophia doctor --json` lists as integrations.",
            code="bad_settings",
        )
    return roads
