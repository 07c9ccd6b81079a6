"""Requests never reach the inside of the network, whatever name or notation leads there."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import pytest

from app.domain.errors import NotAllowed
from app.http.egress import EgressGuard, EgressPolicy, is_never_allowed, is_public


def guard(addresses: Iterable[str], policy: EgressPolicy | None = None) -> EgressGuard:
    async def resolve(host: str, port: int) -> Iterable[str]:
        return addresses

    return EgressGuard(policy or EgressPolicy(frozenset({"api.vendor.com"})), label="Vendor", resolve=resolve)


INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "::127.0.0.1",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_a_listed_host_that_resolves_to_an_inside_address_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(NotAllowed) as refused:
        await guard([address]).addresses(httpx.URL("https://api.vendor.com/v1"))
    assert refused.value.code == "egress_refused"
    assert address not in refused.value.for_people


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
async def test_a_public_address_is_let_through(address: str) -> None:
    assert await guard([address]).addresses(httpx.URL("https://api.vendor.com/")) == [address]


async def test_one_inside_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(NotAllowed):
        await guard(["8.8.8.8", "10.0.0.1"]).addresses(httpx.URL("https://api.vendor.com/"))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com/",
        "https://api.vendor.com.evil.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "http://api.vendor.com/",
        "ftp://api.vendor.com/",
        "https://user:pass@api.vendor.com/",
        "https://0x7f000001/",
        "https://2130706433/",
    ],
)
async def test_other_hosts_schemes_and_credentials_in_the_address_are_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        await guard(["8.8.8.8"]).addresses(httpx.URL(url))


async def test_a_star_covers_subdomains_and_not_lookalikes() -> None:
    policy = EgressPolicy(frozenset({"*.vendor.com"}))
    assert await guard(["8.8.8.8"], policy).addresses(httpx.URL("https://eu.vendor.com/"))
    for other in ("https://vendor.com/", "https://evilvendor.com/"):
        with pytest.raises(NotAllowed):
            await guard(["8.8.8.8"], policy).addresses(httpx.URL(other))


async def test_a_private_address_is_reached_only_on_the_host_and_port_that_the_operator_named() -> None:
    policy = EgressPolicy.for_base_url("http://127.0.0.1:8931/ext", configured=True)
    local = guard(["127.0.0.1"], policy)
    assert await local.addresses(httpx.URL("http://127.0.0.1:8931/x")) == ["127.0.0.1"]
    with pytest.raises(NotAllowed):
        await local.addresses(httpx.URL("http://127.0.0.1:8932/x"))


async def test_no_configuration_opens_the_metadata_address() -> None:
    policy = EgressPolicy.for_base_url("http://metadata.internal:80", configured=True)
    assert is_never_allowed("169.254.169.254")
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254"):
        with pytest.raises(NotAllowed):
            await guard([address], policy).addresses(httpx.URL("http://metadata.internal/latest"))


async def test_a_default_address_of_ours_gets_no_private_exception() -> None:
    policy = EgressPolicy.for_base_url("https://api.vendor.com", configured=False)
    with pytest.raises(NotAllowed):
        await guard(["10.0.0.1"], policy).addresses(httpx.URL("https://api.vendor.com/"))
