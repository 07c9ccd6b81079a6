"""What a message may hold: text, blocks, attachments, Markdown, checked as Slack checks them."""

from dataclasses import dataclass
from typing import Any

from app.sandbox.slack.blockkit.message import block_problems, too_long, too_many_tables
from app.sandbox.slack.blockkit.walk import all_blocks, elements_of
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.state import State
from app.sandbox.slack.web_api.registry import Call

TEXT_CUT = 40_000
MARKDOWN_MOST = 12_000
METADATA_KEYS = {"event_type", "event_payload", "entities"}


@dataclass(frozen=True, slots=True)
class Content:
    """Checked content of a message."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json


def content_of(call: Call, *, required: bool = True) -> Content:
    """Read and check text, blocks, markdown_text, attachments and metadata of a call."""
    text = call.text("text")
    blocks = checked_blocks(call.workspace.state, call.structure("blocks", "invalid_blocks_format"))
    attachments: Any = call.structure("attachments", "invalid_attachments") or []
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    markdown = call.text("markdown_text")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_MOST:
            raise SlackError("msg_too_long")
        blocks = checked_blocks(call.workspace.state, [{"type": "markdown", "text": markdown}])
        text = markdown
    if required and not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > TEXT_CUT:
        call.warnings.append("message_truncated")
        text = text[:TEXT_CUT]
    return Content(text, blocks, attachments, metadata_of(call))


def metadata_of(call: Call) -> Json:
    """The message metadata; raises `invalid_metadata_format` when its shape is wrong."""
    metadata: Any = call.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or not METADATA_KEYS.issuperset(metadata):
        raise SlackError("invalid_metadata_format")
    return metadata


def checked_blocks(state: State, blocks: Any) -> list[Json]:
    """The blocks with ids filled in.

    Raises `invalid_blocks`, `invalid_attachments` or `msg_blocks_too_long`.
    """
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = block_problems(blocks, "message")
    if problems:
        raise SlackError("invalid_blocks", *problems, errors=problems)
    if too_many_tables(blocks):
        raise SlackError("invalid_attachments", "only_one_table_allowed")
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return with_ids(state, blocks)


def with_ids(state: State, blocks: list[Json]) -> list[Json]:
    """Give every block a block_id and every element an action_id, as Slack does when they are missing."""
    for block in all_blocks(blocks):
        block.setdefault("block_id", state.new_hex(5))
        for element in elements_of(block):
            element.setdefault("action_id", state.new_hex(5))
    return blocks
