"""A strict stand-in for Lambda Cloud's API 1.10.0 (https://docs.lambda.ai/api/cloud): machines, their types, launch,
restart and terminate. What the documentation leaves open (429's code, unknown parameters) is guessed on the strict
side."""

from __future__ import annotations

import base64
import hmac
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEY: Final = "secret_sandbox_lambda-key"
REGIONS: Final = {"us-west-1": "California, USA", "us-east-1": "Virginia, USA", "europe-central-1": "Germany"}
SSH_KEYS: Final = ("team-key", "laptop")
_LAUNCH: Final = frozenset(
    "region_name instance_type_name ssh_key_names file_system_names file_system_mounts hostname name image user_data"
    " tags firewall_rulesets".split()
)
_ACTIONS: Final = ("migrate", "rebuild", "restart", "cold_reboot", "terminate")

Json = dict[str, Any]


class LambdaRefusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message} | ({"suggestion": suggestion} if suggestion else {})


def machine_type(name: str, gpu: str, gpus: int, cents: int) -> Json:
    return {
        "name": name,
        "description": f"{gpus}x {gpu}",
        "gpu_description": gpu,
        "price_cents_per_hour": cents,
        "specs": {"vcpus": 30 * gpus, "memory_gib": 200 * gpus, "storage_gib": 1400 * gpus, "gpus": gpus},
    }


TYPES: Final = {
    one["name"]: one
    for one in (
        machine_type("gpu_1x_a10", "A10 (24 GB PCIe)", 1, 75),
        machine_type("gpu_1x_h100_pcie", "H100 (80 GB PCIe)", 1, 249),
        machine_type("gpu_8x_h100_sxm5", "H100 (80 GB SXM5)", 8, 2392),
    )
}


@dataclass
class LambdaCloud:
    """One account. `seconds_between` requests and `seconds_between_launches` are enforced with `monotonic`; None lets
    every request through."""

    key: str = KEY
    monotonic: Callable[[], float] | None = None
    seconds_between: float = 1.0
    seconds_between_launches: float = 12.0
    free: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"gpu_1x_a10": ("us-west-1", "us-east-1"), "gpu_1x_h100_pcie": ("us-east-1",)}
    )
    instances: dict[str, Json] = field(default_factory=dict[str, Json])
    requests: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    _last: float = -1e9
    _last_launch: float = -1e9

    def __post_init__(self) -> None:
        for name, type_name in (
            ("training-1", "gpu_8x_h100_sxm5"),
            ("notebook-2", "gpu_1x_a10"),
            ("batch-3", "gpu_1x_a10"),
        ):
            self._start(name, type_name, "us-west-1", "team-key", [])

    def asgi(self) -> Starlette:
        def route(path: str, method: str, answer: Callable[[Request], Awaitable[Json]]) -> Route:
            return Route(f"/api/v1{path}", self._served(answer), methods=[method])

        return Starlette(
            routes=[
                route("/instances", "GET", self._list),
                route("/instances/{id}", "GET", self._one),
                route("/instance-types", "GET", self._types),
                route("/instance-operations/launch", "POST", self._launch),
                route("/instance-operations/restart", "POST", self._restart),
                route("/instance-operations/terminate", "POST", self._terminate),
            ],
            exception_handlers={404: _nowhere, 405: _nowhere},
        )

    def _served(self, answer: Callable[[Request], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            try:
                self._authenticate(request)
                self._pace(launch=request.url.path.endswith("/launch"))
                return _json({"data": await answer(request)})
            except LambdaRefusal as refusal:
                return _json({"error": refusal.error}, refusal.status)

        return serve

    def _authenticate(self, request: Request) -> None:
        basic = base64.b64encode(f"{self.key}:".encode()).decode()
        given = request.headers.get("authorization", "").encode()
        if not any(hmac.compare_digest(given, one.encode()) for one in (f"Bearer {self.key}", f"Basic {basic}")):
            raise LambdaRefusal(
                401,
                "global/invalid-api-key",
                "API key was invalid, expired, or deleted.",
                "Check your API key or create a new one, then try again.",
            )

    def _pace(self, *, launch: bool) -> None:
        if self.monotonic is None:
            return
        now = self.monotonic()
        too_soon = now - self._last < self.seconds_between
        if launch:
            too_soon = too_soon or now - self._last_launch < self.seconds_between_launches
        if too_soon:
            raise LambdaRefusal(429, "global/too-many-requests", "Too many requests.")
        self._last = now
        self._last_launch = now if launch else self._last_launch

    async def _list(self, request: Request) -> Any:
        self._noted(request, allowed=("cluster_id",))
        return [one for one in self.instances.values() if one["status"] != "terminated"]

    async def _one(self, request: Request) -> Json:
        self._noted(request)
        return self._instance(request.path_params["id"])

    async def _types(self, request: Request) -> Json:
        self._noted(request)
        return {
            name: {
                "instance_type": one,
                "regions_with_capacity_available": [_region(region) for region in self.free.get(name, ())],
            }
            for name, one in TYPES.items()
        }

    async def _launch(self, request: Request) -> Json:
        body = await self._body(request, _LAUNCH, ("region_name", "instance_type_name", "ssh_key_names"))
        region, name, keys = body["region_name"], body["instance_type_name"], body["ssh_key_names"]
        if not isinstance(keys, list) or len(keys) != 1:
            raise _invalid("ssh_key_names must hold exactly one name.")
        if name not in TYPES or region not in REGIONS or keys[0] not in SSH_KEYS:
            raise LambdaRefusal(404, "global/object-does-not-exist", "Specified resource does not exist.")
        if region not in self.free.get(name, ()):
            raise LambdaRefusal(
                400,
                "instance-operations/launch/insufficient-capacity",
                "Not enough capacity to fulfill launch request.",
            )
        if not isinstance(body.get("name", ""), str) or len(body.get("name", "")) > 64:
            raise _invalid("name is too long.")
        made = self._start(body.get("name", ""), name, region, keys[0], body.get("tags", []))
        return {"instance_ids": [made]}

    async def _restart(self, request: Request) -> Json:
        found = await self._named(request)
        for one in found:
            one["status"] = "booting"
        return {"restarted_instances": found}

    async def _terminate(self, request: Request) -> Json:
        found = await self._named(request)
        for one in found:
            one["status"] = "terminating"
        return {"terminated_instances": found}

    async def _named(self, request: Request) -> list[Json]:
        body = await self._body(request, frozenset({"instance_ids"}), ("instance_ids",))
        ids = body["instance_ids"]
        if not isinstance(ids, list) or not ids:
            raise _invalid("instance_ids must be a list of ids.")
        return [self._instance(one) for one in ids]

    def _instance(self, instance_id: Any) -> Json:
        found = self.instances.get(instance_id) if isinstance(instance_id, str) else None
        if found is None:
            raise LambdaRefusal(404, "global/object-does-not-exist", "Specified instance does not exist.")
        return found

    def _start(self, name: str, type_name: str, region: str, key: str, tags: list[Json]) -> str:
        number = len(self.instances) + 1
        made = uuid.uuid5(uuid.NAMESPACE_URL, f"machine {number}").hex
        token = uuid.uuid5(uuid.NAMESPACE_URL, f"token {number}").hex
        self.instances[made] = {
            "id": made,
            "name": name,
            "ip": f"198.51.100.{number}",
            "private_ip": f"10.0.2.{number}",
            "status": "active",
            "ssh_key_names": [key],
            "file_system_names": [],
            "region": _region(region),
            "instance_type": TYPES[type_name],
            "jupyter_token": token,
            "jupyter_url": f"https://jupyter-{made}.lambdaspaces.example/?token={token}",
            "actions": {action: {"available": True} for action in _ACTIONS},
            "tags": tags,
        }
        return made

    def _noted(self, request: Request, body: Any = None, allowed: tuple[str, ...] = ()) -> None:
        unknown = set(request.query_params) - set(allowed)
        if unknown:
            raise _invalid(f"Unknown parameter {min(unknown)}.")
        self.requests.append((request.method, request.url.path, body))

    async def _body(self, request: Request, known: frozenset[str], needed: tuple[str, ...]) -> Json:
        try:
            body = orjson.loads(await request.body())
        except ValueError:
            raise _invalid("Invalid JSON.") from None
        if not isinstance(body, dict) or set(body) - known or not set(needed) <= set(body):
            raise _invalid("Unknown or missing fields.")
        self._noted(request, body)
        return body


def _region(name: str) -> Json:
    return {"name": name, "description": REGIONS[name]}


def _invalid(message: str) -> LambdaRefusal:
    return LambdaRefusal(400, "global/invalid-parameters", message)


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


async def _nowhere(request: Request, refused: Exception) -> Response:
    error = {"code": "global/object-does-not-exist", "message": f"There is no {request.method} {request.url.path}."}
    return _json({"error": error}, 404)
