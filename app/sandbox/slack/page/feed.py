"""A conversation as one person sees it: what stands in the channel, what in a thread, what is unread.

The direct message with the app shows each thread in line, as an agent's Messages tab does; channels show
roots, and a thread opens beside them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from app.sandbox.slack.messages import Message
from app.sandbox.slack.seed import Person
from app.sandbox.slack.state import Room, Session, State

CONTINUED_WITHIN = 300.0
SHOWN_AT_ONCE = 150


@dataclass(slots=True)
class Shown:
    """A message, and whether it continues the one above by the same author."""

    message: Message
    continued: bool = False


@dataclass(slots=True)
class Conversation:
    """A root message with its replies (in line only in the app's direct message) and agent session."""

    root: Shown
    replies: list[Shown] = field(default_factory=list[Shown])
    session: Session | None = None


def dom_id(ts: str) -> str:
    """A ts as part of an element's id."""
    return ts.replace(".", "-")


def day(ts: str, person: Person) -> date:
    """The calendar day of a message where this person lives."""
    return datetime.fromtimestamp(float(ts), ZoneInfo(person.timezone)).date()


def is_app_dm(state: State, room: Room) -> bool:
    return room.kind == "im" and state.team.bot_user_id in room.members


def _continues(before: Message | None, message: Message) -> bool:
    return (
        before is not None
        and before.user == message.user
        and before.username == message.username
        and not before.only_for
        and not message.only_for
        and float(message.ts) - float(before.ts) < CONTINUED_WITHIN
    )


def shown_in_order(messages: list[Message], *, grouped: bool = True) -> list[Shown]:
    """Messages with the byline left out where the author goes on writing."""
    shown: list[Shown] = []
    before: Message | None = None
    for message in messages:
        shown.append(Shown(message, grouped and _continues(before, message)))
        before = message
    return shown


def stands_in_channel(message: Message) -> bool:
    return not message.in_thread or message.broadcast


def newest_roots(state: State, room: Room, user: str, most: int) -> list[Message]:
    """The last messages that stand in the channel, oldest first."""
    found = islice((m for m in state.newest_first(room, user) if stands_in_channel(m)), most)
    return list(found)[::-1]


def conversations(state: State, room: Room, user: str) -> list[Conversation]:
    """What the channel shows, oldest first: the newest `SHOWN_AT_ONCE` conversations."""
    inline = is_app_dm(state, room)
    roots = newest_roots(state, room, user, SHOWN_AT_ONCE)
    shown = shown_in_order(roots, grouped=not inline)
    return [
        Conversation(
            root=one,
            replies=shown_in_order(state.replies(room.id, one.message.ts, user)) if inline else [],
            session=state.sessions.get((room.id, one.message.ts)),
        )
        for one in shown
    ]


def thread(state: State, room: Room, user: str, thread_ts: str) -> list[Shown]:
    """The root and its replies, for the panel beside the channel; empty when the root is gone."""
    root = state.find(room.id, thread_ts)
    if root is None:
        return []
    return [Shown(root), *shown_in_order(state.replies(room.id, thread_ts, user))]


def unread(state: State, room: Room, user: str) -> int:
    """How many messages of others have come since this person last looked."""
    last = state.read_until.get((user, room.id), "0")
    newer = takewhile(lambda m: m.ts > last, state.newest_first(room, user))
    in_app = is_app_dm(state, room)
    return sum(1 for m in newer if m.user != user and (stands_in_channel(m) or in_app))


def newest_thread(state: State, room: Room, user: str) -> Message | None:
    """The root a follow-up would most likely continue: the newest this person wrote."""
    mine = (m for m in state.newest_first(room, user) if not m.in_thread and m.user == user)
    return next(mine, None)
