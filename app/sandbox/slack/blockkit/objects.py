"""The composition objects: text, options, confirmation dialogs, images."""

from typing import Any

from app.sandbox.slack.blockkit.check import Check

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


def text(check: Check, value: Any, pointer: str, most: int, kinds: tuple[str, ...] = ANY_TEXT) -> None:
    """A text object of one of these kinds with 1 to `most` characters."""
    body = check.keys(value, pointer, ("type", "text"), ("emoji", "verbatim"))
    if body is None:
        return
    if body["type"] not in kinds:
        check.fail(f"failed to match all allowed schemas; type must be {' or '.join(kinds)}", f"{pointer}/type")
        return
    if body["type"] == "plain_text" and "verbatim" in body:
        check.fail("invalid additional property: verbatim", pointer)
    if body["type"] == "mrkdwn" and "emoji" in body:
        check.fail("invalid additional property: emoji", pointer)
    check.string(body["text"], f"{pointer}/text", most)


def maybe_text(
    check: Check,
    holder: dict[str, Any],
    name: str,
    pointer: str,
    most: int,
    *,
    kinds: tuple[str, ...] = ANY_TEXT,
) -> None:
    if holder.get(name) is not None:
        text(check, holder[name], f"{pointer}/{name}", most, kinds)


def option(check: Check, value: Any, pointer: str, kinds: tuple[str, ...] = PLAIN, *, link: bool = False) -> None:
    """One choice: text and description up to 75 characters, value up to 150."""
    body = check.keys(value, pointer, ("text", "value"), ("description", "url") if link else ("description",))
    if body is None:
        return
    text(check, body["text"], f"{pointer}/text", 75, kinds)
    check.string(body["value"], f"{pointer}/value", 150)
    maybe_text(check, body, "description", pointer, 75, kinds=kinds)
    check.maybe_string(body, "url", pointer, 3000)


def confirm(check: Check, holder: dict[str, Any], pointer: str) -> None:
    """The optional confirmation dialog of an element."""
    if holder.get("confirm") is None:
        return
    pointer = f"{pointer}/confirm"
    body = check.keys(holder["confirm"], pointer, ("text",), ("title", "confirm", "deny", "style"))
    if body is None:
        return
    text(check, body["text"], f"{pointer}/text", 300)
    maybe_text(check, body, "title", pointer, 100, kinds=PLAIN)
    maybe_text(check, body, "confirm", pointer, 30, kinds=PLAIN)
    maybe_text(check, body, "deny", pointer, 30, kinds=PLAIN)
    if body.get("style") is not None:
        check.one_of(body["style"], f"{pointer}/style", ("primary", "danger"))


def image(check: Check, value: Any, pointer: str, *extra: str) -> None:
    """An image element, or the image part of a block: a URL or a Slack file, and words for it."""
    body = check.keys(value, pointer, ("type", "alt_text"), ("image_url", "slack_file", *extra))
    if body is None:
        return
    check.string(body["alt_text"], f"{pointer}/alt_text", 2000)
    if ("image_url" in body) == ("slack_file" in body):
        check.fail("must provide exactly one of image_url and slack_file", pointer)
    if "image_url" in body:
        check.string(body["image_url"], f"{pointer}/image_url", 3000)
        if isinstance(body["image_url"], str) and not body["image_url"].startswith(("https://", "http://")):
            check.fail("invalid image_url", f"{pointer}/image_url")


def rich_text(check: Check, value: Any, pointer: str) -> None:
    """A rich_text object; its leaves are checked for type and shape."""
    body = check.keys(value, pointer, ("type", "elements"), ("block_id",))
    if body is None:
        return
    if body["type"] != "rich_text":
        check.fail("type must be rich_text", f"{pointer}/type")
    check.items(body["elements"], f"{pointer}/elements", 0, 1000, lambda v, p: _rich_group(check, v, p))


_GROUPS = {
    "rich_text_section": (),
    "rich_text_preformatted": ("border", "language"),
    "rich_text_quote": ("border",),
    "rich_text_list": ("style", "indent", "border", "offset"),
}
_LEAVES = {
    "text": ("text",),
    "link": ("url",),
    "user": ("user_id",),
    "channel": ("channel_id",),
    "emoji": ("name",),
    "usergroup": ("usergroup_id",),
    "team": ("team_id",),
    "broadcast": ("range",),
    "color": ("value",),
    "date": ("timestamp", "format"),
}


def _rich_group(check: Check, value: Any, pointer: str) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _GROUPS:
        check.fail(f"unsupported type: {kind}", pointer)
        return
    body = check.keys(value, pointer, ("type", "elements"), _GROUPS[kind])
    if body is None:
        return
    if kind == "rich_text_list":
        check.one_of(body.get("style"), f"{pointer}/style", ("bullet", "ordered"))
        check.items(body["elements"], f"{pointer}/elements", 0, 1000, lambda v, p: _rich_group(check, v, p))
    else:
        check.items(body["elements"], f"{pointer}/elements", 0, 5000, lambda v, p: _rich_leaf(check, v, p))


def _rich_leaf(check: Check, value: Any, pointer: str) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _LEAVES:
        check.fail(f"unsupported type: {kind}", pointer)
        return
    for name in _LEAVES[kind]:
        if name not in value:
            check.fail(f"missing required field: {name}", pointer)
    if kind == "text" and value.get("text") == "":
        check.fail("must be more than 0 characters", f"{pointer}/text")
