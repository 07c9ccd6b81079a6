"""Lambda Cloud and Sentry as their stand-ins play them, over a socket, with the declared tools opened on them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.http.outbound import Outbound
from app.integrations.declared.registry import all_services, open_services
from app.sandbox.services.lambda_cloud import KEY, LambdaCloud
from app.sandbox.services.sentry import ORG, TOKEN, Sentry
from app.tools.core.registry import AnyTool
from app.tools.declared.tools import with_declared
from tests.integrations.declared.official import Exchange, Recorded
from tests.integrations.declared.rig import NOW, PassingClock
from tests.knowledge.stores.serving import serving


@dataclass
class Standing:
    """Both services, running; `tools` are theirs. `exchanges` is what went over the wire, by service."""

    tools: dict[str, AnyTool]
    machines: LambdaCloud
    errors: Sentry
    exchanges: dict[str, list[Exchange]]
    values: dict[str, str]


@asynccontextmanager
async def standing() -> AsyncGenerator[Standing]:
    """The clock passes when somebody waits, and Lambda Cloud's limits are kept by that clock."""
    clock = PassingClock()
    machines = LambdaCloud(monotonic=clock.seconds)
    errors = Sentry(NOW)
    apps = {"lambda_cloud": Recorded(machines.asgi()), "sentry": Recorded(errors.asgi())}
    outbound = Outbound(clock, sleep=clock.sleep, monotonic=clock.seconds, chance=lambda: 0.0)
    async with serving(apps["lambda_cloud"]) as first, serving(apps["sentry"]) as second:
        values = {
            "lambda_api_key": KEY,
            "lambda_base_url": first,
            "sentry_auth_token": TOKEN,
            "sentry_org": ORG,
            "sentry_base_url": second,
        }
        services = all_services()
        tools = with_declared({}, services, open_services(services, values, outbound), _allowed)
        exchanges = {name: app.exchanges for name, app in apps.items()}
        yield Standing(dict(tools), machines, errors, exchanges, values)
        await outbound.close()


async def _allowed(workspace_id: str, switch: str) -> None:
    """Nothing is switched off."""
