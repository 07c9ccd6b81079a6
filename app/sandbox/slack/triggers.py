"""The short-lived keys Slack hands out with an interaction: trigger ids and response URLs."""

from collections.abc import Callable
from dataclasses import dataclass

from app.sandbox.slack.errors import SlackError


@dataclass(slots=True)
class _Trigger:
    user: str
    expires: float
    view_id: str = ""
    used: bool = False


class Triggers:
    """A trigger id opens one view, for the person who acted, within three seconds."""

    def __init__(self, now: Callable[[], float], new_hex: Callable[[int], str], lifetime: float) -> None:
        self._now, self._new_hex, self._lifetime = now, new_hex, lifetime
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str, view_id: str = "") -> str:
        stamp = int(self._now() * 1000)
        trigger_id = f"{stamp}.{len(self._issued) + 1}.{self._new_hex(32)}"
        self._issued[trigger_id] = _Trigger(user, self._now() + self._lifetime, view_id)
        return trigger_id

    def claim(self, trigger_id: str) -> tuple[str, str]:
        """The person and the view the trigger came from; raises Slack's refusals."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user, trigger.view_id


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer an interaction: five times within half an hour."""

    channel: str
    user: str
    expires: float
    uses_left: int
    message_ts: str = ""
    thread_ts: str = ""


class ResponseUrls:
    """Hands out the paths `/actions/…` and `/commands/…` and knows what each may do."""

    def __init__(self, now: Callable[[], float], new_hex: Callable[[int], str], lifetime: float, uses: int) -> None:
        self._now, self._new_hex, self._lifetime, self._uses = now, new_hex, lifetime, uses
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, kind: str, team: str, channel: str, user: str, *, message_ts: str = "", thread_ts: str = "") -> str:
        path = f"/{kind}/{team}/{len(self._issued) + 1}/{self._new_hex(24)}"
        self._issued[path] = ResponseUrl(channel, user, self._now() + self._lifetime, self._uses, message_ts, thread_ts)
        return path

    def claim(self, path: str) -> ResponseUrl:
        """One use of the URL; raises `invalid_url`, `expired_url` or `used_url`."""
        issued = self._issued.get(path)
        if issued is None:
            raise SlackError("invalid_url")
        if self._now() > issued.expires:
            raise SlackError("expired_url")
        if issued.uses_left <= 0:
            raise SlackError("used_url")
        issued.uses_left -= 1
        return issued
