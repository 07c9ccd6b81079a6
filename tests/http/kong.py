"""A stand-in for Kong's proxy with key-auth and one route, as strict as the real one, before a vendor's server.

https://developer.konghq.com/plugins/key-auth/ · https://developer.konghq.com/gateway/entities/route/
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from aiohttp import web

KEY = "kong-key"


@dataclass
class Kong:
    """Leads `/vendor/…` on to `upstream`, without the prefix and without Kong's key."""

    upstream: str
    url: str = ""
    asked: list[str] = field(default_factory=list[str])

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.raw_path)
        if not request.path.startswith("/vendor/"):
            return web.json_response({"message": "no Route matched with those values"}, status=404)
        if "apikey" not in request.headers:
            return web.json_response({"message": "No API key found in request"}, status=401)
        if request.headers["apikey"] != KEY:
            return web.json_response({"message": "Unauthorized"}, status=401)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("apikey", "host")}
        target = self.upstream + request.raw_path.removeprefix("/vendor")
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.request(request.method, target, headers=headers, content=await request.read())
            except httpx.TransportError:
                return web.json_response({"message": "An invalid response was received"}, status=502)
        kept = {"Content-Type": answer.headers.get("Content-Type", ""), "X-Kong-Upstream-Latency": "1"}
        return web.Response(body=answer.content, status=answer.status_code, headers=kept)


@asynccontextmanager
async def kong(upstream: str) -> AsyncIterator[Kong]:
    made = Kong(upstream)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
