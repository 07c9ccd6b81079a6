"""Plays the people in a test: says, clicks, submits, and waits for what comes back, over HTTP.

So that an integration test reads as a story:

    async with SlackDriver(slack.url) as people:
        ts = await people.say("jen", "@Sophia", "occupancy at Maple Grove?")
        reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
"""

import base64
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import httpx

from app.sandbox.slack.seed import Workspace, demo_workspace

Json: TypeAlias = dict[str, Any]

DEFAULT_WAIT = 10.0
T = TypeVar("T")


class RefusedError(Exception):
    """The workspace refused the action, with Slack's error code."""


class SlackDriver:
    """People by handle ("jen") or user id; places by "#channel", "@Sophia" (the person's DM) or id."""

    def __init__(self, url: str, workspace: Workspace | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=40, trust_env=False)
        self._team = workspace or demo_workspace()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    # -- names ----------------------------------------------------------------------------------

    def user(self, who: str) -> str:
        """The user id of a handle, first name or id."""
        for person in self._team.people:
            if who in (person.id, person.handle, person.first_name, person.name):
                return person.id
        raise KeyError(f"nobody here is called {who!r}")

    def place(self, who: str, where: str) -> str:
        """The conversation id of "#channel", "@Sophia" or an id."""
        if where.startswith("@"):
            return self._team.dm_id(self.user(who))
        return where.removeprefix("#")

    # -- acts -----------------------------------------------------------------------------------

    async def say(
        self,
        who: str,
        where: str,
        text: str,
        thread: str | None = None,
        files: dict[str, bytes] | None = None,
    ) -> str:
        """Write a message and return its ts."""
        uploads = [
            {"name": name, "content": base64.b64encode(content).decode()} for name, content in (files or {}).items()
        ]
        body = {"channel": self.place(who, where), "text": text, "thread_ts": thread, "files": uploads}
        return (await self._do(who, "say", body))["ts"]

    async def edit(self, who: str, where: str, ts: str, text: str) -> None:
        await self._do(who, "edit", {"channel": self.place(who, where), "ts": ts, "text": text})

    async def delete(self, who: str, where: str, ts: str) -> None:
        await self._do(who, "delete", {"channel": self.place(who, where), "ts": ts})

    async def react(self, who: str, where: str, ts: str, name: str) -> None:
        await self._do(who, "react", {"channel": self.place(who, where), "ts": ts, "name": name})

    async def click(self, who: str, message: Json, action_id: str, value: Any = None) -> Json:
        """Click a button, or choose `value`, in a message; returns how it was delivered."""
        block_id = block_of(message["blocks"], action_id)
        body = {
            "channel": message["channel"],
            "ts": message["ts"],
            "block_id": block_id,
            "action_id": action_id,
            "value": value,
        }
        return await self._do(who, "click", body)

    async def submit_view(self, who: str, view: Json, values: Json) -> dict[str, str]:
        """Submit a modal; `values` by action id. Returns errors by block id, empty when accepted."""
        filled: Json = {}
        for action_id, value in values.items():
            filled.setdefault(block_of(view["blocks"], action_id), {})[action_id] = value
        return (await self._do(who, "submit", {"view_id": view["id"], "values": filled}))["errors"]

    async def close_view(self, who: str, view: Json) -> None:
        await self._do(who, "close", {"view_id": view["id"]})

    async def slash(self, who: str, where: str, line: str) -> Json:
        """Type a slash command; returns how it was delivered."""
        return await self._do(who, "slash", {"channel": self.place(who, where), "text": line})

    async def shortcut(self, who: str, callback_id: str, message: Json | None = None) -> Json:
        body = {"callback_id": callback_id}
        if message is not None:
            body |= {"channel": message["channel"], "ts": message["ts"]}
        return await self._do(who, "shortcut", body)

    async def open_app(self, who: str, tab: str = "messages") -> None:
        await self._do(who, "open_app", {"tab": tab})

    async def look_at(self, who: str, where: str) -> None:
        await self._do(who, "look", {"channel": self.place(who, where)})

    async def stop(self, who: str, where: str, thread: str) -> None:
        await self._do(who, "stop", {"channel": self.place(who, where), "thread_ts": thread})

    async def invite_app(self, who: str, where: str) -> None:
        await self._do(who, "invite_app", {"channel": self.place(who, where)})

    # -- looks ----------------------------------------------------------------------------------

    async def messages(self, who: str, where: str) -> list[Json]:
        """Every message this person sees there, oldest first, each with its `channel`."""
        body = await self._get(f"/people/{self.user(who)}/messages", {"channel": self.place(who, where)})
        return [{**message, "channel": body["channel"]} for message in body["messages"]]

    async def screen(self, who: str) -> Json:
        """The person's modals (top last), Home tab, prompts and agent sessions."""
        return await self._get(f"/people/{self.user(who)}/screen", {})

    async def deliveries(self) -> list[Json]:
        """The delivery log, oldest first."""
        return (await self._get("/people/deliveries", {}))["deliveries"]

    # -- waits ----------------------------------------------------------------------------------

    async def wait_for_reply(
        self,
        who: str,
        where: str,
        *,
        after: str,
        wait: float = DEFAULT_WAIT,
        matching: Callable[[Json], bool] = lambda _: True,
    ) -> Json:
        """The first finished message of the app after `after`, in the channel or a thread.

        Raises TimeoutError with what was there instead.
        """

        def pick(messages: list[Json]) -> Json | None:
            for message in messages:
                done = message.get("streaming_state") != "in_progress"
                if message.get("bot_id") and message["ts"] > after and done and matching(message):
                    return message
            return None

        return await self._until(lambda: self.messages(who, where), pick, wait, f"reply to {who} in {where}")

    async def wait_for_message(
        self, who: str, where: str, matching: Callable[[Json], bool], wait: float = DEFAULT_WAIT
    ) -> Json:
        """The first message there that matches."""
        return await self._until(
            lambda: self.messages(who, where),
            lambda messages: next((m for m in messages if matching(m)), None),
            wait,
            f"message for {who} in {where}",
        )

    async def wait_for_modal(self, who: str, wait: float = DEFAULT_WAIT) -> Json:
        """The modal on top of this person's screen."""
        return await self._until(
            lambda: self.screen(who),
            lambda screen: screen["modals"][-1] if screen["modals"] else None,
            wait,
            f"modal for {who}",
        )

    async def wait_for_screen(self, who: str, matching: Callable[[Json], bool], wait: float = DEFAULT_WAIT) -> Json:
        """The person's screen once it matches."""
        return await self._until(
            lambda: self.screen(who),
            lambda screen: screen if matching(screen) else None,
            wait,
            f"screen of {who}",
        )

    async def wait_until_connected(self, wait: float = DEFAULT_WAIT) -> None:
        """Until the app holds a Socket Mode connection (at once over HTTP)."""
        await self._until(
            lambda: self._get("/people/deliveries", {}),
            lambda body: body if body["connected"] else None,
            wait,
            "connection of the app",
        )

    async def _until(self, look: Callable[[], Any], pick: Callable[[Any], T | None], wait: float, what: str) -> T:
        deadline = time.monotonic() + wait
        while True:
            rev = (await self._get("/people/wait/-1", {}))["rev"]
            seen = await look()
            found = pick(seen)
            if found is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"No {what} within {wait} s. There was: {seen}")
            await self._get(f"/people/wait/{rev}", {"limit": str(left)})

    # -- wire -----------------------------------------------------------------------------------

    async def _do(self, who: str, action: str, body: Json) -> Json:
        response = await self._http.post(f"/people/{self.user(who)}/{action}", json=body)
        return _unwrap(response)

    async def _get(self, path: str, params: dict[str, str]) -> Json:
        return _unwrap(await self._http.get(path, params=params))


def _unwrap(response: httpx.Response) -> Json:
    body = response.json()
    if not body.get("ok"):
        raise RefusedError(body.get("error", str(body)))
    return body


def block_of(blocks: Any, action_id: str) -> str:
    """The block id that holds this action; raises KeyError naming the actions there are."""
    seen: list[str] = []

    def search(node: Any, block_id: str) -> str | None:
        if isinstance(node, dict):
            block_id = node.get("block_id", block_id)
            if "action_id" in node:
                seen.append(node["action_id"])
                if node["action_id"] == action_id:
                    return block_id
            return next((hit for child in node.values() if (hit := search(child, block_id)) is not None), None)
        if isinstance(node, list):
            return next((hit for child in node if (hit := search(child, block_id)) is not None), None)
        return None

    found = search(blocks, "")
    if found is None:
        raise KeyError(f"no action {action_id!r}; there are {seen}")
    return found
