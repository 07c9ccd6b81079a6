"""What a person does in Slack: write, edit, delete, react, look at things, stop the agent, upload.

Each action changes the workspace and tells the app exactly what Slack would tell it. Clicking and filling
in forms is in `interacting`.
"""

import re

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json, view_json
from app.sandbox.slack.reacting import add_reaction, remove_reaction
from app.sandbox.slack.state import Room, StoredFile
from app.sandbox.slack.web_api.files import guess_type
from app.sandbox.slack.workspace import LocalWorkspace

_TOKEN = re.compile(r"<(?:[@#!][A-Za-z0-9_|.\-]+|https?://[^\s<>]+)>")
_NAMED = re.compile(r"(?<![\w@#])([@#])([\w\-]+)")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_BROADCAST = {"here", "channel", "everyone"}
TEXT_MOST = 40_000


class People:
    """The hands of everyone in the workspace."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.workspace = workspace
        self.state = workspace.state

    def room_for(self, user: str, channel: str) -> Room:
        """A conversation this person is in; raises `channel_not_found` for the others."""
        room = self.state.rooms.get(channel) or self.state.room_by_name(channel)
        if room is None or user not in room.members:
            raise SlackError("channel_not_found")
        return room

    def say(self, user: str, channel: str, text: str, *, thread_ts: str = "", files: tuple[str, ...] = ()) -> Message:
        """Write a message as typed; names and links become Slack's markup."""
        room = self.room_for(user, channel)
        if not text.strip() and not files:
            raise SlackError("no_text")
        if len(text) > TEXT_MOST:
            raise SlackError("msg_too_long")
        if thread_ts:
            root = self.state.find(room.id, thread_ts)
            if root is None:
                raise SlackError("thread_not_found")
            thread_ts = root.thread_ts or root.ts
        encoded = self.encode(text)
        message = Message(
            channel=room.id,
            ts=self.state.next_ts(),
            user=user,
            text=encoded,
            blocks=[_rich_text(encoded, self.state.new_hex(5))] if encoded.strip() else [],
            thread_ts=thread_ts,
            subtype="file_share" if files else "",
            files=list(files),
            app_context=self._context(user) if room.kind == "im" else {},
        )
        for file_id in files:
            self.state.files[file_id].shared_in.append((room.id, message.ts))
        self.state.add(message)
        self.state.read_until[(user, room.id)] = message.ts
        self.workspace.message_posted(message)
        return message

    def encode(self, text: str) -> str:
        """Typed text as Slack keeps it: `&`, `<`, `>` escaped, @names, #channels and links marked up."""
        parts: list[str] = []
        at = 0
        for found in _TOKEN.finditer(text):
            parts += [self._encode_plain(text[at : found.start()]), found.group()]
            at = found.end()
        return "".join([*parts, self._encode_plain(text[at:])])

    def _encode_plain(self, text: str) -> str:
        parts: list[str] = []
        at = 0
        for found in _LINK.finditer(text):
            parts += [self._encode_names(text[at : found.start()]), f"<{_escape(found.group())}>"]
            at = found.end()
        return "".join([*parts, self._encode_names(text[at:])])

    def _encode_names(self, text: str) -> str:
        return _NAMED.sub(self._mention, _escape(text))

    def _mention(self, found: re.Match[str]) -> str:
        mark, name = found.groups()
        wanted = name.lower()
        if mark == "#":
            room = self.state.room_by_name(wanted)
            return f"<#{room.id}|{room.name}>" if room and room.kind == "channel" else found.group()
        if wanted == self.state.team.app_name.lower():
            return f"<@{self.state.team.bot_user_id}>"
        if wanted in _BROADCAST:
            return f"<!{wanted}>"
        for person in self.state.people.values():
            if wanted in (person.handle, person.first_name.lower()):
                return f"<@{person.id}>"
        return found.group()

    def edit(self, user: str, channel: str, ts: str, text: str) -> Message:
        """Change one's own message."""
        message = self._own(user, channel, ts)
        if not text.strip():
            raise SlackError("no_text")
        before = message_json(self.state, message)
        message.text = self.encode(text)
        message.blocks = [_rich_text(message.text, self.state.new_hex(5))]
        message.edited_by, message.edited_ts = user, self.state.next_ts()
        self.state.touch(message)
        self.workspace.message_changed(message, before)
        return message

    def delete(self, user: str, channel: str, ts: str) -> None:
        message = self._own(user, channel, ts)
        before = message_json(self.state, message)
        self.state.delete(message)
        self.workspace.message_deleted(message, before)

    def dismiss(self, user: str, channel: str, ts: str) -> None:
        """Take an ephemeral message off one's own screen."""
        message = self.state.find(channel, ts)
        if message is not None and message.only_for == user:
            self.state.delete(message)

    def _own(self, user: str, channel: str, ts: str) -> Message:
        room = self.room_for(user, channel)
        message = self.state.find(room.id, ts)
        if message is None:
            raise SlackError("message_not_found")
        if message.user != user:
            raise SlackError("cant_update_message")
        return message

    def react(self, user: str, channel: str, ts: str, name: str) -> bool:
        """Add the reaction, or take it back; returns whether it stands now."""
        room = self.room_for(user, channel)
        message = self.state.find(room.id, ts)
        if message is None:
            raise SlackError("message_not_found")
        if remove_reaction(self.workspace, message, user, name):
            return False
        return add_reaction(self.workspace, message, user, name)

    def upload(self, user: str, name: str, content: bytes, mimetype: str = "") -> StoredFile:
        """Keep a file that a person is about to share."""
        stored = StoredFile(
            id=self.state.new_id("F"),
            name=name or "file",
            title=name or "file",
            mimetype=mimetype or guess_type(name),
            size=len(content),
            user=user,
            created=int(self.workspace.config.now()),
            content=content,
            complete=True,
        )
        self.state.files[stored.id] = stored
        return stored

    def look_at(self, user: str, channel: str) -> None:
        """The person has this conversation open: context for the agent, and what is read."""
        room = self.room_for(user, channel)
        if room.messages:
            self.state.read_until[(user, room.id)] = next(reversed(room.messages))
        if room.kind == "im" or self.state.looking_at.get(user) == room.id:
            return
        self.state.looking_at[user] = room.id
        dm = self.state.team.dm_id(user)
        self.workspace.events.emit(
            {"type": "app_context_changed", "user": user, "channel": dm, "context": self._context(user)}
        )

    def _context(self, user: str) -> Json:
        channel = self.state.looking_at.get(user)
        if not channel:
            return {}
        entity = {"type": "slack#/types/channel_id", "value": channel, "team_id": self.state.team.id}
        return {"entities": [entity]}

    def open_app(self, user: str, tab: str) -> None:
        """Open the app's Home or Messages tab."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.state.team.dm_id(user),
            "tab": tab,
        }
        home = self.state.homes.get(user)
        if tab == "home" and home is not None:
            event["view"] = view_json(self.state, home)
        self.workspace.events.emit(event)

    def stop(self, user: str, channel: str, thread_ts: str) -> None:
        """Press the Stop button of a working agent session."""
        room = self.room_for(user, channel)
        live = [
            m.ts
            for m in room.messages.values()
            if m.stream and m.stream.live and thread_ts in (m.thread_ts, m.ts) and not m.deleted
        ]
        self.workspace.events.emit(
            {
                "type": "agent_session_stopped",
                "channel": room.id,
                "user": user,
                "thread_ts": thread_ts,
                "streaming_message_ts": live,
            }
        )

    def invite_app(self, user: str, channel: str) -> None:
        """Add the app to a channel, as `/invite @Sophia` does."""
        self._join(self.room_for(user, channel), self.workspace.bot, inviter=user)

    def join(self, user: str, channel: str) -> None:
        """Join a public channel."""
        room = self.state.rooms.get(channel) or self.state.room_by_name(channel)
        if room is None or room.kind != "channel" or self.state.people[user].seat == "guest":
            raise SlackError("channel_not_found")
        self._join(room, user)

    def _join(self, room: Room, user: str, inviter: str = "") -> None:
        if user in room.members:
            raise SlackError("already_in_channel")
        room.members.add(user)
        self.workspace.bus.publish("channel", channel=room.id)
        if self.workspace.app_hears(room):
            event: Json = {
                "type": "member_joined_channel",
                "user": user,
                "channel": room.id,
                "channel_type": "C" if room.kind == "channel" else "G",
                "team": self.state.team.id,
            }
            self.workspace.events.emit(event | ({"inviter": inviter} if inviter else {}))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _rich_text(encoded: str, block_id: str) -> Json:
    """The rich_text block Slack puts beside a typed text."""
    elements: list[Json] = []
    at = 0
    for found in re.finditer(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>", encoded):
        if found.start() > at:
            elements.append({"type": "text", "text": _unescape(encoded[at : found.start()])})
        mark, target, label = found.groups()
        match mark:
            case "@":
                elements.append({"type": "user", "user_id": target})
            case "#":
                elements.append({"type": "channel", "channel_id": target})
            case "!":
                elements.append({"type": "broadcast", "range": target})
            case _:
                link: Json = {"type": "link", "url": _unescape(target)}
                elements.append(link | ({"text": _unescape(label)} if label else {}))
        at = found.end()
    if at < len(encoded):
        elements.append({"type": "text", "text": _unescape(encoded[at:])})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}
