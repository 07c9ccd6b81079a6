"""A service may be reached through a route of Kong's, and what it may be asked stays decided by its own list."""

from __future__ import annotations

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.http.egress import EgressPolicy
from app.http.outbound import Outbound, ServiceClient, ServicePolicy
from app.http.retry import RetryPolicy
from app.http.roads import KongRoute, kong_routes
from tests.http.kong import KEY, kong
from tests.http.scripted import answer, scripted
from tests.http.test_outbound import NOW, SECRET, read, write

VENDOR = "https://api.vendor.example/base"


def through(address: str, key: str = KEY, *, egress: EgressPolicy | None = None) -> tuple[Outbound, ServiceClient]:
    outbound = Outbound(FixedClock(NOW), roads={"vendor": KongRoute(address, key)}, chance=lambda: 0.0)
    egress = egress or EgressPolicy.for_base_url(VENDOR, configured=False)
    policy = ServicePolicy("vendor", "Vendor", egress, retry=RetryPolicy(attempts=1))
    return outbound, outbound.service(policy)


async def test_a_call_goes_to_kongs_route_with_kongs_key_and_the_vendors_own() -> None:
    async with scripted(answer(200, b'{"ok":true}')) as vendor, kong(vendor.url) as gateway:
        outbound, client = through(f"{gateway.url}/vendor")
        for call in (read(VENDOR), write(VENDOR)):
            assert (await client.send(call)).json() == {"ok": True}
        await outbound.close()
    got = vendor.seen[0].decode()
    assert gateway.asked == [f"/vendor/base/things?token={SECRET}", "/vendor/base/things"]
    assert got.startswith(f"GET /base/things?token={SECRET} ")
    assert f"x-api-key: {SECRET}" in got.lower()
    assert KEY not in got


async def test_kong_does_not_widen_what_a_service_may_be_asked() -> None:
    async with kong("http://127.0.0.1:9") as gateway:
        outbound, client = through(f"{gateway.url}/vendor")
        for url in ("https://elsewhere.example", "http://api.vendor.example", "https://user:pw@api.vendor.example"):
            with pytest.raises(NotAllowed, match="egress refused"):
                await client.send(read(url))
        await outbound.close()
    assert gateway.asked == []


async def test_a_service_behind_a_kong_that_cannot_reach_it_rests_like_any_other() -> None:
    async with kong("http://127.0.0.1:9") as gateway:
        outbound, client = through(f"{gateway.url}/vendor")
        codes: list[str] = []
        for _ in range(10):
            with pytest.raises(RetryLater) as failed:
                await client.send(read(VENDOR))
            codes.append(failed.value.code)
        await outbound.close()
    assert codes == ["vendor_unreachable"] * 5 + ["vendor_resting"] * 5
    assert len(gateway.asked) == 5


async def test_other_services_go_straight_to_their_vendor() -> None:
    async with scripted(answer(200)) as vendor:
        outbound, _ = through("http://127.0.0.1:9/vendor")
        egress = EgressPolicy.for_base_url(vendor.url, configured=True)
        client = outbound.service(ServicePolicy("other", "Other", egress))
        assert (await client.send(read(vendor.url))).status == 200
        await outbound.close()


async def test_a_service_at_several_addresses_is_not_led_through_one_route() -> None:
    for hosts in ({"a.example", "b.example"}, {"*.example"}):
        with pytest.raises(Fixable, match="more than one address"):
            through("http://127.0.0.1:9/vendor", egress=EgressPolicy(frozenset(hosts)))


def test_routes_are_read_from_one_line() -> None:
    found = kong_routes("entrata=https://kong:8443/entrata/, hubspot=http://kong:8000/hubspot", KEY)
    assert {name: route.address for name, route in found.items()} == {
        "entrata": "https://kong:8443/entrata",
        "hubspot": "http://kong:8000/hubspot",
    }
    assert KEY not in repr(found)
    assert kong_routes("", "") == {}


@pytest.mark.parametrize("text", ["entrata", "entrata=kong:8000", "=https://kong", "a=https://k/1,a=https://k/2"])
def test_a_line_that_names_no_route_is_a_clear_error(text: str) -> None:
    with pytest.raises(Fixable, match="KONG_SERVICES"):
        kong_routes(text, "")
