"""Slack's JSON for the things the workspace holds: messages, users, conversations, files, views.

Shapes follow the samples that Slack publishes with its Java SDK (json-logs/samples).
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.seed import Person
from app.sandbox.slack.state import Room, State, StoredFile, View


def bot_profile(state: State) -> Json:
    """The short description of the app that rides on its messages."""
    team = state.team
    return {
        "id": team.bot_id,
        "deleted": False,
        "name": team.app_name,
        "updated": 1767225600,
        "app_id": team.app_id,
        "icons": {f"image_{size}": f"https://example.com/sophia_{size}.png" for size in (36, 48, 72)},
        "team_id": team.id,
    }


def message_json(state: State, message: Message, *, summary: bool = True) -> Json:
    """The message object; `summary` adds the thread's counts to a root."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "text": message.full_text,
        "ts": message.ts,
        "team": state.team.id,
    }
    optional: Json = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "username": message.username,
        "blocks": message.all_blocks(),
        "attachments": message.attachments,
        "reactions": reactions_json(message),
        "files": [file_json(state, state.files[file_id]) for file_id in message.files],
        "metadata": message.metadata,
        "thread_ts": message.thread_ts,
    }
    body |= {name: value for name, value in optional.items() if value}
    if message.from_app:
        body |= {"bot_id": state.team.bot_id, "app_id": state.team.app_id, "bot_profile": bot_profile(state)}
    if message.stream:
        body["streaming_state"] = "in_progress" if message.stream.live else "completed"
    if message.edited_ts:
        body["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    if message.in_thread:
        root = state.find(message.channel, message.thread_ts)
        body["parent_user_id"] = root.user if root else ""
    elif summary:
        body |= _thread_summary(state, message)
    return body


def _thread_summary(state: State, message: Message) -> Json:
    replies = [m for m in state.replies(message.channel, message.ts) if not m.only_for]
    if not replies:
        return {}
    authors = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(authors),
        "reply_users": authors,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def reactions_json(message: Message) -> list[Json]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items() if users]


def user_json(state: State, person: Person) -> Json:
    """The user object of a member; roles as Slack's account flags."""
    zone = ZoneInfo(person.timezone)
    offset = datetime.fromtimestamp(state.config.now(), zone).utcoffset()
    first, _, last = person.name.partition(" ")
    return {
        "id": person.id,
        "team_id": state.team.id,
        "name": person.handle,
        "deleted": False,
        "color": person.color.removeprefix("#"),
        "real_name": person.name,
        "tz": person.timezone,
        "tz_label": person.timezone.rpartition("/")[2].replace("_", " "),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "title": person.title,
            "phone": "",
            "real_name": person.name,
            "real_name_normalized": person.name,
            "display_name": person.first_name,
            "display_name_normalized": person.first_name,
            "status_text": "",
            "status_emoji": "",
            "email": state.team.email(person),
            "first_name": first,
            "last_name": last,
            "team": state.team.id,
        },
        "is_admin": person.seat in ("owner", "admin"),
        "is_owner": person.seat == "owner",
        "is_primary_owner": person.seat == "owner",
        "is_restricted": person.seat == "guest",
        "is_ultra_restricted": person.seat == "guest",
        "is_bot": False,
        "is_app_user": False,
        "updated": 1767225600,
    }


def bot_user_json(state: State) -> Json:
    """The user object of the app's bot user."""
    team = state.team
    return {
        "id": team.bot_user_id,
        "team_id": team.id,
        "name": team.app_name.lower(),
        "deleted": False,
        "color": "4f46e5",
        "real_name": team.app_name,
        "tz": "America/Los_Angeles",
        "tz_label": "Pacific Time",
        "tz_offset": -28800,
        "profile": {
            "real_name": team.app_name,
            "display_name": team.app_name,
            "bot_id": team.bot_id,
            "api_app_id": team.app_id,
            "always_active": True,
            "team": team.id,
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": True,
        "is_app_user": False,
        "updated": 1767225600,
    }


def room_json(state: State, room: Room) -> Json:
    """The conversation object, in the shape of its kind."""
    bot = state.team.bot_user_id
    body: Json = {
        "id": room.id,
        "created": room.created,
        "is_archived": room.archived,
        "is_channel": room.kind == "channel",
        "is_group": room.kind == "group",
        "is_im": room.kind == "im",
        "is_mpim": room.kind == "mpim",
        "is_private": room.is_private,
        "is_org_shared": False,
        "context_team_id": state.team.id,
        "updated": room.created * 1000,
    }
    if room.kind == "im":
        return body | {"user": state.person_in_dm(room), "is_user_deleted": False, "priority": 0}
    return body | {
        "name": room.name,
        "name_normalized": room.name,
        "is_general": room.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": bot in room.members,
        "creator": room.creator,
        "topic": {"value": room.topic, "creator": room.creator, "last_set": room.created},
        "purpose": {"value": room.topic, "creator": room.creator, "last_set": room.created},
        "previous_names": [],
        "num_members": len(room.members),
    }


def file_json(state: State, stored: StoredFile) -> Json:
    """The file object. `url_private` needs the bot token, as on Slack."""
    base = f"{state.base_url}/files-pri/{state.team.id}-{stored.id}"
    shares: dict[str, dict[str, list[Json]]] = {}
    for channel, ts in stored.shared_in:
        scope = "private" if state.rooms[channel].is_private else "public"
        shares.setdefault(scope, {}).setdefault(channel, []).append({"ts": ts, "team_id": state.team.id})
    kind = stored.name.rpartition(".")[2].lower() if "." in stored.name else "binary"
    body: Json = {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": stored.user,
        "user_team": state.team.id,
        "editable": False,
        "size": stored.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": "public" in shares,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{base}/{stored.name}",
        "url_private_download": f"{base}/download/{stored.name}",
        "permalink": f"{state.base_url}/files/{stored.user}/{stored.id}/{stored.name}",
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [c for c, _ in stored.shared_in if not state.rooms[c].is_private],
        "groups": [c for c, _ in stored.shared_in if state.rooms[c].kind == "group"],
        "ims": [c for c, _ in stored.shared_in if state.rooms[c].kind == "im"],
        "shares": shares,
    }
    if stored.alt_text:
        body["alt_txt"] = stored.alt_text
    return body


def view_json(state: State, view: View) -> Json:
    """The view object with its ids, hash and current state."""
    data = view.data
    body: Json = {
        "id": view.id,
        "team_id": state.team.id,
        "type": data["type"],
        "blocks": data["blocks"],
        "private_metadata": data.get("private_metadata", ""),
        "callback_id": data.get("callback_id", ""),
        "external_id": data.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": data.get("title") or _plain(state.team.app_name),
        "close": data.get("close"),
        "submit": data.get("submit"),
        "clear_on_close": bool(data.get("clear_on_close")),
        "notify_on_close": bool(data.get("notify_on_close")),
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id or None,
        "app_id": state.team.app_id,
        "app_installed_team_id": state.team.id,
        "bot_id": state.team.bot_id,
    }
    return body


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}
