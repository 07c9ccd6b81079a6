"""agents.sessions.* and their older forms assistant.threads.*: what an agent shows about itself.

Both write the same slot; the last writer wins (docs.slack.dev/ai/agent-sessions).
"""

import asyncio
from typing import Any

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.state import Session
from app.sandbox.slack.web_api.lookup import room_of
from app.sandbox.slack.web_api.registry import Call, method
from app.sandbox.slack.web_api.streams import SESSION_STATES
from app.sandbox.slack.workspace import LocalWorkspace

TITLE_MOST = 200
PROMPTS_MOST = 4
LOADING_MOST = 10


@method("agents.sessions.setStatus", "Tier3", "chat:write")
def set_status(call: Call) -> Json:
    """docs.slack.dev/reference/methods/agents.sessions.setStatus."""
    room = room_of(call, "channel_id")
    status = call.required("status")
    if status not in SESSION_STATES:
        raise SlackError("invalid_status")
    workspace = call.workspace
    thread_ts = _thread(call, room.id)
    new = (room.id, thread_ts) not in workspace.state.sessions
    if len(call.text("title")) > TITLE_MOST:
        raise SlackError("title_too_long")
    initiator = call.text("initiator_user_id")
    if initiator and initiator not in room.members:
        raise SlackError("user_not_in_channel")
    session = workspace.state.session(room.id, thread_ts)
    if new:
        session.title, session.initiator = call.text("title"), initiator
    session.status, session.note = status, ""
    session.until = workspace.config.now() + workspace.config.processing_lifetime
    if status == "processing":
        if "agent_session_stopped" not in workspace.config.events:
            call.warnings.append("missing_agent_session_stopped_event_subscription")
        _clear_later(workspace, session, workspace.config.processing_lifetime)
    workspace.state.session_changed(session)
    return {"session": _session_json(session)}


def _session_json(session: Session) -> Json:
    return {
        "channel_id": session.channel,
        "thread_ts": session.thread_ts,
        "status": session.status,
        "title": session.title,
    }


def _thread(call: Call, channel: str) -> str:
    thread_ts = call.required("thread_ts")
    message = call.workspace.state.find(channel, thread_ts)
    if message is None:
        raise SlackError("invalid_thread_ts")
    return message.thread_ts or message.ts


@method("agents.sessions.rename", "Tier3", "chat:write")
def rename(call: Call) -> Json:
    room = room_of(call, "channel_id")
    thread_ts = _thread(call, room.id)
    session = call.workspace.state.sessions.get((room.id, thread_ts))
    if session is None:
        raise SlackError("session_not_found")
    title = call.required("title")
    if len(title) > TITLE_MOST:
        raise SlackError("title_too_long")
    session.title = title
    call.workspace.state.session_changed(session)
    return {"session": _session_json(session)}


@method("assistant.threads.setStatus", "none", "assistant:write", "chat:write")
def set_assistant_status(call: Call) -> Json:
    """A line of status; an empty one clears it, so does a message, so do two minutes."""
    room = room_of(call, "channel_id")
    thread_ts = _thread(call, room.id)
    if "status" not in call.arguments:
        raise SlackError("invalid_arguments", "missing required field: status")
    loading: Any = call.structure("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > LOADING_MOST:
        raise SlackError(
            "invalid_arguments", f"no more than {LOADING_MOST} items allowed [json-pointer:/loading_messages]"
        )
    workspace = call.workspace
    session = workspace.state.session(room.id, thread_ts)
    session.note, session.loading = call.text("status"), [str(line) for line in loading]
    session.until = workspace.config.now() + workspace.config.status_lifetime
    if session.note:
        _clear_later(workspace, session, workspace.config.status_lifetime)
    workspace.state.session_changed(session)
    return {}


def _clear_later(workspace: LocalWorkspace, session: Session, seconds: float) -> None:
    def clear() -> None:
        if workspace.config.now() + 0.001 < session.until:
            return
        if session.status == "processing":
            session.status = "active"
        session.note, session.loading = "", []
        workspace.state.session_changed(session)

    asyncio.get_running_loop().call_later(seconds, clear)


@method("assistant.threads.setTitle", "none", "assistant:write", "chat:write")
def set_title(call: Call) -> Json:
    room = room_of(call, "channel_id")
    session = call.workspace.state.session(room.id, _thread(call, room.id))
    session.title = call.required("title")[:TITLE_MOST]
    call.workspace.state.session_changed(session)
    return {}


@method("assistant.threads.setSuggestedPrompts", "Tier3", "assistant:write", "chat:write")
def set_suggested_prompts(call: Call) -> Json:
    """Up to four prompts; without a thread they are pinned at the top of the conversation."""
    room = room_of(call, "channel_id")
    thread_ts = _thread(call, room.id) if call.text("thread_ts") else ""
    prompts: Any = call.structure("prompts")
    if not isinstance(prompts, list) or not all(
        isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts
    ):
        raise SlackError("invalid_arguments", "failed to match all allowed schemas [json-pointer:/prompts]")
    if len(prompts) > PROMPTS_MOST:
        raise SlackError("invalid_arguments", f"no more than {PROMPTS_MOST} items allowed [json-pointer:/prompts]")
    call.workspace.state.prompts[(room.id, thread_ts)] = {"title": call.text("title"), "prompts": prompts}
    call.workspace.bus.publish("prompts", channel=room.id, thread_ts=thread_ts)
    return {}
