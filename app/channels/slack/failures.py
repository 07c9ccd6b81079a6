"""What a failed call to Slack means: refused for certain, not sent, or unknown.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

_UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org", "org_login_required"})
_TOO_MUCH = frozenset(
    {"invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format", "msg_too_long", "invalid_metadata_format"}
)
SERVER_ERROR = 500


class Meaning(StrEnum):
    """What to do about a failed call."""

    NOT_SENT = "not_sent"  # nothing happened: wait and repeat
    UNKNOWN = "unknown"  # it may have happened: look before repeating
    REFUSED = "refused"  # it will never work as it is
    BAD_CONTENT = "bad_content"  # Slack does not take these blocks: say it more plainly


class NotDelivered(Exception):
    """Slack refuses this for good: the channel is gone, Sophia was removed, a scope is missing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def code_of(failure: Exception) -> str:
    """Slack's error code, or the name of the failure."""
    if isinstance(failure, SlackApiError):
        data = failure.response.data if hasattr(failure.response, "data") else failure.response
        if isinstance(data, dict):
            return str(data.get("error", "unknown_error"))
    return type(failure).__name__


def wait_of(failure: Exception) -> float:
    """Seconds that Slack asked to wait, 0 when it did not say."""
    if not isinstance(failure, SlackApiError):
        return 0.0
    headers = getattr(failure.response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After", 0))
    except (TypeError, ValueError):
        return 0.0


def meaning_of(failure: Exception) -> Meaning:
    """What this failure says about whether the call took effect."""
    if isinstance(failure, aiohttp.ClientConnectorError):
        return Meaning.NOT_SENT
    if isinstance(failure, SlackApiError):
        code, status = code_of(failure), getattr(failure.response, "status_code", 200)
        if code in _LATER or status == 429:
            return Meaning.NOT_SENT
        if code in _UNSURE or status >= SERVER_ERROR:
            return Meaning.UNKNOWN
        return Meaning.BAD_CONTENT if code in _TOO_MUCH else Meaning.REFUSED
    if isinstance(failure, SlackClientError):
        return Meaning.REFUSED
    return Meaning.UNKNOWN


CALL_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""Everything that a call of the Web API can raise."""
