"""One Sophia process as production runs it, to be measured from outside: HTTP door, durable intake, runs, the agent
with a real model SDK, gate, read model, Slack out. Only the addresses of Slack and the model are the benchmark's."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import uvicorn

from app.house import open_house
from app.main import open_slack
from app.runtime.process import new_event_loop, settle_in
from app.settings import DEMO_SECRET_KEY, Settings
from bench._portfolios import WORKSPACE
from handlers.http.server import build_http

SIGNING_SECRET = "local-signing-secret"


def settings_for(folder: Path, outside: str) -> Settings:
    """`outside`: address of the server that plays Slack and the model."""
    return Settings.model_validate(
        {
            "workspace_id": WORKSPACE,
            "data_dir": folder,
            "database_url": f"sqlite:///{folder}/sophia.db",
            "secret_key": DEMO_SECRET_KEY,
            "slack_bot_token": "xoxb-bench",
            "slack_app_token": None,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": f"{outside}/api",
            "openai_api_key": "sk-bench",
            "openai_base_url": f"{outside}/v1",
            "model_order": "openai",
            "worker_concurrency": 500,
            "log_level": "warning",
            "log_format": "json",
        }
    )


async def serve(folder: Path, outside: str, port: int) -> None:
    """Until terminated."""
    async with open_house(settings_for(folder, outside)) as house, open_slack(house, "socket") as deps:
        web = build_http(deps)
        await deps.runtime.start()
        settle_in()
        config = uvicorn.Config(web, host="127.0.0.1", port=port, log_level="error", access_log=False)
        await uvicorn.Server(config).serve()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--outside", required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(given.folder, given.outside, given.port))


if __name__ == "__main__":
    main()
