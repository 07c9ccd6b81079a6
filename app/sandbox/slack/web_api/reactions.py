"""reactions.*: add, remove, get."""

import re

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json
from app.sandbox.slack.reacting import add_reaction, remove_reaction
from app.sandbox.slack.web_api.lookup import room_of
from app.sandbox.slack.web_api.registry import Call, method

_NAME = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")


def _target(call: Call) -> tuple[Message, str]:
    room = room_of(call)
    message = call.workspace.state.find(room.id, call.required("timestamp"))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    name = call.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return message, name


@method("reactions.add", "Tier3", "reactions:write")
def add(call: Call) -> Json:
    message, name = _target(call)
    if not add_reaction(call.workspace, message, call.workspace.bot, name):
        raise SlackError("already_reacted")
    return {}


@method("reactions.remove", "Tier2", "reactions:write")
def remove(call: Call) -> Json:
    message, name = _target(call)
    if not remove_reaction(call.workspace, message, call.workspace.bot, name):
        raise SlackError("no_reaction")
    return {}


@method("reactions.get", "Tier3", "reactions:read")
def get(call: Call) -> Json:
    room = room_of(call, inside=False)
    message = call.workspace.state.find(room.id, call.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return {"type": "message", "channel": room.id, "message": message_json(call.workspace.state, message)}
