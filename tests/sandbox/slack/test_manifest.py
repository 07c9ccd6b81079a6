"""The local workspace takes on what an app's manifest declares."""

from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.manifest import apply_manifest

MANIFEST = {
    "features": {
        "slash_commands": [{"command": "/rent", "description": "Rent roll", "usage_hint": "[property]"}],
        "shortcuts": [{"name": "New", "type": "message", "callback_id": "new", "description": "d"}],
        "agent_view": {"suggested_prompts": [{"title": "Late", "message": "Who is late?"}]},
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
}


def test_scopes_events_commands_shortcuts_and_prompts_come_from_the_manifest() -> None:
    config = apply_manifest(SandboxConfig(), MANIFEST)
    assert config.scopes == {"chat:write"}
    assert config.events == {"message.im"}
    assert [(c.command, c.hint) for c in config.commands] == [("/rent", "[property]")]
    assert [(s.callback_id, s.kind) for s in config.shortcuts] == [("new", "message")]
    assert config.workspace.suggestions == ("Who is late?",)


def test_an_empty_manifest_changes_nothing() -> None:
    assert apply_manifest(SandboxConfig(), {}).commands == SandboxConfig().commands
