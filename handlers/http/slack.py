"""`POST /slack/events`: events, commands and interactivity, signed by Slack.

Checked before anything is parsed: the shape of the timestamp (the SDK's own check raises on letters), the size, the
signature, and that the body is an object at all. Bolt would parse first.
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from handlers.core.deps import Deps
from handlers.http.body import read_body

TOO_LARGE, REFUSED, BAD = 413, 403, 400
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def router(slack_app: AsyncApp, deps: Deps) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["slack"])
    handler = AsyncSlackRequestHandler(slack_app)

    verifier = SignatureVerifier(deps.signing_secret)

    @routes.post(
        "/slack/events",
        summary="Everything that Slack sends",
        responses={
            BAD: {"description": "Not what Slack sends"},
            REFUSED: {"description": "Not signed by Slack, or too old"},
            TOO_LARGE: {"description": "Too large"},
            500: {"description": "Not stored; Slack sends it again"},
        },
    )
    async def slack_events(request: Request) -> Response:
        if not _TIMESTAMP.fullmatch(request.headers.get("x-slack-request-timestamp", "")):
            return Response(status_code=REFUSED)
        body = await read_body(request, deps.largest_body)
        if body is None:
            return Response(status_code=TOO_LARGE)
        request._body = body  # pyright: ignore[reportPrivateUsage]  # Bolt asks Starlette for what was read here
        text = _text(body)
        if text is None:
            return Response(status_code=BAD)
        if not verifier.is_valid_request(text, dict(request.headers)):
            return Response(status_code=REFUSED)
        if not _is_readable(text, request.headers.get("content-type", "")):
            return Response(status_code=BAD)
        return await handler.handle(request)

    return routes


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _is_readable(text: str, content_type: str) -> bool:
    """True for a JSON object, alone or as a form's `payload`, and for a command's form."""
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            form = parse_qs(text)
            return "command" in form or "ssl_check" in form or isinstance(json.loads(form["payload"][0]), dict)
        body = json.loads(text)
        return isinstance(body, dict) and isinstance(body.get("event", {}), dict)
    except (ValueError, KeyError, RecursionError):
        return False
