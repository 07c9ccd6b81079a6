"""The app's manifest: valid for Slack, for Socket Mode and HTTP, and in step with the code."""

import json
import re

import pytest
import yaml
from jsonschema import Draft7Validator

from handlers.core.registry import interactions
from tests.conftest import ROOT

MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text())
URL = "https://sophia.example.com/slack/events"


def over_http() -> dict:
    """The manifest changed as its own first lines say."""
    changed = json.loads(json.dumps(MANIFEST))
    changed["settings"]["socket_mode_enabled"] = False
    changed["settings"]["event_subscriptions"]["request_url"] = URL
    changed["settings"]["interactivity"]["request_url"] = URL
    changed["features"]["slash_commands"][0]["url"] = URL
    return changed


@pytest.mark.parametrize("manifest", [MANIFEST, over_http()], ids=["socket", "http"])
def test_slack_takes_the_manifest(manifest, shared):
    schema = json.loads((shared / "specs/slack/manifest.schema.1.0.0.json").read_text())
    errors = [
        f"{list(error.absolute_path)}: {error.message}" for error in Draft7Validator(schema).iter_errors(manifest)
    ]
    assert errors == []


def test_every_event_and_command_that_is_handled_is_subscribed():
    handled = {(one.kind, one.name) for one in interactions() if one.kind in ("event", "command")}
    events = {name.partition(".")[0] for name in MANIFEST["settings"]["event_subscriptions"]["bot_events"]}
    commands = {command["command"] for command in MANIFEST["features"]["slash_commands"]}
    assert {name for kind, name in handled if kind == "event"} <= events
    assert {name for kind, name in handled if kind == "command"} == commands


def test_every_method_that_is_called_has_its_scope(shared):
    needed = {
        "chat_postMessage": "chat:write",
        "conversations_replies": "channels:history",
        "conversations_open": "im:write",
        "files_upload_v2": "files:write",
        "assistant_threads_setSuggestedPrompts": "assistant:write",
        "include_all_metadata": "metadata.message:read",
    }
    source = "\n".join(
        path.read_text() for folder in ("handlers", "app/channels") for path in (ROOT / folder).rglob("*.py")
    )
    called = {scope for name, scope in needed.items() if re.search(rf"\b{name}\b", source)}
    assert called == set(needed.values())
    assert called <= set(MANIFEST["oauth_config"]["scopes"]["bot"])
