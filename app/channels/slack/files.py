"""Files that people shared with Sophia: looked up by id, fetched with her token from Slack's own host and no other.

https://docs.slack.dev/messaging/working-with-files · https://docs.slack.dev/reference/objects/file-object
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat

SLACKS_OWN = "https://slack.com/api"
FILES_HOST = "files.slack.com"
MOST_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True)
class SharedFile:
    """A file with its bytes. `link` opens it in Slack; `shared_by` is the user id of who uploaded it."""

    id: str
    name: str
    mimetype: str
    content: bytes
    link: str
    shared_at: datetime
    shared_by: str


class SlackFiles:
    """`api_url` other than Slack's own is a local workspace, whose host then serves the files too."""

    def __init__(self, client: AsyncWebClient, outbound: Outbound, *, token: str, api_url: str) -> None:
        self._client = client
        self._token = token
        egress = (
            EgressPolicy(frozenset({FILES_HOST}))
            if api_url.startswith(SLACKS_OWN)
            else EgressPolicy.for_base_url(api_url, configured=True)
        )
        self._http = outbound.service(
            ServicePolicy(key="slack_files", label="Slack", egress=egress, connections=2, max_bytes=MOST_BYTES)
        )

    async def fetch(self, file_id: str) -> SharedFile:
        """The file as Slack has it now. Raises Fixable, NotAllowed or RetryLater, with a sentence for people."""
        about = await self._about(file_id)
        name = str(about.get("name") or about.get("title") or "file")
        if int(about.get("size") or 0) > MOST_BYTES:
            raise Fixable(f"“{name}” is larger than the {MOST_BYTES // 2**20} MB I read.", next_step="Please split it.")
        address = str(about.get("url_private") or "")
        if urlsplit(address).scheme not in ("http", "https"):
            raise Fixable(f"Slack holds no content of “{name}”.", next_step="Please upload the file itself.")
        return SharedFile(
            id=file_id,
            name=name,
            mimetype=str(about.get("mimetype") or ""),
            content=await self._content(name, address),
            link=str(about.get("permalink") or ""),
            shared_at=datetime.fromtimestamp(int(about.get("created") or 0), UTC),
            shared_by=str(about.get("user") or ""),
        )

    async def _about(self, file_id: str) -> dict[str, Any]:
        try:
            found: Any = await self._client.files_info(file=file_id)
        except CALL_FAILURES as refused:
            raise Fixable(
                "Slack didn't let me see that file.",
                next_step="Please share it with me again.",
                code="slack_file_refused",
                detail=code_of(refused),
            ) from None
        about: dict[str, Any] = found.get("file") or {}
        return about

    async def _content(self, name: str, address: str) -> bytes:
        """Slack answers a token without rights with a redirect to its sign-in page: that is a refusal, not a file."""
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            reply = await self._http.send(Call("download", "GET", address, Repeat.SAFE, headers))
        except NotAllowed:
            raise
        except SophiaError as failed:
            raise Fixable(
                f"I couldn't get “{name}” from Slack.",
                next_step="Please share it again in a few minutes.",
                code="slack_file_refused",
                detail=failed.code,
            ) from None
        return reply.body
