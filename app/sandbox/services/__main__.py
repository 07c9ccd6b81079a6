"""`python -m app.sandbox.services`: the stand-ins as their own process, on loopback only."""

from __future__ import annotations

import argparse
import asyncio
import time

import uvicorn
from starlette.applications import Starlette

from app.domain.clock import SystemClock
from app.sandbox.services.lambda_cloud import KEY, LambdaCloud
from app.sandbox.services.sentry import ORG, TOKEN, Sentry


async def serve(machines: int, errors: int) -> None:
    def server(app: Starlette, port: int) -> uvicorn.Server:
        return uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))

    cloud = LambdaCloud(monotonic=time.monotonic)
    await asyncio.gather(
        server(cloud.asgi(), machines).serve(), server(Sentry(SystemClock().now()).asgi(), errors).serve()
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.services", description="Stand-ins for services.")
    parser.add_argument("--lambda-port", type=int, default=8941)
    parser.add_argument("--sentry-port", type=int, default=8942)
    given = parser.parse_args()
    print("# put this into .env to try them")  # noqa: T201
    print(f"LAMBDA_API_KEY={KEY}\nLAMBDA_BASE_URL=http://127.0.0.1:{given.lambda_port}")  # noqa: T201
    print(f"SENTRY_AUTH_TOKEN={TOKEN}\nSENTRY_ORG={ORG}\nSENTRY_BASE_URL=http://127.0.0.1:{given.sentry_port}")  # noqa: T201
    asyncio.run(serve(given.lambda_port, given.sentry_port))


if __name__ == "__main__":
    main()
