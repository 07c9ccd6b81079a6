"""A small JSON door for tests: the same actions as the page, with answers a program can read.

`POST /people/{user}/{action}` and `GET /people/{user}/messages`. Not part of Slack.
"""

import base64
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.interacting import Interacting
from app.sandbox.slack.messages import Json
from app.sandbox.slack.present import message_json, view_json

LONGEST_WAIT = 30.0


class PeopleApi:
    """The actions by name. Each takes the person and a JSON object and returns one."""

    def __init__(self, interacting: Interacting) -> None:
        self.interacting = interacting
        self.people = interacting.people
        self.state = interacting.state

    async def do(self, user: str, action: str, body: Json) -> Json:
        """Run one action; raises SlackError `unknown_action` for a name that is none."""
        match action:
            case "say":
                return self._say(user, body)
            case "edit":
                return {"ts": self.people.edit(user, body["channel"], body["ts"], body["text"]).ts}
            case "delete":
                self.people.delete(user, body["channel"], body["ts"])
            case "react":
                return {"on": self.people.react(user, body["channel"], body["ts"], body["name"])}
            case "look":
                self.people.look_at(user, body["channel"])
            case "open_app":
                self.people.open_app(user, body["tab"])
            case "stop":
                self.people.stop(user, body["channel"], body["thread_ts"])
            case "invite_app":
                self.people.invite_app(user, body["channel"])
            case "join":
                self.people.join(user, body["channel"])
            case _:
                return await self._interact(user, action, body)
        return {}

    def _say(self, user: str, body: Json) -> Json:
        uploads: list[Json] = body.get("files") or []
        files = tuple(
            self.people.upload(user, upload["name"], base64.b64decode(upload["content"])).id for upload in uploads
        )
        message = self.people.say(
            user, body["channel"], body.get("text", ""), thread_ts=body.get("thread_ts") or "", files=files
        )
        return {"ts": message.ts, "channel": message.channel, "files": list(files)}

    async def _interact(self, user: str, action: str, body: Json) -> Json:
        match action:
            case "click":
                reply = await self._click(user, body)
            case "slash":
                reply = await self.interacting.slash(user, body["channel"], body["text"])
            case "shortcut":
                reply = await self.interacting.shortcut(
                    user, body["callback_id"], channel=body.get("channel", ""), ts=body.get("ts", "")
                )
            case "submit":
                return {"errors": await self.interacting.submit(user, body["view_id"], body["values"])}
            case "close":
                await self.interacting.close(user, body["view_id"], everything=bool(body.get("everything")))
                return {}
            case _:
                raise SlackError("unknown_action")
        return {"delivered": reply.delivered, "reason": reply.reason, "body": reply.body}

    async def _click(self, user: str, body: Json) -> Any:
        chosen = body.get("value")
        if body.get("view_id"):
            return await self.interacting.act_on_view(
                user, body["view_id"], body["block_id"], body["action_id"], chosen
            )
        return await self.interacting.act_on_message(
            user, (body["channel"], body["ts"]), body["block_id"], body["action_id"], chosen
        )

    def messages(self, user: str, channel: str) -> Json:
        """Every message this person can see there, oldest first, ephemeral ones marked `only_for`."""
        room = self.people.room_for(user, channel)
        found: list[Json] = []
        for message in self.state.visible(room, user):
            body = message_json(self.state, message)
            if message.only_for:
                body["only_for"] = message.only_for
            if message.notice:
                body["notice"] = message.notice
            found.append(body)
        return {"rev": self.state.bus.rev, "channel": room.id, "messages": found}

    def screen(self, user: str) -> Json:
        """The modals, Home tab, sessions and prompts before this person's eyes."""
        home = self.state.homes.get(user)
        return {
            "rev": self.state.bus.rev,
            "modals": [
                {**view_json(self.state, view), "errors": view.errors} for view in self.state.modals.get(user, [])
            ],
            "home": view_json(self.state, home) if home else None,
            "prompts": self.state.prompts.get((self.state.team.dm_id(user), ""), {}),
            "sessions": [
                {
                    "channel": s.channel,
                    "thread_ts": s.thread_ts,
                    "status": s.status,
                    "title": s.title,
                    "note": s.note,
                }
                for s in self.state.sessions.values()
                if user in self.state.rooms[s.channel].members
            ],
        }


def people_router(interacting: Interacting) -> APIRouter:
    """The routes of the JSON door."""
    api = PeopleApi(interacting)
    router = APIRouter(prefix="/people")

    @router.get("/{user}/messages")
    async def messages(user: str, channel: str) -> JSONResponse:
        return _answer(lambda: api.messages(user, channel))

    @router.get("/{user}/screen")
    async def screen(user: str) -> JSONResponse:
        return _answer(lambda: api.screen(user))

    @router.get("/wait/{since}")
    async def wait(since: int, limit: float = 10.0) -> JSONResponse:
        rev = await api.state.bus.wait(since, min(limit, LONGEST_WAIT))
        return JSONResponse({"ok": True, "rev": rev})

    @router.get("/deliveries")
    async def deliveries() -> JSONResponse:
        entries = [
            {
                "name": e.name,
                "kind": e.kind,
                "state": e.state,
                "attempts": e.attempts,
                "reason": e.reason,
                "payload": e.payload,
            }
            for e in interacting.workspace.courier.log
        ]
        return JSONResponse({"ok": True, "connected": interacting.workspace.courier.connected, "deliveries": entries})

    @router.post("/{user}/{action}")
    async def act(user: str, action: str, body: dict[str, Any]) -> JSONResponse:
        if user not in api.state.people:
            return JSONResponse({"ok": False, "error": "user_not_found"})
        try:
            return JSONResponse({"ok": True, **await api.do(user, action, body)})
        except SlackError as refusal:
            return JSONResponse(refusal.body())
        except KeyError as missing:
            return JSONResponse({"ok": False, "error": "invalid_arguments", "missing": str(missing)}, 400)

    return router


def _answer(work: Any) -> JSONResponse:
    try:
        return JSONResponse({"ok": True, **work()})
    except SlackError as refusal:
        return JSONResponse(refusal.body())
