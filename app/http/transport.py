"""An httpx transport that connects to the very address the egress guard has checked (no second look-up in between)."""

from __future__ import annotations

import httpx

from app.http.egress import EgressGuard


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends each request to a checked address of its host; TLS and the Host header still name the host.

    One pool per host, so that two hosts behind one address never share a connection.
    """

    def __init__(self, guard: EgressGuard, *, limits: httpx.Limits) -> None:
        self._guard = guard
        self._limits = limits
        self._pools: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = await self._guard.addresses(request.url)
        pool = self._pools.get(host)
        if pool is None:
            pool = self._pools[host] = httpx.AsyncHTTPTransport(limits=self._limits, trust_env=False)
        for address in addresses[:-1]:
            try:
                return await pool.handle_async_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # nothing was sent; the host's next address may answer
        return await pool.handle_async_request(_pinned(request, addresses[-1]))

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
