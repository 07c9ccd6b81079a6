"""Reactions of people and of the app, and the events they raise."""

from app.sandbox.slack.messages import Message
from app.sandbox.slack.workspace import LocalWorkspace


def add_reaction(workspace: LocalWorkspace, message: Message, user: str, name: str) -> bool:
    """Returns False when this user had reacted like this already."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        return False
    users.append(user)
    _tell(workspace, message, user, name, "reaction_added")
    return True


def remove_reaction(workspace: LocalWorkspace, message: Message, user: str, name: str) -> bool:
    """Returns False when there was nothing to take back."""
    users = message.reactions.get(name, [])
    if user not in users:
        return False
    users.remove(user)
    _tell(workspace, message, user, name, "reaction_removed")
    return True


def _tell(workspace: LocalWorkspace, message: Message, user: str, name: str, kind: str) -> None:
    workspace.state.touch(message)
    if not workspace.app_hears(workspace.state.rooms[message.channel]):
        return
    workspace.events.emit(
        {
            "type": kind,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
        }
    )
