"""Keeps an open page live: what changed becomes HTML fragments, sent as server-sent events.

Each fragment names its own place (htmx out-of-band swaps), so the page needs no logic of its own.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from app.sandbox.slack.bus import Change
from app.sandbox.slack.messages import Message
from app.sandbox.slack.page import feed
from app.sandbox.slack.page.screens import Screens
from app.sandbox.slack.seed import Person
from app.sandbox.slack.state import Room

COALESCE = 0.03
HEARTBEAT = 15.0


@dataclass(frozen=True, slots=True)
class Seat:
    """Who watches what: a channel (with a thread, perhaps), "home", "outbox" or "deliveries"."""

    me: Person
    place: str
    thread_ts: str = ""
    since: int = 0


class Live:
    """Turns changes into fragments for one seat."""

    def __init__(self, screens: Screens) -> None:
        self.screens = screens
        self.state = screens.state

    async def stream(self, seat: Seat) -> AsyncGenerator[str]:
        """Server-sent events, forever; a burst of changes becomes one event."""
        shown: set[str] = set()
        with self.state.bus.listen(seat.since) as queue:
            yield "retry: 1000\n\n"
            while True:
                try:
                    changes = [await asyncio.wait_for(queue.get(), HEARTBEAT)]
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                await asyncio.sleep(COALESCE)
                with contextlib.suppress(asyncio.QueueEmpty):
                    while True:
                        changes.append(queue.get_nowait())
                html = self.fragments(seat, changes, shown)
                if html:
                    lines = "\n".join(f"data: {line}" for line in html.splitlines())
                    yield f"event: swap\nid: {changes[-1].rev}\n{lines}\n\n"

    def fragments(self, seat: Seat, changes: list[Change], shown: set[str]) -> str:
        """The HTML for these changes; `shown` remembers the messages this seat has been sent."""
        latest = {(c.kind, c.channel, c.ts, c.thread_ts): c for c in changes}
        parts: list[str] = []
        for change in latest.values():
            if change.user and change.user != seat.me.id:
                continue
            parts.append(self._fragment(seat, change, shown))
        if any(c.kind in ("message", "channel", "connection", "outbox", "delivery") for c in latest.values()):
            parts.append(self._sidebar(seat))
        return "".join(parts)

    def _fragment(self, seat: Seat, change: Change, shown: set[str]) -> str:
        """The fragment for one change, empty when this seat does not show it."""
        if change.kind == "modal":
            stack = self.state.modals.get(seat.me.id, [])
            return self.screens.render("modal_live.html", seat.me, stack=stack)
        if change.channel == seat.place:
            return self._in_channel(seat, change, shown)
        return self._behind_the_scenes(seat, change)

    def _in_channel(self, seat: Seat, change: Change, shown: set[str]) -> str:
        match change.kind:
            case "message":
                return self._message(seat, change, shown)
            case "session":
                session = self.state.sessions.get((change.channel, change.thread_ts))
                return self.screens.render("session_live.html", seat.me, session=session, panel=seat.thread_ts)
            case "prompts":
                room = self.state.rooms[change.channel]
                prompts = self.screens.prompts(room)
                return self.screens.render("prompts_live.html", seat.me, room=room, prompts=prompts)
            case _:
                return ""

    def _behind_the_scenes(self, seat: Seat, change: Change) -> str:
        me = seat.me
        match (change.kind, seat.place):
            case ("home", "home"):
                return self.screens.render("home_live.html", me, home=self.state.homes.get(me.id))
            case ("outbox", "outbox"):
                return self.screens.render("outbox_live.html", me, messages=self.screens.outbox.messages)
            case ("delivery", "deliveries"):
                return self.screens.render("deliveries_live.html", me, log=self.screens.workspace.courier.log)
            case _:
                return ""

    def _sidebar(self, seat: Seat) -> str:
        return self.screens.render("sidebar_live.html", seat.me, **self.screens.sidebar(seat.me, seat.place))

    def _message(self, seat: Seat, change: Change, shown: set[str]) -> str:
        room = self.state.rooms[change.channel]
        if seat.me.id not in room.members:
            return ""
        message = self.state.find(room.id, change.ts)
        if message is None:
            return self.screens.render("gone_live.html", seat.me, ts=change.ts)
        is_new = message.created_rev > seat.since and message.ts not in shown
        shown.add(message.ts)
        self.state.read_until[(seat.me.id, room.id)] = max(
            message.ts, self.state.read_until.get((seat.me.id, room.id), "")
        )
        return self.screens.render(
            "message_live.html",
            seat.me,
            m=message,
            room=room,
            is_new=is_new,
            in_app=feed.is_app_dm(self.state, room),
            continued=self._continues(room, seat, message.ts),
            new_day=self._starts_day(room, seat, message),
            panel=seat.thread_ts,
        )

    def _starts_day(self, room: Room, seat: Seat, message: Message) -> bool:
        """Whether no earlier message of the channel is from the same day, where this person lives."""
        newest = self.state.newest_first(room, seat.me.id)
        before = next((m for m in newest if feed.stands_in_channel(m) and m.ts < message.ts), None)
        return before is None or feed.day(before.ts, seat.me) != feed.day(message.ts, seat.me)

    def _continues(self, room: Room, seat: Seat, ts: str) -> bool:
        message = room.messages[ts]
        if message.in_thread:
            shown = feed.shown_in_order(self.state.replies(room.id, message.thread_ts, seat.me.id))
        else:
            roots = feed.newest_roots(self.state, room, seat.me.id, feed.SHOWN_AT_ONCE)
            shown = feed.shown_in_order(roots, grouped=not feed.is_app_dm(self.state, room))
        return any(one.continued for one in shown if one.message.ts == ts)
