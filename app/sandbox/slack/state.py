"""What the workspace holds: conversations, messages, files, views, sessions. No protocol, no HTML.

Kept in memory and touched from one event loop only, so there are no locks.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.slack.bus import Bus
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.seed import ChannelKind, Person

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class Room:
    """A conversation: public channel, private channel ("group"), direct message or group message."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    created: int
    creator: str
    topic: str = ""
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict[str, Message])
    threads: dict[str, list[Message]] = field(default_factory=dict[str, list[Message]])

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"


@dataclass(slots=True)
class StoredFile:
    """A file someone uploaded. `content` is None until the bytes have come."""

    id: str
    name: str
    title: str
    mimetype: str
    size: int
    user: str
    created: int
    content: bytes | None = None
    upload_key: str = ""
    complete: bool = False
    alt_text: str = ""
    shared_in: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class Session:
    """An agent session: one per thread of a conversation."""

    channel: str
    thread_ts: str
    status: str = "active"
    title: str = ""
    initiator: str = ""
    note: str = ""
    loading: list[str] = field(default_factory=list[str])
    until: float = 0.0


@dataclass(slots=True)
class View:
    """A modal or a Home tab, as one person has it before their eyes."""

    id: str
    user: str
    data: Json
    hash: str
    root_id: str
    previous_id: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    values: Json = field(default_factory=dict[str, Any])
    busy: bool = False


class State:
    """The workspace's memory, with the few rules that keep it consistent."""

    def __init__(self, config: SandboxConfig, bus: Bus) -> None:
        self.config = config
        self.team = config.workspace
        self.base_url = ""
        self.bus = bus
        self._rng = config.rng()
        self._last_micros = 0
        self.people: dict[str, Person] = {person.id: person for person in self.team.people}
        self.rooms: dict[str, Room] = {}
        self.files: dict[str, StoredFile] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.prompts: dict[tuple[str, str], Json] = {}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.inputs: dict[tuple[str, str, str], Json] = {}
        self.read_until: dict[tuple[str, str], str] = {}
        self.looking_at: dict[str, str] = {}
        self._open_rooms()

    def _open_rooms(self) -> None:
        created = int(self.config.now())
        bot = self.team.bot_user_id
        for channel in self.team.channels:
            members = set(channel.members) | ({bot} if channel.with_app else set[str]())
            self.rooms[channel.id] = Room(
                channel.id,
                channel.name,
                channel.kind,
                members,
                created,
                self.team.people[0].id,
                channel.topic,
            )
        for person in self.team.people:
            room_id = self.team.dm_id(person.id)
            self.rooms[room_id] = Room(room_id, "", "im", {person.id, bot}, created, person.id)

    # -- ids and time ---------------------------------------------------------------------------

    def new_id(self, prefix: str, length: int = 10) -> str:
        return prefix + "".join(self._rng.choices(_BASE36, k=length))

    def new_hex(self, length: int = 32) -> str:
        return "".join(self._rng.choices("0123456789abcdef", k=length))

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def next_ts(self) -> str:
        """A message timestamp: unique in the workspace and always growing, even within a microsecond."""
        self._last_micros = max(int(self.config.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    # -- people and rooms -----------------------------------------------------------------------

    def is_app(self, user_id: str) -> bool:
        return user_id == self.team.bot_user_id

    def display_name(self, user_id: str) -> str:
        if self.is_app(user_id):
            return self.team.app_name
        person = self.people.get(user_id)
        if person is not None:
            return person.name
        return "Slackbot" if user_id == "USLACKBOT" else user_id

    def rooms_of(self, user_id: str) -> list[Room]:
        return [room for room in self.rooms.values() if user_id in room.members and not room.archived]

    def room_by_name(self, name: str) -> Room | None:
        wanted = name.removeprefix("#")
        return next((room for room in self.rooms.values() if room.name == wanted), None)

    def person_in_dm(self, room: Room) -> str:
        return next((user for user in room.members if not self.is_app(user)), "")

    # -- messages -------------------------------------------------------------------------------

    def add(self, message: Message) -> Message:
        """Keep a new message and tell the page."""
        room = self.rooms[message.channel]
        room.messages[message.ts] = message
        if message.in_thread:
            room.threads.setdefault(message.thread_ts, []).append(message)
        if not message.client_msg_id and not message.from_app:
            message.client_msg_id = self.new_uuid()
        self._publish(message)
        message.created_rev = message.rev
        if message.in_thread:
            self.touch_root(message)
        return message

    def touch(self, message: Message) -> None:
        """Tell the page that the message looks different now."""
        self._publish(message)

    def touch_root(self, reply: Message) -> None:
        root = self.find(reply.channel, reply.thread_ts)
        if root is not None:
            self._publish(root)

    def _publish(self, message: Message) -> None:
        message.rev = self.bus.publish(
            "message",
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts if message.in_thread else "",
            user=message.only_for,
        )

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, unless it was deleted or never was."""
        room = self.rooms.get(channel)
        message = room.messages.get(ts) if room else None
        return None if message is None or message.deleted else message

    def delete(self, message: Message) -> None:
        message.deleted = True
        self._publish(message)
        if message.in_thread:
            self.touch_root(message)

    def visible(self, room: Room, user_id: str = "") -> Iterator[Message]:
        """The messages of a room in order, with the ephemeral ones of this person only."""
        for message in room.messages.values():
            if not message.deleted and message.only_for in ("", user_id):
                yield message

    def newest_first(self, room: Room, user_id: str = "") -> Iterator[Message]:
        """The same from the end, for readers that need only the last few."""
        for message in reversed(room.messages.values()):
            if not message.deleted and message.only_for in ("", user_id):
                yield message

    def replies(self, channel: str, thread_ts: str, user_id: str = "") -> list[Message]:
        """The replies of a thread in order, without its root."""
        found = self.rooms[channel].threads.get(thread_ts, [])
        return [m for m in found if not m.deleted and m.only_for in ("", user_id)]

    # -- agent sessions -------------------------------------------------------------------------

    def session(self, channel: str, thread_ts: str) -> Session:
        """The session of this thread, made when there is none."""
        key = (channel, thread_ts)
        if key not in self.sessions:
            self.sessions[key] = Session(channel, thread_ts)
        return self.sessions[key]

    def session_changed(self, session: Session) -> None:
        self.bus.publish("session", channel=session.channel, thread_ts=session.thread_ts)

    def find_view(self, view_id: str) -> View | None:
        for stack in self.modals.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((view for view in self.homes.values() if view.id == view_id), None)
