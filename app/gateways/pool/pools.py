"""The pools of a process: one for each model that writes no text, with the keys that are set now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import Fixable
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.pool.pool import Means, Pool
from app.gateways.pool.road import PoolRoad, address_of
from app.gateways.providers import Access, Provider, discover
from app.gateways.purse import Purse, Unlimited
from app.gateways.route_plan import PlannedRoute, each_key
from app.gateways.spend import DIRECT, Admission, CallContext, Spending
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
    vendor has it; `path` follows the address, by the model's name. One that is `asked_as_openais` gives the same
    vectors through gateways, whose protocol is OpenAI's."""

    key: str
    provider: str
    label: str
    name: str
    address: str
    path: Callable[[str], str]
    terms: Terms
    asked_as_openais: bool = False


class Pools:
    """`workspace_id` is whose calls are that nobody in particular asks for. `spending`, `admission`, `records` and
    `redis` are as for ChatModels; `turned` puts the keys in the order of the hour, `order` names providers in the order
    in which chat models are asked there."""

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
        order: Sequence[str] = (),
    ) -> None:
        self.workspace_id = workspace_id
        self._order = order
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

    def take_up(self, values: Mapping[str, str], order: Sequence[str] = ()) -> None:
        """Goes on with the keys that are set now, in this order of providers; what is known of those that stay is kept.
        Raises Fixable, having changed nothing."""
        for model, _ in self._pools:
            planned(model, values, order)
        self._order = order
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
        for one in self._turned(planned(model, values, self._order)):
            road = known.get(one.name)
            roads.append(road if road is not None and road.planned == one else self._road(model, one))
        for name in known:
            self._breakers.pop(name, None)
        self._breakers.update((road.name, road.breaker) for road in roads)
        pool.roads = tuple(roads)

    def _road(self, model: PooledModel, one: PlannedRoute) -> PoolRoad:
        address, gateway = address_of(one, model.address), one.provider.gateway
        key = model.key if gateway == DIRECT else f"{model.key}_{gateway}"
        client = self._clients.get((key, address))
        if client is None:
            policy = ServicePolicy(
                key=key,
                label=model.label if gateway == DIRECT else one.provider.label,
                egress=EgressPolicy.for_base_url(address, configured=bool(one.access.base_url)),
                retry=ONCE,
                connections=CONNECTIONS,
            )
            client = self._clients[key, address] = self._outbound.service(policy)
        return PoolRoad(one, address, client, Breaker(self._outbound.monotonic))


def planned(model: PooledModel, values: Mapping[str, str], order: Sequence[str] = ()) -> tuple[PlannedRoute, ...]:
    """A route for every key of the model's vendor, and of the gateways that are told to make its vectors, in `order`: a
    vendor that is not in it comes first, a gateway that is not comes last. None without a key. Raises Fixable for a
    gateway that is told of another model."""
    providers = discover()
    vendor, found = providers[model.provider], dict[str, PlannedRoute]()
    if access := vendor.access(values):
        found[vendor.name] = PlannedRoute(vendor, replace(access, model=model.name), model.terms)
    if model.asked_as_openais:
        for provider in providers.values():
            if access := provider.embeddings_access(values):
                _refuse_another(model, provider, access)
                found[provider.name] = PlannedRoute(provider, access, replace(model.terms, owner=model.provider))
    places = {name: place for place, name in enumerate(order)}
    places.setdefault(vendor.name, -1)
    return each_key(sorted(found.values(), key=lambda one: places.get(one.provider.name, len(order))))


def _refuse_another(model: PooledModel, provider: Provider, access: Access) -> None:
    if access.model.rpartition("/")[2] != model.name:
        raise Fixable(
            f"{provider.embeddings_variable} names {access.model!r}, and the embedder is {model.name}.",
            next_step=f"Name {model.name} as {provider.label} calls it: vectors of two models mean different things.",
            code="another_embedder",
        )
