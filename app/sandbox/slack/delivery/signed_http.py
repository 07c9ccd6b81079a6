"""Signed requests to the app's request URL, as Slack sends them.

Signature: `v0=` + hex HMAC-SHA256 of `v0:{timestamp}:{body}` (docs.slack.dev/authentication/verifying-
requests-from-slack). Only loopback addresses are accepted: the sandbox never reaches out.
"""

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from app.sandbox.slack.delivery.parcel import Parcel, Reply

MOST_REDIRECTS = 2


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def is_loopback(url: str) -> bool:
    """Whether the address stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class SignedHttp:
    """Posts parcels to one URL and reads the answer as Slack does."""

    def __init__(self, *, url: str, secret: str, now: Callable[[], float], ack_timeout: float) -> None:
        if not is_loopback(url):
            raise ValueError(f"The local workspace only sends to this machine, not to {url!r}.")
        self._url, self._secret, self._now = url, secret, now
        self._client = httpx.AsyncClient(
            timeout=ack_timeout, follow_redirects=True, max_redirects=MOST_REDIRECTS, trust_env=False
        )

    @property
    def connected(self) -> bool:
        return True

    async def close(self) -> None:
        await self._client.aclose()

    async def verify_url(self, token: str, challenge: str) -> bool:
        """The `url_verification` handshake: the app must give the challenge back."""
        body = {"type": "url_verification", "token": token, "challenge": challenge}
        try:
            response = await self._post(json.dumps(body).encode(), "application/json", {})
        except httpx.HTTPError:
            return False
        return response.is_success and challenge in response.text

    async def send(self, parcel: Parcel) -> Reply:
        """Post the parcel; anything but a 2xx within the time limit is a failure with Slack's reason."""
        if parcel.kind == "events_api":
            body, kind = json.dumps(parcel.payload).encode(), "application/json"
        elif parcel.kind == "interactive":
            form = urlencode({"payload": json.dumps(parcel.payload)})
            body, kind = form.encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = urlencode(parcel.payload).encode(), "application/x-www-form-urlencoded"
        retry = {}
        if parcel.attempt:
            retry = {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": parcel.reason}
        try:
            response = await self._post(body, kind, retry)
        except httpx.TimeoutException:
            return Reply(delivered=False, reason="http_timeout")
        except httpx.TooManyRedirects:
            return Reply(delivered=False, reason="too_many_redirects")
        except httpx.ConnectError:
            return Reply(delivered=False, reason="connection_failed")
        except httpx.HTTPError:
            return Reply(delivered=False, reason="unknown_error")
        no_retry = response.headers.get("x-slack-no-retry") == "1"
        if not response.is_success:
            return Reply(delivered=False, reason="http_error", status=response.status_code, no_retry=no_retry)
        return Reply(delivered=True, body=_answer(response), status=response.status_code)

    async def _post(self, body: bytes, kind: str, extra: dict[str, str]) -> httpx.Response:
        timestamp = str(int(self._now()))
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            **extra,
        }
        return await self._client.post(self._url, content=body, headers=headers)


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The answer as an object; plain text becomes a message text, as for slash commands."""
    if not response.content.strip():
        return {}
    if "json" in response.headers.get("content-type", ""):
        try:
            body = response.json()
        except json.JSONDecodeError:
            return {}
        return body if isinstance(body, dict) else {}
    return {"text": response.text}
