"""Slack's own payload schemas, and the limits that no schema states, as one check."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block

from app.channels.slack import limits

CHART_SCHEMA = {
    # docs.slack.dev/reference/block-kit/blocks/data-visualization-block; not in Slack's published types yet
    "type": "object",
    "required": ["type", "title", "chart"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "data_visualization"},
        "title": {"type": "string", "minLength": 1, "maxLength": 50},
        "block_id": {"type": "string", "maxLength": 255},
        "chart": {
            "oneOf": [
                {
                    "required": ["type", "segments"],
                    "additionalProperties": False,
                    "properties": {
                        "type": {"const": "pie"},
                        "segments": {"type": "array", "minItems": 1, "maxItems": 6, "items": {"$ref": "#/$defs/point"}},
                    },
                },
                {
                    "required": ["type", "series", "axis_config"],
                    "additionalProperties": False,
                    "properties": {
                        "type": {"enum": ["bar", "area", "line"]},
                        "series": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 6,
                            "items": {
                                "required": ["name", "data"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string", "minLength": 1, "maxLength": 20},
                                    "data": {"type": "array", "maxItems": 20, "items": {"$ref": "#/$defs/point"}},
                                },
                            },
                        },
                        "axis_config": {
                            "required": ["categories"],
                            "additionalProperties": False,
                            "properties": {
                                "categories": {
                                    "type": "array",
                                    "uniqueItems": True,
                                    "maxItems": 20,
                                    "items": {"type": "string", "maxLength": 20},
                                },
                                "x_label": {"type": "string", "maxLength": 50},
                                "y_label": {"type": "string", "maxLength": 50},
                            },
                        },
                    },
                },
            ]
        },
    },
    "$defs": {
        "point": {
            "required": ["label", "value"],
            "additionalProperties": False,
            "properties": {"label": {"type": "string", "minLength": 1, "maxLength": 20}, "value": {"type": "number"}},
        }
    },
}


@cache
def validator(path: Path) -> Draft7Validator:
    """The validator for one schema file."""
    return Draft7Validator(json.loads(path.read_text()))


def check(shared: Path, schema: str, payload: Any) -> None:
    """Fails when the payload does not fit the schema file `specs/slack/<schema>`."""
    errors = sorted(validator(shared / "specs/slack" / schema).iter_errors(payload), key=str)
    assert not errors, errors[0].message[:2000]


def check_blocks(shared: Path, blocks: list[dict[str, Any]], most: int = limits.MESSAGE_BLOCKS) -> None:
    """Fails when Slack would refuse these blocks."""
    assert len(blocks) <= most
    for block in blocks:
        if block["type"] == "data_visualization":
            errors = list(Draft7Validator(CHART_SCHEMA).iter_errors(block))
            assert not errors, errors[0].message
            continue
        check(shared, "KnownBlock.schema.json", block)
        model = Block.parse(block)
        if model is not None:  # the SDK has no model of data_table yet
            model.validate_json()
        _check_lengths(block)
    kinds = [block["type"] for block in blocks]
    assert sum(kind in ("table", "data_table") for kind in kinds) <= 1, "one table per message"
    assert kinds.count("data_visualization") <= 2
    assert sum(map(len, texts(blocks))) <= 13_000
    ids = [element["action_id"] for block in blocks for element in block.get("elements", []) if "action_id" in element]
    assert len(ids) == len(set(ids)), "action ids are different from each other"


def _check_lengths(block: dict[str, Any]) -> None:
    if block["type"] in ("table", "data_table"):
        assert 2 <= len(block["rows"]) <= 100
        assert len({len(row) for row in block["rows"]}) == 1
        assert len(block["rows"][0]) <= 20
        assert all(cell["text"] for row in block["rows"] for cell in row)
        assert sum(len(cell["text"]) for row in block["rows"] for cell in row) <= 10_000
    for element in block.get("elements", []):
        if element.get("type") == "button":
            assert 0 < len(element["text"]["text"]) <= 75
            assert len(element["value"]) <= 2000
            confirm = element.get("confirm")
            if confirm:
                assert len(confirm["title"]["text"]) <= 100
                assert len(confirm["text"]["text"]) <= 300
                assert len(confirm["confirm"]["text"]) <= 30


def texts(value: Any) -> list[str]:
    """Every text that a payload shows."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        shown = [value["text"]] if isinstance(value.get("text"), str) else []
        return shown + [
            text for key, item in value.items() if key not in ("value", "action_id") for text in texts(item)
        ]
    return []
