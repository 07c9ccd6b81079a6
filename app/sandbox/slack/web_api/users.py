"""users.*: list, info, lookupByEmail, conversations."""

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.present import bot_user_json, room_json, user_json
from app.sandbox.slack.web_api.lookup import page, person_of
from app.sandbox.slack.web_api.registry import Call, method


@method("users.list", "Tier2", "users:read")
def list_users(call: Call) -> Json:
    state = call.workspace.state
    members = [user_json(state, person) for person in state.people.values()] + [bot_user_json(state)]
    chosen, metadata = page(call, [_readable(call, member) for member in members])
    return {"members": list(chosen), "cache_ts": int(state.config.now()), "response_metadata": metadata}


@method("users.info", "Tier4", "users:read")
def info(call: Call) -> Json:
    state = call.workspace.state
    if call.text("user") == call.workspace.bot:
        return {"user": bot_user_json(state)}
    return {"user": _readable(call, user_json(state, person_of(call)))}


@method("users.lookupByEmail", "Tier3", "users:read.email")
def lookup_by_email(call: Call) -> Json:
    state = call.workspace.state
    wanted = call.required("email").lower()
    for person in state.people.values():
        if state.team.email(person).lower() == wanted:
            return {"user": user_json(state, person)}
    raise SlackError("users_not_found")


@method("users.conversations", "Tier2", "channels:read", "groups:read", "im:read", "mpim:read")
def conversations(call: Call) -> Json:
    """The conversations of a person (the app's own without `user`), as far as the app may see them."""
    workspace = call.workspace
    user = call.text("user") or workspace.bot
    if user != workspace.bot:
        person_of(call)
    rooms = [room for room in workspace.state.rooms_of(user) if not room.is_private or workspace.bot in room.members]
    wanted = call.text("types", "public_channel")
    kinds = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}
    rooms = [room for room in rooms if kinds[room.kind] in wanted.split(",")]
    chosen, metadata = page(call, rooms)
    return {"channels": [room_json(workspace.state, room) for room in chosen], "response_metadata": metadata}


def _readable(call: Call, user: Json) -> Json:
    """Without `users:read.email` the address is left out."""
    if "users:read.email" not in call.workspace.config.scopes:
        user["profile"].pop("email", None)
    return user
