"""One key to a model that writes no text: where it is asked, its health, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.errors import SophiaError
from app.gateways.faults import FaultKind, Refused, RouteFault, kind_of_status
from app.gateways.route_plan import PlannedRoute
from app.gateways.routes import facts_of
from app.gateways.spend import DIRECT
from app.http.breaker import Breaker
from app.http.outbound import ServiceClient

EMBEDDINGS = "/embeddings"  # in OpenAI's protocol, the only one that gateways are asked in


class PoolRoad:
    """`address` is where the model is asked, without a slash at its end; `client` leads there. Keys of one `place` are
    told the same about a request; `beside` is what a request says there, too."""

    def __init__(self, planned: PlannedRoute, address: str, client: ServiceClient, breaker: Breaker) -> None:
        self.planned = planned
        self.name = planned.name
        self.model = planned.access.model
        self.facts = facts_of(planned.provider, self.model, planned.terms)
        self.client = client
        self.breaker = breaker
        gateway = planned.provider.gateway != DIRECT
        self.place = (planned.provider.name, address)
        self.beside = planned.provider.beside_texts(planned.access) if gateway else {}
        self._address = address
        self._goes_over_gateway = gateway
        self._refusal: SophiaError | None = None

    def url(self, own_path: Callable[[str], str]) -> str:
        """Where it is asked; `own_path` is the vendor's, by the model's name."""
        return self._address + (EMBEDDINGS if self._goes_over_gateway else own_path(self.model))

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Content-Type": "application/json", **self.planned.provider.headers(self.planned.access)}

    def fault_of(self, refused: Refused) -> RouteFault:
        """What a refusal means for this key."""
        known = self.planned.provider.fault(refused)
        return known or RouteFault(kind_of_status(refused.status_code), f"HTTP {refused.status_code}")

    def failed(self, fault: RouteFault, error: SophiaError) -> None:
        """Takes note of a fault; `error` is what it means for people."""
        self.breaker.failed(fault)
        self._refusal = error if fault.kind is FaultKind.ACCOUNT else None

    @property
    def dead(self) -> bool:
        """True while it rests because of its account: waiting for it does not help."""
        return self.breaker.reason == "account" and self.breaker.resting

    def resting(self, operation: str) -> SophiaError:
        """Why it is left alone, for people."""
        if self.dead and self._refusal is not None:
            return self._refusal
        return self.client.failures.resting(operation, self.breaker.rest_left)


def address_of(planned: PlannedRoute, own: str) -> str:
    """Where a route is asked; `own` is the model's address at its vendor."""
    usual = own if planned.provider.gateway == DIRECT else planned.provider.address
    return (planned.access.base_url or usual).rstrip("/")
