"""How `sophia doctor` asks Kong whether its routes lead to the services that KONG_SERVICES sends through them."""

from __future__ import annotations

from app.domain.errors import Fixable, RetryLater, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat, RetryPolicy
from app.http.roads import KongRoute
from app.integrations.base import Reachability
from app.integrations.service_roads import service_roads
from app.settings import Settings

PASSED_ON = "X-Kong-Upstream-Latency"  # Kong sets it when the vendor was asked: docs "response headers"
ANY = frozenset(range(200, 600))


async def kong_services_answer(settings: Settings, outbound: Outbound, seconds: float) -> Reachability:
    """The first route that does not lead anywhere, or that all do."""
    try:
        routes = service_roads(settings)
    except Fixable as wrong:
        return Reachability("refused", wrong.for_people)
    for name, route in routes.items():
        answer = await _led_on(name, route, outbound, seconds)
        if answer.state != "ok":
            return answer
    return Reachability("ok", f"Kong leads to {', '.join(routes)}.")


async def _led_on(name: str, route: KongRoute, outbound: Outbound, seconds: float) -> Reachability:
    egress = EgressPolicy.for_base_url(route.address, configured=True)
    policy = ServicePolicy(
        "kong_services", "Kong", egress, retry=RetryPolicy(attempts=1), attempt_seconds=seconds, max_bytes=1 << 20
    )
    client = outbound.service(policy)
    try:
        call = Call("route.check", "GET", f"{route.address}/", Repeat.SAFE, headers=route.headers, accept=ANY)
        reply = await client.send(call)
    except RetryLater:
        return Reachability("unreachable", f"no answer from Kong's route for {name}")
    except SophiaError as failed:
        return Reachability("unreachable", failed.sentence)
    if PASSED_ON in reply.headers:
        return Reachability("ok", f"Kong leads to {name}.")
    if reply.status in (401, 403):
        return Reachability("refused", f"Kong refused KONG_SERVICES_KEY on its route for {name}")
    if reply.status == 404:
        return Reachability("unreachable", f"Kong has no route for {name} at the address in KONG_SERVICES")
    return Reachability("unreachable", f"Kong's route for {name} answered HTTP {reply.status} by itself")
