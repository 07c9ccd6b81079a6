"""files.*: the three-step upload, and info. `files.upload` is switched off, as on Slack."""

import mimetypes
from typing import Any

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import file_json
from app.sandbox.slack.state import StoredFile
from app.sandbox.slack.web_api.lookup import room_of, thread_of
from app.sandbox.slack.web_api.registry import Call, method

MOST_BYTES = 1_000_000_000


def guess_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@method("files.getUploadURLExternal", "Tier4", "files:write")
def get_upload_url(call: Call) -> Json:
    name, size = call.required("filename"), call.number("length", 0)
    if size <= 0 or size > MOST_BYTES:
        raise SlackError("invalid_arguments", "must be more than 0 [json-pointer:/length]")
    state = call.workspace.state
    stored = StoredFile(
        id=state.new_id("F"),
        name=name,
        title=name,
        mimetype=guess_type(name),
        size=size,
        user=call.workspace.bot,
        created=int(state.config.now()),
        upload_key=state.new_hex(24),
        alt_text=call.text("alt_txt"),
    )
    state.files[stored.id] = stored
    return {"upload_url": f"{state.base_url}/upload/v1/{stored.upload_key}", "file_id": stored.id}


@method("files.completeUploadExternal", "Tier4", "files:write")
def complete_upload(call: Call) -> Json:
    """Finish uploads and, with a channel, share them in one message."""
    items: Any = call.structure("files")
    if not isinstance(items, list) or not items:
        raise SlackError("invalid_arguments", "missing required field: files")
    files = [_uploaded(call, item) for item in items]
    wanted = call.text("channel_id") or call.text("channels").split(",")[0]
    if wanted:
        call.arguments["channel_id"] = wanted
        room = room_of(call, "channel_id")
        message = Message(
            channel=room.id,
            ts=call.workspace.state.next_ts(),
            user=call.workspace.bot,
            text=call.text("initial_comment"),
            thread_ts=thread_of(call, room),
            from_app=True,
            files=[stored.id for stored in files],
        )
        for stored in files:
            stored.shared_in.append((room.id, message.ts))
        call.workspace.state.add(message)
        call.workspace.message_posted(message)
    return {"files": [file_json(call.workspace.state, stored) for stored in files]}


def _uploaded(call: Call, item: Any) -> StoredFile:
    file_id = item.get("id") if isinstance(item, dict) else None
    stored = call.workspace.state.files.get(str(file_id))
    if stored is None or stored.complete:
        raise SlackError("file_not_found")
    if stored.content is None:
        raise SlackError("file_upload_size_restricted" if stored.size > MOST_BYTES else "file_not_found")
    stored.title = item.get("title") or stored.name
    stored.complete = True
    return stored


@method("files.info", "Tier4", "files:read")
def info(call: Call) -> Json:
    stored = call.workspace.state.files.get(call.required("file"))
    if stored is None or not stored.complete:
        raise SlackError("file_not_found")
    return {
        "file": file_json(call.workspace.state, stored),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@method("files.upload", "Tier2", "files:write")
def upload(call: Call) -> Json:
    raise SlackError("method_deprecated")
