"""The small things a person does to messages and channels; the change on screen comes live."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.page.screens import Screens
from app.sandbox.slack.people import People


def acts_router(people: People, screens: Screens) -> APIRouter:
    """Form posts of the page."""
    state = people.state
    router = APIRouter(prefix="/as/{user}")

    @router.get("/edit/{channel}/{ts}")
    async def edit_form(user: str, channel: str, ts: str) -> Response:
        message = state.find(channel, ts)
        if message is None or message.user != user:
            raise HTTPException(404, "There is no such message of yours.")
        return HTMLResponse(screens.render("edit.html", state.people[user], m=message))

    @router.post("/edit/{channel}/{ts}")
    async def edit(user: str, channel: str, ts: str, text: str = Form("")) -> Response:
        with _refusing():
            people.edit(user, channel, ts, text.replace("\r\n", "\n"))
        return Response(status_code=204)

    @router.post("/delete")
    async def delete(user: str, channel: str = Form(), ts: str = Form()) -> Response:
        with _refusing():
            people.delete(user, channel, ts)
        return Response(status_code=204)

    @router.post("/dismiss")
    async def dismiss(user: str, channel: str = Form(), ts: str = Form()) -> Response:
        people.dismiss(user, channel, ts)
        return Response(status_code=204)

    @router.post("/react")
    async def react(user: str, channel: str = Form(), ts: str = Form(), name: str = Form()) -> Response:
        with _refusing():
            people.react(user, channel, ts, name)
        return Response(status_code=204)

    @router.post("/stop")
    async def stop(user: str, channel: str = Form(), thread_ts: str = Form()) -> Response:
        with _refusing():
            people.stop(user, channel, thread_ts)
        return Response(status_code=204)

    @router.post("/invite")
    async def invite(user: str, channel: str = Form()) -> Response:
        with _refusing():
            people.invite_app(user, channel)
        return Response(status_code=204, headers={"HX-Refresh": "true"})

    @router.post("/join")
    async def join(user: str, channel: str = Form()) -> Response:
        with _refusing():
            people.join(user, channel)
        return Response(status_code=204, headers={"HX-Redirect": f"/as/{user}/c/{channel}"})

    return router


@contextmanager
def _refusing() -> Generator[None]:
    """A refusal becomes a 409 with its code."""
    try:
        yield
    except SlackError as refusal:
        raise HTTPException(409, refusal.code) from None
