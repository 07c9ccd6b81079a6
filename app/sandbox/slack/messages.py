"""A message as the workspace keeps it, and the JSON Slack shows of it.

The same object serves the Web API, the events and the page; streams grow in place.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class StreamPart:
    """One run of a streamed message: text, a task card, or blocks, in the order they first came."""

    kind: Literal["text", "task", "blocks"]
    text: str = ""
    task: Json = field(default_factory=dict[str, Any])
    blocks: list[Json] = field(default_factory=list[Json])


@dataclass(slots=True)
class Stream:
    """The state of a message that is being streamed; `deadline` is when Slack stops taking more."""

    deadline: float
    mode: Literal["timeline", "plan"] = "timeline"
    plan_title: str = ""
    parts: list[StreamPart] = field(default_factory=list[StreamPart])
    live: bool = True

    def add_text(self, text: str) -> None:
        if self.parts and self.parts[-1].kind == "text":
            self.parts[-1].text += text
        elif text:
            self.parts.append(StreamPart("text", text=text))

    def put_task(self, task: Json) -> None:
        """A later update of the same task id replaces what it names and keeps the rest."""
        for part in self.parts:
            if part.kind == "task" and part.task["id"] == task["id"]:
                part.task = {**part.task, **task}
                return
        self.parts.append(StreamPart("task", task=task))

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if part.kind == "text")

    @property
    def tasks(self) -> list[Json]:
        return [part.task for part in self.parts if part.kind == "task"]

    @property
    def blocks(self) -> list[Json]:
        return [block for part in self.parts for block in part.blocks]


@dataclass(slots=True)
class Message:
    """One message. `user` is the author's user id, the bot user's for the app."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    thread_ts: str = ""
    subtype: str = ""
    from_app: bool = False
    client_msg_id: str = ""
    edited_by: str = ""
    edited_ts: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: list[str] = field(default_factory=list[str])
    metadata: Json = field(default_factory=dict[str, Any])
    only_for: str = ""
    deleted: bool = False
    stream: Stream | None = None
    username: str = ""
    icon: str = ""
    broadcast: bool = False
    notice: str = ""
    app_context: Json = field(default_factory=dict[str, Any])
    created_rev: int = 0
    rev: int = 0

    @property
    def in_thread(self) -> bool:
        """Whether this is a reply: it shows in the thread panel, not in the channel."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def full_text(self) -> str:
        """The text, including what was streamed."""
        return self.text + (self.stream.text if self.stream else "")

    def all_blocks(self) -> list[Json]:
        """The blocks a reader sees, streamed ones included."""
        return (self.stream.blocks if self.stream else []) + self.blocks
