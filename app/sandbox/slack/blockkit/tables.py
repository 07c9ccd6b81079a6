"""The `table` and `data_table` blocks."""

from typing import Any

from app.sandbox.slack.blockkit import objects
from app.sandbox.slack.blockkit.check import Check

_CELLS = ("raw_text", "raw_number", "rich_text")
DATA_TABLE_CHARACTERS = 10_000


def table(check: Check, body: dict[str, Any], pointer: str) -> None:
    """At most 100 rows of 20 cells."""
    check.items(body["rows"], f"{pointer}/rows", 1, 100, lambda v, p: _row(check, v, p, _CELLS))
    if body.get("column_settings") is not None:
        check.items(body["column_settings"], f"{pointer}/column_settings", 0, 20, lambda v, p: _column(check, v, p))


def _column(check: Check, value: Any, pointer: str) -> None:
    if value is None:
        return
    body = check.keys(value, pointer, (), ("align", "is_wrapped"))
    if body is not None:
        if "align" in body:
            check.one_of(body["align"], f"{pointer}/align", ("left", "center", "right"))
        check.flag(body, "is_wrapped", pointer)


def data_table(check: Check, body: dict[str, Any], pointer: str) -> None:
    """A header and 1 to 100 rows, all of the same length, with a caption."""
    check.string(body["caption"], f"{pointer}/caption", 2000)
    rows: Any = body["rows"]
    if not isinstance(rows, list):
        check.fail("must be an array", f"{pointer}/rows")
        return
    if len(rows) < 2:
        check.fail("no less than 2 items allowed", f"{pointer}/rows")
    if len(rows) > 101:
        check.fail("no more than 101 items allowed", f"{pointer}/rows")
    for index, row in enumerate(rows):
        _row(check, row, f"{pointer}/rows/{index}", _CELLS[:2] if index == 0 else _CELLS)
    if len({len(row) for row in rows if isinstance(row, list)}) > 1:
        check.fail("all rows must have the same number of cells", f"{pointer}/rows")
    if characters(rows) > DATA_TABLE_CHARACTERS:
        check.fail(f"must be less than {DATA_TABLE_CHARACTERS + 1} characters across all cells", f"{pointer}/rows")
    if body.get("page_size") is not None:
        check.number(body["page_size"], f"{pointer}/page_size", 1, 100)
    if body.get("row_header_column_index") is not None:
        check.number(body["row_header_column_index"], f"{pointer}/row_header_column_index", 0, 19)


def _row(check: Check, value: Any, pointer: str, kinds: tuple[str, ...]) -> None:
    check.items(value, pointer, 1, 20, lambda v, p: _cell(check, v, p, kinds))


def _cell(check: Check, value: Any, pointer: str, kinds: tuple[str, ...]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in kinds:
        check.fail(f"unsupported type: {kind}", f"{pointer}/type")
    elif kind == "rich_text":
        objects.rich_text(check, value, pointer)
    elif kind == "raw_text":
        body = check.keys(value, pointer, ("type", "text"))
        if body is not None:
            check.string(body["text"], f"{pointer}/text", 3000)
    else:
        body = check.keys(value, pointer, ("type", "text", "value"))
        if body is not None:
            check.string(body["text"], f"{pointer}/text", 3000)
            check.number(body["value"], f"{pointer}/value", float("-inf"), float("inf"), whole=False)


def characters(value: Any) -> int:
    """How many characters of text a tree of blocks holds."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(child) for key, child in value.items() if not (key == "text" and own))
    if isinstance(value, list):
        return sum(characters(child) for child in value)
    return 0
