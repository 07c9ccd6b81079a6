"""The pools of a process: one for each model that writes no text, with the keys that are set now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.gateways.faults import FaultKind, RouteFault
from app.gateways.pool.pool import Means, Pool
from app.gateways.pool.road import PoolRoad, address_of
from app.gateways.providers import discover
from app.gateways.purse import Purse, Unlimited
from app.gateways.route_plan import PlannedRoute, each_key
from app.gateways.spend import Admission, CallContext, Spending
from app.gateways.terms import Terms
from app.gateways.trail.record import NO_TRAIL, TrailSink
from app.http.breaker import Breaker
from app.http.egress import EgressPolicy
from app.http.outbound import Outbound, ServiceClient, ServicePolicy
from app.http.rests import OwnRests, RedisRests, Rests
from app.http.retry import RetryPolicy

CONNECTIONS = 8
ONCE = RetryPolicy(attempts=1)  # what is tried next is decided here


@dataclass(frozen=True)
class PooledModel:
    """A model that writes no text. `key` labels metrics, `provider` names a file under roads/, `address` is where the
    vendor has it; `path` follows the address, by the model's name."""

    key: str
    provider: str
    label: str
    name: str
    address: str
    path: Callable[[str], str]
    terms: Terms


class Pools:
    """`workspace_id` is whose calls are that nobody in particular asks for. `spending`, `admission`, `records` and
    `redis` are as for ChatModels; `turned` puts the keys in the order of the hour."""

    def __init__(
        self,
        outbound: Outbound,
        workspace_id: str,
        *,
        spending: Spending | None = None,
        admission: Admission | None = None,
        records: TrailSink = NO_TRAIL,
        redis: str = "",
        turned: Callable[[Sequence[PlannedRoute]], Sequence[PlannedRoute]] = tuple,
    ) -> None:
        self.workspace_id = workspace_id
        self._outbound = outbound
        self._turned = turned
        self._breakers: dict[str, Breaker] = {}
        self._pools: list[tuple[PooledModel, Pool]] = []
        self._clients: dict[tuple[str, str], ServiceClient] = {}
        own, nobody = OwnRests(), Unlimited()
        rests: Rests = RedisRests(redis, self._breakers, outbound.monotonic, kind="models") if redis else own

        def purse(call: CallContext) -> Purse:
            return Purse(call, spending or nobody, admission or nobody, outbound.monotonic)

        self._means = Means(purse, records, rests, outbound.sleep)

    def of(self, model: PooledModel, values: Mapping[str, str]) -> Pool:
        """The pool of a model, with the keys in `values`, all set values by lower-case name."""
        pool = Pool(self._means, model.path)
        self._pools.append((model, pool))
        self._fill(model, pool, values)
        return pool

    def take_up(self, values: Mapping[str, str]) -> None:
        """Goes on with the keys that are set now; what is known of those that stay is kept."""
        for model, pool in self._pools:
            self._fill(model, pool, values)

    @property
    def roads(self) -> list[PoolRoad]:
        return [road for _, pool in self._pools for road in pool.roads]

    def leave_alone(self, name: str) -> None:
        """The key of the road of this name was found to be refused."""
        for road in self.roads:
            if road.name == name:
                fault = RouteFault(FaultKind.ACCOUNT, "its key was refused")
                road.failed(fault, road.client.failures.credentials("probe", 401))

    async def aclose(self) -> None:
        await self._means.rests.aclose()

    def _fill(self, model: PooledModel, pool: Pool, values: Mapping[str, str]) -> None:
        known = {road.name: road for road in pool.roads}
        roads: list[PoolRoad] = []
        for one in self._turned(planned(model, values)):
            road = known.get(one.name)
            roads.append(road if road is not None and road.planned == one else self._road(model, one))
        for name in known:
            self._breakers.pop(name, None)
        self._breakers.update((road.name, road.breaker) for road in roads)
        pool.roads = tuple(roads)

    def _road(self, model: PooledModel, one: PlannedRoute) -> PoolRoad:
        address = address_of(one, model.address)
        client = self._clients.get((model.key, address))
        if client is None:
            policy = ServicePolicy(
                key=model.key,
                label=model.label,
                egress=EgressPolicy.for_base_url(address, configured=bool(one.access.base_url)),
                retry=ONCE,
                connections=CONNECTIONS,
            )
            client = self._clients[model.key, address] = self._outbound.service(policy)
        return PoolRoad(one, address, client, Breaker(self._outbound.monotonic))


def planned(model: PooledModel, values: Mapping[str, str]) -> tuple[PlannedRoute, ...]:
    """A route for every key of the model's provider; none without one."""
    provider = discover()[model.provider]
    access = provider.access(values)
    if access is None:
        return ()
    return each_key([PlannedRoute(provider, replace(access, model=model.name), model.terms)])
