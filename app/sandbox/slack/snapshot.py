"""Keeps the workspace over a restart: one JSON file with what was said, and the shared files beside it.

For the demo, where Sophia remembers a conversation and the page should too. Written a moment after a change
and at the end; modals, triggers and open connections are not kept, as a restart of Slack would drop them.
"""

import asyncio
import json
import logging
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.sandbox.outbox import Outbox, OutMessage
from app.sandbox.slack.bus import Bus
from app.sandbox.slack.messages import Message, Stream, StreamPart
from app.sandbox.slack.state import Room, Session, State, StoredFile, View

VERSION = 1
PAUSE = 1.0
_log = logging.getLogger(__name__)


class Snapshot:
    """Saves to and loads from one folder."""

    def __init__(self, folder: Path, state: State, outbox: Outbox, bus: Bus) -> None:
        self._folder, self._state, self._outbox, self._bus = folder, state, outbox, bus
        self._path = folder / "workspace.json"
        self._saved_rev = -1
        self._writing = threading.Lock()

    def load(self) -> None:
        """Take up what was saved. A file that cannot be read is put aside and the workspace starts empty."""
        if not self._path.exists():
            return
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            if saved["version"] != VERSION:
                raise ValueError(f"version {saved['version']}")
            self._restore(saved)
        except (ValueError, KeyError, TypeError) as problem:
            aside = self._path.with_suffix(".unreadable.json")
            self._path.replace(aside)
            _log.warning("the saved workspace could not be read (%s) and was put aside as %s", problem, aside)

    async def keep_saving(self) -> None:
        """Save soon after every change, until cancelled."""
        while True:
            await self._bus.wait(self._bus.rev, 3600)
            await asyncio.sleep(PAUSE)
            await self.save()

    async def save(self) -> None:
        """Write everything, in one step: a crash leaves the old file or the new one, never half of one."""
        if self._saved_rev == self._bus.rev:
            return
        self._saved_rev = self._bus.rev
        document = json.dumps(self._document(), ensure_ascii=False)
        contents = {f.id: f.content for f in self._state.files.values() if f.content is not None}
        await asyncio.to_thread(self._write, document, contents)

    def _write(self, document: str, contents: dict[str, bytes]) -> None:
        files = self._folder / "files"
        with self._writing:
            files.mkdir(parents=True, exist_ok=True)
            for file_id, content in contents.items():
                path = files / file_id
                if not path.exists():
                    path.write_bytes(content)
            fresh = self._path.with_suffix(".tmp")
            fresh.write_text(document, encoding="utf-8")
            fresh.replace(self._path)

    def _document(self) -> dict[str, Any]:
        state = self._state
        return {
            "version": VERSION,
            "rooms": [_room(room) for room in state.rooms.values()],
            "files": [{**asdict(f), "content": None} for f in state.files.values() if f.complete],
            "sessions": [asdict(session) for session in state.sessions.values()],
            "prompts": [[*key, value] for key, value in state.prompts.items()],
            "homes": [asdict(view) for view in state.homes.values()],
            "inputs": [[*key, value] for key, value in state.inputs.items()],
            "read_until": [[*key, ts] for key, ts in state.read_until.items()],
            "outbox": [asdict(message) for message in self._outbox.messages],
            "opted_out": sorted(self._outbox.opted_out),
        }

    def _restore(self, saved: dict[str, Any]) -> None:
        state = self._state
        rooms = [_room_from(entry) for entry in saved["rooms"]]
        files = [self._file_from(entry) for entry in saved["files"]]
        state.rooms.update({room.id: room for room in rooms})
        state.files.update({stored.id: stored for stored in files})
        for entry in saved["sessions"]:
            session = Session(**entry)
            state.sessions[(session.channel, session.thread_ts)] = session
        state.prompts.update({(a, b): value for a, b, value in saved["prompts"]})
        state.homes.update({entry["user"]: View(**entry) for entry in saved["homes"]})
        state.inputs.update({(a, b, c): value for a, b, c, value in saved["inputs"]})
        state.read_until.update({(a, b): ts for a, b, ts in saved["read_until"]})
        self._outbox.messages.extend(_out_from(entry) for entry in saved["outbox"])
        self._outbox.opted_out.update(saved["opted_out"])

    def _file_from(self, entry: dict[str, Any]) -> StoredFile:
        stored = StoredFile(**entry)
        stored.shared_in = [(channel, ts) for channel, ts in stored.shared_in]
        path = self._folder / "files" / stored.id
        stored.content = path.read_bytes() if path.exists() else b""
        return stored


def _room(room: Room) -> dict[str, Any]:
    plain = {name: getattr(room, name) for name in ("id", "name", "kind", "created", "creator", "topic", "archived")}
    kept = [asdict(m) for m in room.messages.values() if not m.deleted]
    return {**plain, "members": sorted(room.members), "messages": kept}


def _room_from(entry: dict[str, Any]) -> Room:
    messages = [_message_from(m) for m in entry.pop("messages")]
    room = Room(**entry)
    room.members = set(room.members)
    for message in messages:
        room.messages[message.ts] = message
        if message.in_thread:
            room.threads.setdefault(message.thread_ts, []).append(message)
    return room


def _message_from(entry: dict[str, Any]) -> Message:
    stream = entry.pop("stream")
    message = Message(**entry)
    message.rev = message.created_rev = 0
    if stream is not None:
        parts = [StreamPart(**part) for part in stream.pop("parts")]
        message.stream = Stream(**stream)
        message.stream.parts = parts
        # Nobody goes on writing after a restart.
        message.stream.live = False
    return message


def _out_from(entry: dict[str, Any]) -> OutMessage:
    for name in ("to", "cc", "bcc", "reply_to", "attachments"):
        entry[name] = tuple(entry[name])
    return OutMessage(**entry)
