"""`python -m app.sandbox`: the demo's outside world in one process, on loopback only.

Slack (with its page), Twilio and Resend on one port, the property and business systems on another.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import uvicorn

from app.domain.clock import SystemClock
from app.sandbox.demo import DEMO, DemoWorld
from app.sandbox.slack.server import server as slack_server


async def serve(world: DemoWorld) -> None:
    """Serves both until the process is told to stop, or until whoever started it is gone (its end of stdin closes)."""
    servers = [
        slack_server(world.slack_app(), port=world.ports.page),
        uvicorn.Server(
            uvicorn.Config(world.systems_app(), port=world.ports.systems, log_level="warning", access_log=False)
        ),
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    if not sys.stdin.isatty():
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: stop() if not sys.stdin.buffer.read(1) else None)
    await asyncio.gather(*(server.serve() for server in servers))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m app.sandbox", description="The demo's outside world.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the demo")
    parser.add_argument("--page-port", type=int, default=DEMO.page)
    parser.add_argument("--systems-port", type=int, default=DEMO.systems)
    given = parser.parse_args()
    world = DemoWorld.at(given.data, SystemClock(), page=given.page_port, systems=given.systems_port)
    asyncio.run(serve(world))


if __name__ == "__main__":
    main()
