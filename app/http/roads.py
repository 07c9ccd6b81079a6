"""The road to a service: straight to it, or through a route of a Kong gateway that the operator runs.

https://developer.konghq.com/gateway/entities/route/ with `strip_path`: the route's address stands for the vendor's
host, the path follows it. Kong's key goes into the header of its key-auth plugin; the vendor's own key travels on. What
the service may be asked is decided before by its own egress list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from app.domain.errors import Fixable

KEY_HEADER = "apikey"


@dataclass(frozen=True)
class KongRoute:
    """`address` is the route's, without a slash at its end; `key` '' for a route that asks for none."""

    address: str
    key: str = field(default="", repr=False)

    def of(self, url: httpx.URL) -> httpx.URL:
        """Where a call to the vendor's address goes."""
        return httpx.URL(f"{self.address}{url.raw_path.decode('ascii')}")

    @property
    def headers(self) -> Mapping[str, str]:
        return {KEY_HEADER: self.key} if self.key else {}


def kong_routes(text: str, key: str) -> Mapping[str, KongRoute]:
    """Routes by service, from `entrata=https://kong:8443/entrata, hubspot=…`. Raises Fixable for what is none."""
    routes: dict[str, KongRoute] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, address = (piece.strip() for piece in part.partition("="))
        parts = urlsplit(address)
        if not name or parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise Fixable(
                f"KONG_SERVICES says {name or part!r} in a way that names no route.",
                next_step="Write service=address, as in entrata=https://kong.example.com/entrata.",
                code="bad_settings",
            )
        if name in routes:
            raise Fixable(f"KONG_SERVICES names {name} twice.", next_step="Leave one of the two.", code="bad_settings")
        routes[name] = KongRoute(address.rstrip("/"), key)
    return routes
