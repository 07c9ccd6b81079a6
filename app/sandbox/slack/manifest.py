"""Reads an app manifest, so that the local workspace knows the same scopes, events, commands and shortcuts.

Format: docs.slack.dev/reference/app-manifest. What the manifest leaves out keeps the sandbox's default.
"""

from dataclasses import replace
from typing import Any

from app.sandbox.slack.config import SandboxConfig, Shortcut, SlashCommand


def apply_manifest(config: SandboxConfig, manifest: dict[str, Any]) -> SandboxConfig:
    """The configuration with what the app declares about itself; raises KeyError for a broken entry."""
    features: dict[str, Any] = manifest.get("features") or {}
    settings: dict[str, Any] = manifest.get("settings") or {}
    scopes = ((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot")
    events = (settings.get("event_subscriptions") or {}).get("bot_events")
    prompts = (features.get("agent_view") or {}).get("suggested_prompts")
    changed = config
    if scopes:
        changed = replace(changed, scopes=frozenset(scopes))
    if events:
        changed = replace(changed, events=frozenset(events))
    if features.get("slash_commands"):
        changed = replace(changed, commands=tuple(_command(c) for c in features["slash_commands"]))
    if features.get("shortcuts"):
        changed = replace(changed, shortcuts=tuple(_shortcut(s) for s in features["shortcuts"]))
    if prompts:
        team = replace(changed.workspace, suggestions=tuple(p["message"] for p in prompts))
        changed = replace(changed, workspace=team)
    return changed


def _command(entry: dict[str, Any]) -> SlashCommand:
    return SlashCommand(entry["command"], entry["description"], entry.get("usage_hint", ""))


def _shortcut(entry: dict[str, Any]) -> Shortcut:
    kind = "message" if entry["type"] == "message" else "global"
    return Shortcut(entry["name"], entry["callback_id"], kind, entry["description"])
