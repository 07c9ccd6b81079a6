"""Gathers what the templates show: for one person, one place, at one moment."""

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from app.sandbox.outbox import Outbox
from app.sandbox.slack.inputs import chosen_in, initial_value
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.page import feed
from app.sandbox.slack.page.render.names import Names
from app.sandbox.slack.seed import Person
from app.sandbox.slack.state import Room, View
from app.sandbox.slack.workspace import LocalWorkspace


@dataclass(frozen=True, slots=True)
class Face:
    """How an author looks."""

    id: str
    name: str
    initials: str
    color: str
    app: bool = False
    guest: bool = False


class Screens:
    """Renders whole screens and the fragments that keep them live."""

    def __init__(self, workspace: LocalWorkspace, outbox: Outbox, templates: Environment) -> None:
        self.workspace = workspace
        self.state = workspace.state
        self.outbox = outbox
        self._templates = templates

    # -- rendering ------------------------------------------------------------------------------

    def render(self, template: str, me: Person, **more: Any) -> str:
        """A template with everything about this reader at hand."""
        return self._templates.get_template(template).render(self._context(me) | more)

    def _context(self, me: Person) -> dict[str, Any]:
        state = self.state
        return {
            "me": me,
            "team": state.team,
            "names": Names(
                user=state.display_name,
                channel=lambda channel: state.rooms[channel].name if channel in state.rooms else "private channel",
                reader=me.id,
            ),
            "person": self.face,
            "dom_id": feed.dom_id,
            "at_message": lambda m: self._at_message(me, m),
            "at_view": lambda view: self._at_view(me, view),
            "chosen_of": _chosen_of,
            "people_options": self._people_options,
            "file_of": lambda file_id: self._file(me, file_id),
            "thread_of": lambda m: self._thread_link(me, m),
            "message_shortcuts": [s for s in self.workspace.config.shortcuts if s.kind == "message"],
            "global_shortcuts": [s for s in self.workspace.config.shortcuts if s.kind == "global"],
            "mentionable": self._mentionable,
            "commandable": self._commandable,
        }

    def face(self, user: str) -> Face:
        """Name, color and badge of an author."""
        if self.state.is_app(user):
            return Face(user, self.state.team.app_name, "S", "#4f46e5", app=True)
        person = self.state.people.get(user)
        if person is None:
            return Face(user, "Slackbot" if user == "USLACKBOT" else user, "SB", "#475569")
        return Face(user, person.name, person.initials, person.color, guest=person.seat == "guest")

    # -- places ---------------------------------------------------------------------------------

    def sidebar(self, me: Person, here: str) -> dict[str, Any]:
        """The left column: channels this person is in, the app, and what is unread."""
        state = self.state
        dm = state.rooms[state.team.dm_id(me.id)]
        rooms = [room for room in state.rooms_of(me.id) if room.kind in ("channel", "group", "mpim")]
        joinable = [
            room
            for room in state.rooms.values()
            if room.kind == "channel" and me.id not in room.members and me.seat != "guest"
        ]
        return {
            "here": here,
            "rooms": [(room, feed.unread(state, room, me.id)) for room in rooms],
            "joinable": joinable,
            "dm": dm,
            "dm_unread": feed.unread(state, dm, me.id),
            "everyone": state.people.values(),
            "connected": self.workspace.courier.connected,
            "via": self.workspace.courier.via,
            "outbox_count": len(self.outbox.messages),
            "failures": sum(entry.state == "failed" for entry in self.workspace.courier.log),
        }

    def room_screen(self, me: Person, room: Room, thread_ts: str) -> dict[str, Any]:
        """A conversation with, perhaps, a thread beside it."""
        state = self.state
        in_app = feed.is_app_dm(state, room)
        return {
            "room": room,
            "title": self.room_title(room),
            "in_app": in_app,
            "conversations": feed.conversations(state, room, me.id),
            "earlier": max(0, len(room.messages) - feed.SHOWN_AT_ONCE) if not in_app else 0,
            "thread_ts": thread_ts,
            "thread": feed.thread(state, room, me.id, thread_ts) if thread_ts else [],
            "thread_session": state.sessions.get((room.id, thread_ts)),
            "prompts": self.prompts(room) if in_app else {},
            "with_app": self.workspace.bot in room.members,
            "member_names": sorted(state.display_name(user) for user in room.members),
            "following": feed.newest_thread(state, room, me.id) if in_app else None,
        }

    def room_title(self, room: Room) -> str:
        if feed.is_app_dm(self.state, room):
            return self.state.team.app_name
        if room.kind == "mpim":
            return ", ".join(sorted(self.state.display_name(user) for user in room.members))
        return room.name

    def prompts(self, room: Room) -> Json:
        """What the app suggests to ask here, or what the workspace suggests before it has."""
        pinned = self.state.prompts.get((room.id, ""))
        if pinned:
            return pinned
        questions = self.state.team.suggestions
        return {"title": "", "prompts": [{"title": q, "message": q} for q in questions]}

    # -- what templates ask for -----------------------------------------------------------------

    def _at_message(self, me: Person, message: Message) -> dict[str, Any]:
        key = ("message", f"{message.channel}:{message.ts}", me.id)
        return {
            "act": f"/as/{me.id}/act/{message.channel}/{message.ts}",
            "form": False,
            "errors": {},
            "values": self.state.inputs.get(key, {}),
        }

    def _at_view(self, me: Person, view: View) -> dict[str, Any]:
        return {
            "act": f"/as/{me.id}/views/{view.id}/act",
            "form": view.data["type"] == "modal",
            "errors": view.errors,
            "values": view.values,
        }

    def _mentionable(self, room: Room) -> list[list[str]]:
        """Who can be mentioned: what to type, and what to show."""
        app = [[self.state.team.app_name, "App"]]
        return app + [[p.first_name, f"{p.name} · {p.title}"] for p in self.state.people.values()]

    def _commandable(self) -> list[list[str]]:
        """The slash commands: what to type, and what it does."""
        listed = [[c.command, f"{c.hint} {c.description}".strip()] for c in self.workspace.config.commands]
        return [*listed, ["/invite", f"@{self.state.team.app_name} Add the app to this channel"]]

    def _people_options(self, kind: str, chosen: list[str]) -> Any:
        if "users" in kind:
            pairs = [(person.id, person.name) for person in self.state.people.values()]
        elif "channels" in kind or "conversations" in kind:
            pairs = [(room.id, f"#{room.name}") for room in self.state.rooms.values() if room.kind == "channel"]
        else:
            pairs = []
        return self._templates.get_template("options.html").render(pairs=pairs, chosen=chosen)

    def _file(self, me: Person, file_id: str) -> dict[str, Any]:
        stored = self.state.files[file_id]
        extension = stored.name.rpartition(".")[2].upper()[:4] if "." in stored.name else "FILE"
        return {
            "title": stored.title,
            "mimetype": stored.mimetype,
            "size": stored.size,
            "alt_text": stored.alt_text,
            "kind": extension,
            "href": f"/as/{me.id}/files/{stored.id}",
        }

    def _thread_link(self, me: Person, message: Message) -> dict[str, Any]:
        root = message.thread_ts or message.ts
        replies = self.state.replies(message.channel, root, me.id)
        return {
            "href": f"/as/{me.id}/c/{message.channel}?thread={root}",
            "count": len(replies),
            "users": list(dict.fromkeys(reply.user for reply in replies))[:4],
            "last": replies[-1].ts if replies else message.ts,
        }


def _chosen_of(at: dict[str, Any], block: Json, element: Json) -> list[str]:
    """What this element shows: the person's choice, else what the app put there first."""
    held = at["values"].get(block.get("block_id"), {}).get(element.get("action_id"))
    if held is not None:
        return chosen_in(held)
    first = initial_value(element)
    items: list[Any] = first if isinstance(first, list) else [first]
    return [str(item) for item in items if item not in ("", None)]
