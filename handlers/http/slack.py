"""`POST /slack/events`: events, commands and interactivity, signed by Slack.

Checked before anything is parsed: the size, and the shape of the timestamp (the SDK's own check raises on letters).
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from handlers.core.deps import Deps

TIMESTAMP = "x-slack-request-timestamp"
TOO_LARGE, REFUSED, BAD = 413, 403, 400


def router(slack_app: AsyncApp, deps: Deps) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["slack"])
    handler = AsyncSlackRequestHandler(slack_app)

    @routes.post(
        "/slack/events",
        summary="Everything that Slack sends",
        responses={BAD: {}, 401: {}, REFUSED: {}, TOO_LARGE: {}, 500: {"description": "Not stored; Slack repeats"}},
    )
    async def slack_events(request: Request) -> Response:
        timestamp = request.headers.get(TIMESTAMP, "")
        if not (timestamp.isascii() and timestamp.isdigit()):
            return Response(status_code=REFUSED)
        body = await _read(request, deps.largest_body)
        if body is None:
            return Response(status_code=TOO_LARGE)
        try:
            body.decode()
        except UnicodeDecodeError:
            return Response(status_code=BAD)
        return await handler.handle(request)

    return routes


async def _read(request: Request, largest: int) -> bytes | None:
    """The body, kept for Bolt; None when it is larger than `largest` bytes. No more than that is ever read."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > largest:
        return None
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            return None
        pieces.append(piece)
    body = b"".join(pieces)
    request._body = body  # pyright: ignore[reportPrivateUsage]  # Starlette keeps what was read here
    return body
