"""The page's screens: conversations, the app's Home, the outbox, the delivery log; and their live updates.

The person is part of the address (`/as/{user}/…`), so several tabs can be several people.
"""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount

from app.sandbox.outbox import Outbox
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.interacting import Interacting
from app.sandbox.slack.page.acts import acts_router
from app.sandbox.slack.page.background import Background
from app.sandbox.slack.page.clicking import clicking_router
from app.sandbox.slack.page.composing import Composing, composing_router
from app.sandbox.slack.page.live import Live, Seat
from app.sandbox.slack.page.screens import Screens
from app.sandbox.slack.page.templating import STATIC, environment
from app.sandbox.slack.seed import Person

# Scripts and styles come from this server only; pictures may come from where an app says.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: http:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def page_router(interacting: Interacting, outbox: Outbox) -> APIRouter:
    """Everything a browser asks for."""
    people = interacting.people
    state = interacting.state
    screens = Screens(interacting.workspace, outbox, environment())
    live = Live(screens)
    router = APIRouter(include_in_schema=False)
    router.routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    background = Background()
    router.include_router(acts_router(people, screens))
    router.include_router(composing_router(Composing(interacting, screens, background)))
    router.include_router(clicking_router(interacting, background))
    first = state.team.people[0]

    def who(user: str) -> Person:
        person = state.people.get(user)
        if person is None:
            raise HTTPException(404, "Nobody in this workspace has that id.")
        return person

    def screen(template: str, me: Person, here: str, **more: object) -> HTMLResponse:
        values = {**screens.sidebar(me, here), **more, "rev": state.bus.rev, "stack": state.modals.get(me.id, [])}
        return HTMLResponse(screens.render(template, me, **values), headers=HEADERS)

    @router.get("/")
    async def index() -> Response:
        return RedirectResponse(f"/as/{first.id}/c/{state.team.dm_id(first.id)}", 303)

    @router.get("/outbox")
    async def outbox_index() -> Response:
        return RedirectResponse(f"/as/{first.id}/outbox", 303)

    @router.get("/archives/{channel}/p{ts}")
    async def permalink(channel: str, ts: str) -> Response:
        thread = f"{ts[:-6]}.{ts[-6:]}"
        room = state.rooms.get(channel)
        if room is None:
            raise HTTPException(404, "There is no such conversation.")
        member = next((p for p in state.people if p in room.members), first.id)
        return RedirectResponse(f"/as/{member}/c/{channel}?thread={quote(thread)}", 303)

    @router.get("/as/{user}/c/{channel}")
    async def conversation(user: str, channel: str, thread: str = "") -> Response:
        me = who(user)
        try:
            room = people.room_for(user, channel)
        except SlackError:
            return RedirectResponse(f"/as/{user}/c/{state.team.dm_id(user)}", 303)
        people.look_at(user, room.id)
        if room.id == state.team.dm_id(user) and not thread:
            people.open_app(user, "messages")
        return screen("room.html", me, room.id, **screens.room_screen(me, room, thread))

    @router.get("/as/{user}/home")
    async def home(user: str) -> Response:
        me = who(user)
        people.open_app(user, "home")
        return screen("home.html", me, "home", home=state.homes.get(user))

    @router.get("/as/{user}/outbox")
    async def outbox_screen(user: str) -> Response:
        return screen("outbox.html", who(user), "outbox", messages=outbox.messages)

    @router.get("/as/{user}/deliveries")
    async def deliveries(user: str) -> Response:
        return screen("deliveries.html", who(user), "deliveries", log=interacting.workspace.courier.log)

    @router.get("/as/{user}/live")
    async def live_updates(user: str, place: str, since: int, thread: str = "") -> Response:
        seat = Seat(who(user), place, thread, min(since, state.bus.rev))
        return StreamingResponse(
            live.stream(seat), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @router.get("/as/{user}/files/{file_id}")
    async def file(user: str, file_id: str) -> Response:
        me, stored = who(user), state.files.get(file_id)
        if stored is None or stored.content is None:
            raise HTTPException(404, "There is no such file.")
        if stored.user != me.id and not any(me.id in state.rooms[c].members for c, _ in stored.shared_in):
            raise HTTPException(404, "There is no such file.")
        shown = stored.mimetype if stored.mimetype.startswith("image/") and "svg" not in stored.mimetype else ""
        disposition = "inline" if shown else f"attachment; filename*=UTF-8''{quote(stored.name)}"
        headers = {**HEADERS, "Content-Disposition": disposition}
        return Response(stored.content, media_type=shown or "application/octet-stream", headers=headers)

    return router
