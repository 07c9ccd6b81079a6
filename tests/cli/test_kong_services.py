"""`sophia doctor` on services behind Kong: each way in which a route can lead nowhere is told apart."""

from __future__ import annotations

import pytest

from app.cli.core.kong import kong_services_answer
from app.domain.clock import SystemClock
from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.integrations.service_roads import service_roads
from app.settings import Settings, load_settings
from tests.http.kong import KEY, kong
from tests.http.scripted import answer, scripted


def settings(services: str, key: str = KEY) -> Settings:
    return load_settings(_env_file=None, kong_services=services, kong_services_key=key)


async def told(services: str, key: str = KEY) -> tuple[str, str]:
    outbound = Outbound(SystemClock())
    found = await kong_services_answer(settings(services, key), outbound, 5.0)
    await outbound.close()
    return found.state, found.sentence


async def test_routes_that_lead_on_are_well_even_when_the_vendor_refuses_a_call_without_its_key() -> None:
    async with scripted(answer(401)) as vendor, kong(vendor.url) as gateway:
        assert await told(f"hubspot={gateway.url}/vendor") == ("ok", "Kong leads to hubspot.")


async def test_what_is_wrong_with_a_route_is_said() -> None:
    async with kong("http://127.0.0.1:9") as gateway:
        good, wrong = f"hubspot={gateway.url}/vendor", f"hubspot={gateway.url}/vandor"
        assert await told(good, "other") == ("refused", "Kong refused KONG_SERVICES_KEY on its route for hubspot")
        assert await told(wrong) == (
            "unreachable",
            "Kong has no route for hubspot at the address in KONG_SERVICES",
        )
    assert await told("hubspot=http://127.0.0.1:9/vendor") == ("unreachable", "no answer from Kong's route for hubspot")


async def test_a_service_that_nobody_knows_is_a_clear_error() -> None:
    with pytest.raises(Fixable, match="KONG_SERVICES names hubspott"):
        service_roads(settings("hubspott=https://kong.example.com/h"))
    state, sentence = await told("hubspott=https://kong.example.com/h")
    assert (state, "hubspott" in sentence) == ("refused", True)
