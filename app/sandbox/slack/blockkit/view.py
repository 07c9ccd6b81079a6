"""The rules of a whole view: modal or Home tab."""

from typing import Any

from app.sandbox.slack.blockkit import objects
from app.sandbox.slack.blockkit.check import Check
from app.sandbox.slack.blockkit.message import block_problems
from app.sandbox.slack.blockkit.walk import all_blocks

_BOTH = ("private_metadata", "callback_id", "external_id")
_MODAL = ("close", "submit", "clear_on_close", "notify_on_close", "submit_disabled")


def view_problems(view: Any, expected: str) -> list[str]:
    """What Slack would say against this view; `expected` is "modal" or "home"."""
    check = Check("modal" if expected == "modal" else "home")
    pointer = "/view"
    required = ("type", "blocks", "title") if expected == "modal" else ("type", "blocks")
    body = check.keys(
        view, pointer, required, _BOTH + (_MODAL if expected == "modal" else ("title", "close", "submit"))
    )
    if body is None:
        return check.problems
    if body["type"] != expected:
        check.fail(f"type must be {expected}", f"{pointer}/type")
        return check.problems
    for name in ("title", "close", "submit"):
        objects.maybe_text(check, body, name, pointer, 24, kinds=objects.PLAIN)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        check.maybe_string(body, name, pointer, most)
    has_inputs = any(block.get("type") == "input" for block in all_blocks(body["blocks"]))
    if expected == "modal" and has_inputs and not body.get("submit"):
        check.fail("missing required field: submit (the view has input blocks)", pointer)
    return check.problems + block_problems(body["blocks"], check.surface, f"{pointer}/blocks")
