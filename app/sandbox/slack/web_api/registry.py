"""The table of Web API methods, filled by the `method` decorator of each family's file.

The families are imported by discovery: a new file in this folder adds its methods by being there.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from app.sandbox.slack import web_api
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.rate import Tier
from app.sandbox.slack.workspace import LocalWorkspace

TokenKind: TypeAlias = Literal["bot", "app", "any", "none"]


@dataclass(slots=True)
class Call:
    """One request to one method. Arguments of a form arrive as text, of a JSON body as they are."""

    workspace: LocalWorkspace
    arguments: Json
    is_json: bool
    warnings: list[str] = field(default_factory=list[str])

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """The argument as text; raises `invalid_arguments` when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        value = self.arguments.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise SlackError("invalid_arguments", f"must be an integer [json-pointer:/{name}]") from None

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """An argument that is JSON inside a form; raises `error` when it does not parse."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise SlackError(error) from None


Handler: TypeAlias = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """What the server must know before it calls the handler."""

    name: str
    handler: Handler
    tier: Tier
    scopes: tuple[str, ...]
    caller: TokenKind


METHODS: dict[str, Method] = {}


def method(name: str, tier: Tier, *scopes: str, caller: TokenKind = "bot") -> Callable[[Handler], Handler]:
    """Register a handler under its method name. Any one of `scopes` is enough to call it."""

    def register(handler: Handler) -> Handler:
        if name in METHODS:
            raise RuntimeError(f"{name} is registered twice")
        METHODS[name] = Method(name, handler, tier, scopes, caller)
        return handler

    return register


def load_methods() -> dict[str, Method]:
    """Import every family and return the table."""
    for module in pkgutil.iter_modules(web_api.__path__):
        importlib.import_module(f"{web_api.__name__}.{module.name}")
    return METHODS


def run(workspace: LocalWorkspace, name: str, token: str, arguments: Json, *, is_json: bool) -> Json:
    """Call a method as Slack would: known name, right token, scope, rate, then the work itself.

    Raises SlackError for a refusal and RateLimitedError when the tier is used up.
    """
    found = METHODS.get(name)
    if found is None:
        raise SlackError("unknown_method", req_method=name)
    _check_token(workspace, found, token)
    call = Call(workspace, arguments, is_json)
    workspace.limiter.take(name, found.tier, call.text("channel"))
    body: Json = {"ok": True, **found.handler(call)}
    if call.warnings:
        body["warning"] = ",".join(call.warnings)
        body.setdefault("response_metadata", {})["warnings"] = call.warnings
    return body


def _check_token(workspace: LocalWorkspace, found: Method, token: str) -> None:
    config = workspace.config
    if found.caller == "none":
        return
    if not token:
        raise SlackError("not_authed")
    if token not in (config.bot_token, config.app_token):
        raise SlackError("invalid_auth")
    kind = "app" if token == config.app_token else "bot"
    if found.caller not in ("any", kind):
        raise SlackError("not_allowed_token_type")
    if kind == "bot" and found.scopes and not config.scopes.intersection(found.scopes):
        raise SlackError("missing_scope", needed=found.scopes[0], provided=",".join(sorted(config.scopes)))
