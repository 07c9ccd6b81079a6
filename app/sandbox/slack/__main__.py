"""`python -m app.sandbox.slack` serves an empty local workspace, for an app that is started apart."""

import argparse

import uvicorn

from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.server import DEFAULT_PORT, create_app, server


def main() -> None:
    """Parse the options, say where the page is and what the app needs to connect, and serve."""
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--request-url", default="", help="send signed requests there instead of Socket Mode")
    options = parser.parse_args()
    config = SandboxConfig(delivery="http" if options.request_url else "socket", request_url=options.request_url)
    serving: uvicorn.Server = server(create_app(config), port=options.port)
    lines = (
        f"Page:                 http://127.0.0.1:{options.port}/",
        f"Web API base URL:     http://127.0.0.1:{options.port}/api/",
        f"SLACK_BOT_TOKEN       {config.bot_token}",
        f"SLACK_APP_TOKEN       {config.app_token}",
        f"SLACK_SIGNING_SECRET  {config.signing_secret}",
    )
    print("\n".join(lines))  # noqa: T201 - this is the command's output
    serving.run()


if __name__ == "__main__":
    main()
