"""How the local workspace behaves: tokens, secrets, delivery, limits and the passage of time.

Everything that a test may want to change is here; nothing is read from the environment.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.sandbox.slack.seed import Workspace, demo_workspace

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "bots:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
        "users:read.email",
    ]
)

BOT_EVENTS = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "message.im",
        "message.channels",
        "message.groups",
        "message.mpim",
        "app_context_changed",
        "agent_session_stopped",
        "agent_session_title_changed",
        "member_joined_channel",
        "reaction_added",
        "reaction_removed",
        "app_uninstalled",
        "tokens_revoked",
        "file_shared",
        "file_deleted",
        "file_unshared",
    ]
)


@dataclass(frozen=True, slots=True)
class SlashCommand:
    command: str
    description: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    callback_id: str
    kind: Literal["global", "message"]
    description: str = ""


@dataclass(slots=True)
class SandboxConfig:
    """Settings of one local workspace.

    `delivery` is "socket" (the app connects with its app-level token) or "http" (signed requests go to
    `request_url`, which must be loopback). Times are seconds. `rate_multiplier` scales Slack's published
    tiers; None switches the limiter off. With a `data_dir` the workspace survives a restart.
    """

    workspace: Workspace = field(default_factory=demo_workspace)
    bot_token: str = "xoxb-local-sophia"  # noqa: S105 - a made-up token of a made-up workspace
    app_token: str = "xapp-local-sophia"  # noqa: S105
    signing_secret: str = "local-signing-secret"  # noqa: S105
    client_id: str = "7000000000.7000000001"
    client_secret: str = "local-client-secret"  # noqa: S105
    verification_token: str = "local-verification-token"  # noqa: S105
    scopes: frozenset[str] = BOT_SCOPES
    events: frozenset[str] = BOT_EVENTS
    commands: tuple[SlashCommand, ...] = (SlashCommand("/sophia", "Ask Sophia anything", "[question]"),)
    shortcuts: tuple[Shortcut, ...] = ()
    delivery: Literal["socket", "http"] = "socket"
    request_url: str = ""
    ack_timeout: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    rate_multiplier: float | None = 5.0
    stream_lifetime: float = 300.0
    status_lifetime: float = 120.0
    processing_lifetime: float = 3600.0
    trigger_lifetime: float = 3.0
    response_url_lifetime: float = 1800.0
    response_url_uses: int = 5
    socket_lifetime: float = 3600.0
    data_dir: Path | None = None
    now: Callable[[], float] = time.time
    seed: int | None = None

    def rng(self) -> random.Random:
        """The one source of made-up ids; with a `seed` two runs make the same ones.

        Without, every start makes others: an app that remembers event ids must not take new ones for old.
        """
        return random.Random(self.seed)
