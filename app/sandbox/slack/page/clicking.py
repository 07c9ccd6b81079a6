"""Buttons, menus and forms that the app put on the page: what was used goes to the app."""

from typing import Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from starlette.datastructures import FormData

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.interacting import Interacting
from app.sandbox.slack.messages import Json
from app.sandbox.slack.page.background import Background
from app.sandbox.slack.page.composing import field


def clicking_router(interacting: Interacting, background: Background) -> APIRouter:
    """Posts of the app's own elements."""
    router = APIRouter(prefix="/as/{user}")

    @router.post("/act/{channel}/{ts}")
    async def act_on_message(user: str, channel: str, ts: str, request: Request) -> Response:
        block_id, action_id, chosen, _ = await _action(request)
        background.start(interacting.act_on_message(user, (channel, ts), block_id, action_id, chosen))
        return Response(status_code=204)

    @router.post("/views/{view_id}/act")
    async def act_on_view(user: str, view_id: str, request: Request) -> Response:
        block_id, action_id, chosen, fields = await _action(request)
        try:
            interacting.remember(user, view_id, fields)
        except SlackError as refusal:
            raise HTTPException(404, refusal.code) from None
        chosen = fields.get(f"{block_id}::{action_id}", chosen)
        background.start(interacting.act_on_view(user, view_id, block_id, action_id, chosen))
        return Response(status_code=204)

    @router.post("/views/{view_id}/submit")
    async def submit(user: str, view_id: str, request: Request) -> Response:
        async with request.form() as form:
            fields = _fields(form)
        values: Json = {}
        for name, value in fields.items():
            block_id, _, action_id = name.partition("::")
            values.setdefault(block_id, {})[action_id] = value
        try:
            await interacting.submit(user, view_id, values)
        except SlackError as refusal:
            raise HTTPException(404, refusal.code) from None
        return Response(status_code=204)

    @router.post("/views/{view_id}/close")
    async def close(user: str, view_id: str) -> Response:
        background.start(interacting.close(user, view_id))
        return Response(status_code=204)

    @router.post("/shortcut")
    async def shortcut(user: str, callback_id: str = Form(), channel: str = Form(""), ts: str = Form("")) -> Response:
        background.start(interacting.shortcut(user, callback_id, channel=channel, ts=ts))
        return Response(status_code=204)

    return router


def _fields(form: FormData) -> dict[str, Any]:
    """The named inputs of a modal: one value as text, several as a list."""
    found: dict[str, Any] = {}
    for name in form:
        if "::" in name:
            values = [v for v in form.getlist(name) if isinstance(v, str)]
            found[name] = values if len(values) > 1 else (values[0] if values else "")
    return found


async def _action(request: Request) -> tuple[str, str, Any, dict[str, Any]]:
    """Which element was used, what was chosen, and everything else in the form."""
    async with request.form() as form:
        values = [v for v in form.getlist("value") if isinstance(v, str)]
        chosen: Any = values if len(values) > 1 else (values[0] if values else None)
        return field(form, "block_id"), field(form, "action_id"), chosen, _fields(form)
