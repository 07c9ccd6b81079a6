"""The addresses an app talks to: `/api/{method}`, Socket Mode, uploads, downloads, response URLs."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response, WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from app.sandbox.slack.errors import RateLimitedError, SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.responding import respond
from app.sandbox.slack.web_api.registry import load_methods, run
from app.sandbox.slack.workspace import LocalWorkspace


def api_router(workspace: LocalWorkspace) -> APIRouter:
    """Slack's side of the wire for one workspace."""
    load_methods()
    router = APIRouter()

    @router.api_route("/api/{method}", methods=["GET", "POST"])
    async def call_method(method: str, request: Request) -> Response:
        try:
            token, arguments, is_json = await _read(request)
            body = run(workspace, method, token, arguments, is_json=is_json)
        except SlackError as refusal:
            return JSONResponse(refusal.body())
        except RateLimitedError as limit:
            headers = {"Retry-After": str(limit.retry_after)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        return JSONResponse(body)

    @router.websocket("/link/")
    async def link(socket: WebSocket) -> None:
        try:
            workspace.socket_mode.redeem(socket.query_params.get("ticket", ""))
        except SlackError:
            await socket.close(code=4401)
            return
        await workspace.socket_mode.serve(socket)

    @router.post("/upload/v1/{key}")
    async def upload(key: str, request: Request) -> Response:
        files = workspace.state.files.values()
        stored = next((f for f in files if f.upload_key == key and not f.complete), None)
        if stored is None:
            return PlainTextResponse("not found", 404)
        content = await _upload_bytes(request)
        if len(content) != stored.size:
            return PlainTextResponse(f"expected {stored.size} bytes, got {len(content)}", 400)
        stored.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    @router.get("/files-pri/{key}/{path:path}")
    async def download(key: str, path: str, request: Request) -> Response:
        stored = workspace.state.files.get(key.rpartition("-")[2])
        if _bearer(request) != workspace.config.bot_token:
            # Slack sends a browser without a session, and an app without a token, to the sign-in page.
            return RedirectResponse(f"{workspace.state.base_url}/signin?redir={quote(request.url.path)}", 302)
        if stored is None or stored.content is None:
            return PlainTextResponse("not found", 404)
        return Response(stored.content, media_type=stored.mimetype)

    @router.get("/signin")
    async def signin() -> Response:
        return Response("<!doctype html><title>Sign in</title><p>Sign in to see this file.</p>", media_type="text/html")

    @router.post("/actions/{rest:path}")
    @router.post("/commands/{rest:path}")
    async def response_url(rest: str, request: Request) -> Response:
        try:
            arguments = json.loads(await request.body())
            respond(workspace, request.url.path, arguments)
        except json.JSONDecodeError:
            return PlainTextResponse("invalid_payload", 400)
        except SlackError as refusal:
            return JSONResponse(refusal.body(), 404 if refusal.code.endswith("_url") else 400)
        return PlainTextResponse("ok")

    return router


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _read(request: Request) -> tuple[str, Json, bool]:
    """Token and arguments of a call; a token may also stand in a form, never in JSON."""
    arguments: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    is_json = kind.startswith("application/json")
    if is_json:
        raw = await request.body()
        arguments |= _json_object(raw) if raw.strip() else {}
    elif request.method == "POST":
        async with request.form() as form:
            arguments |= {name: value for name, value in form.items() if isinstance(value, str)}
    token = _bearer(request) or ("" if is_json else str(arguments.pop("token", "")))
    arguments.pop("token", None)
    basic = request.headers.get("authorization", "")
    if basic.lower().startswith("basic "):
        arguments |= _client_credentials(basic[6:])
    return token, arguments, is_json


def _json_object(raw: bytes) -> Json:
    try:
        body: Any = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def _client_credentials(encoded: str) -> Json:
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_client_id") from None
    return {"client_id": client_id, "client_secret": secret}


async def _upload_bytes(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
