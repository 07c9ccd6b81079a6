"""Where requests may go: a guard against being talked into reaching the inside of the network (SSRF).

A host must be on the service's list. Its name is resolved once, every address it has must be public, and the
connection goes to exactly the address that was checked. A private address is reachable only when the operator named
that host and port in the configuration; link-local addresses (cloud metadata lives there) never are.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from app.domain.errors import NotAllowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Iterable[str]]]

DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# RFC 6052 and RFC 8215: IPv6 ranges whose last 32 bits are an IPv4 address.
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_V4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
# Ranges that `is_global` lets through although nothing of ours should be reached there.
_NEVER: Final = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("fd00:ec2::254/128"),
    ipaddress.ip_network("100.100.100.200/32"),
)


@dataclass(frozen=True)
class EgressPolicy:
    """`hosts`: names requests may go to (`*.example.com` allows every subdomain). `named_addresses`: `host:port`
    pairs that the operator wrote into the configuration; only these may be private or without TLS."""

    hosts: frozenset[str]
    named_addresses: frozenset[str] = frozenset()

    @classmethod
    def for_base_url(cls, base_url: str, *, configured: bool, more_hosts: Iterable[str] = ()) -> EgressPolicy:
        """A policy for one base address. `configured`: the operator chose the address (not a default of ours)."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        named = frozenset({f"{host}:{port}"}) if configured else frozenset[str]()
        return cls(hosts=frozenset({host, *more_hosts}), named_addresses=named)

    def allows_host(self, host: str) -> bool:
        if host in self.hosts:
            return True
        return any(pattern.startswith("*.") and host.endswith(pattern[1:]) for pattern in self.hosts)


class EgressGuard:
    """Checks a request's address and says which IP addresses it may be sent to."""

    def __init__(self, policy: EgressPolicy, *, label: str, resolve: Resolve | None = None) -> None:
        self._policy = policy
        self._label = label
        self._resolve = resolve or _system_resolver

    async def addresses(self, url: httpx.URL) -> list[str]:
        """The checked addresses of the URL's host, in the resolver's order. Raises NotAllowed; ConnectError when the
        name has no address."""
        named = self.check(url)
        host, port = url.host, url.port or DEFAULT_PORTS.get(url.scheme, 0)
        found = list(dict.fromkeys(await self._resolve(host, port)))
        if not found:
            raise httpx.ConnectError(f"no address for {host}")
        for address in found:
            if is_never_allowed(address) if named else not is_public(address):
                raise self._refused(f"{host} resolves to a blocked address")
        return found

    def check(self, url: httpx.URL) -> bool:
        """What can be said without looking the name up. True when the operator named the address. Raises NotAllowed."""
        host = url.host
        port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
        named = f"{host}:{port}" in self._policy.named_addresses
        if url.scheme not in DEFAULT_PORTS or url.userinfo:
            raise self._refused(f"scheme or credentials in address for {host}")
        if not self._policy.allows_host(host):
            raise self._refused(f"host {host} is not on the list")
        if url.scheme == "http" and not named:
            raise self._refused(f"no TLS for {host}")
        return named

    def _refused(self, why: str) -> NotAllowed:
        return NotAllowed(
            f"I may not reach the address that is set for {self._label}.",
            next_step="An administrator can check it with `sophia doctor`.",
            code="egress_refused",
            detail=f"egress refused: {why}",
        )


def is_public(address: str) -> bool:
    """True when the address is on the public internet, also when it is wrapped into an IPv6 address."""
    if is_never_allowed(address):
        return False
    return all(one.is_global and not one.is_reserved for one in _unwrapped(_parse(address)))


def is_never_allowed(address: str) -> bool:
    """True for link-local, metadata, multicast and unspecified addresses, which no configuration opens."""
    return any(
        one.is_multicast
        or one.is_unspecified
        or any(one in network for network in _NEVER if network.version == one.version)
        for one in _unwrapped(_parse(address))
    )


def _parse(address: str) -> Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _unwrapped(address: Address) -> list[Address]:
    """The address and every IPv4 address hidden in it. A mapped or translated one stands for its IPv4 alone."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    last_bits = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _NAT64):
        return [last_bits]
    hidden: list[Address] = [address]
    if address.sixtofour is not None:
        hidden.append(address.sixtofour)
    if address.teredo is not None:
        hidden.extend(address.teredo)
    if address in _V4_COMPATIBLE and int(address) > 1:
        hidden.append(last_bits)
    return hidden


async def _system_resolver(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as unknown:
        raise httpx.ConnectError(f"no address for {host}") from unknown
    return [str(entry[4][0]) for entry in found]
