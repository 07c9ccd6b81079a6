"""What an app says back: through a response URL, or in the acknowledgement of a command or interaction."""

from typing import Any

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json
from app.sandbox.slack.triggers import ResponseUrl
from app.sandbox.slack.web_api.content import content_of
from app.sandbox.slack.web_api.registry import Call
from app.sandbox.slack.workspace import LocalWorkspace


def respond(workspace: LocalWorkspace, path: str, arguments: Any) -> None:
    """One use of a response URL; raises SlackError when Slack would not take it."""
    if not isinstance(arguments, dict):
        raise SlackError("invalid_payload")
    place = workspace.response_urls.claim(path)
    answer(workspace, place, arguments)


def answer(workspace: LocalWorkspace, place: ResponseUrl, arguments: Json) -> None:
    """Post, replace or delete, as the arguments say; ephemeral unless `response_type` is in_channel."""
    original = workspace.state.find(place.channel, place.message_ts) if place.message_ts else None
    if arguments.get("delete_original") and original is not None:
        before = message_json(workspace.state, original)
        workspace.state.delete(original)
        workspace.message_deleted(original, before)
        return
    content = content_of(Call(workspace, arguments, is_json=True))
    if arguments.get("replace_original") and original is not None:
        before = message_json(workspace.state, original)
        original.text, original.blocks = content.text, content.blocks
        original.attachments, original.stream = content.attachments, None
        workspace.state.touch(original)
        workspace.message_changed(original, before)
        return
    public = arguments.get("response_type") == "in_channel"
    message = Message(
        channel=place.channel,
        ts=workspace.state.next_ts(),
        user=workspace.bot,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=str(arguments.get("thread_ts") or place.thread_ts),
        from_app=True,
        only_for="" if public else place.user,
    )
    workspace.state.add(message)
    workspace.message_posted(message)
