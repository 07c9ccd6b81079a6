"""A strict stand-in for Resend's e-mail API: what it accepts lands in the outbox, nothing is sent.

`POST /emails` (JSON, Bearer, `Idempotency-Key` for 24 hours; the same key with another body is a 409)
and `GET /emails/{id}` (resend.com/docs/api-reference/emails).
"""

import hashlib
import json
import re
import uuid
from email.utils import parseaddr
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.sandbox.outbox import Outbox, OutMessage

MOST_RECIPIENTS = 50
KEY_LIFETIME = 24 * 3600
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FIELDS = frozenset(
    [
        "from",
        "to",
        "subject",
        "bcc",
        "cc",
        "scheduled_at",
        "reply_to",
        "html",
        "text",
        "react",
        "headers",
        "topic_id",
        "attachments",
        "tags",
        "template",
    ]
)


class ResendRefusal(Exception):
    """An error answer of Resend's."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name, self.message = status, name, message

    def response(self) -> JSONResponse:
        return JSONResponse({"statusCode": self.status, "name": self.name, "message": self.message}, self.status)


def resend_router(outbox: Outbox, api_key: str = "re_local") -> APIRouter:
    """Routes of the emails resource. Point the client's base URL at the server they are mounted in."""
    seen: dict[str, tuple[float, str, str]] = {}
    sent: dict[str, OutMessage] = {}
    router = APIRouter()

    @router.post("/emails")
    async def send(request: Request) -> JSONResponse:
        try:
            _authenticate(request, api_key)
            raw = await request.body()
            key = _key(request)
            known = seen.get(key)
            if key and known and outbox.now() - known[0] < KEY_LIFETIME:
                if known[1] != _fingerprint(raw):
                    raise ResendRefusal(
                        409,
                        "invalid_idempotent_request",
                        "Same idempotency key used with a different request payload.",
                    )
                return JSONResponse({"id": known[2]})
            message = _checked(_object(raw), outbox)
        except ResendRefusal as refusal:
            return refusal.response()
        outbox.accept(message)
        sent[message.id] = message
        if key:
            seen[key] = (outbox.now(), _fingerprint(raw), message.id)
        return JSONResponse({"id": message.id})

    @router.get("/emails/{email_id}")
    async def fetch(email_id: str, request: Request) -> JSONResponse:
        try:
            _authenticate(request, api_key)
        except ResendRefusal as refusal:
            return refusal.response()
        message = sent.get(email_id)
        if message is None:
            return ResendRefusal(404, "not_found", "Email not found").response()
        return JSONResponse(
            {
                "object": "email",
                "id": message.id,
                "from": message.sender,
                "to": list(message.to),
                "subject": message.subject,
                "html": message.html or None,
                "text": message.body or None,
                "last_event": "delivered",
            }
        )

    return router


def _authenticate(request: Request, api_key: str) -> None:
    given = request.headers.get("authorization", "")
    if not given:
        raise ResendRefusal(401, "missing_api_key", "Missing API key in the authorization header.")
    if given != f"Bearer {api_key}":
        raise ResendRefusal(403, "invalid_api_key", "API key is invalid")


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > 256:
        raise ResendRefusal(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
    return key


def _fingerprint(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise ResendRefusal(422, "validation_error", "The request body must be a JSON object.")
    return body


def _checked(body: dict[str, Any], outbox: Outbox) -> OutMessage:
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise ResendRefusal(422, "validation_error", f"Unknown field `{unknown[0]}`.")
    for name in ("from", "to", "subject"):
        if not body.get(name):
            raise ResendRefusal(422, "missing_required_field", f"Missing `{name}` field.")
    if not body.get("html") and not body.get("text"):
        raise ResendRefusal(422, "validation_error", "Missing `html` or `text` field.")
    sender = str(body["from"])
    if not _ADDRESS.fullmatch(parseaddr(sender)[1]):
        raise ResendRefusal(
            422, "invalid_from_address", "Invalid `from` field. The email address needs to follow the format."
        )
    to = _addresses(body, "to")
    if len(to) > MOST_RECIPIENTS:
        raise ResendRefusal(422, "validation_error", f"The `to` field takes at most {MOST_RECIPIENTS} addresses.")
    attachments = body.get("attachments") or []
    tags = body.get("tags") or []
    return OutMessage(
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{len(outbox.messages)}:{outbox.now()}:{to}:{body['subject']}")),
        kind="email",
        at=outbox.now(),
        sender=sender,
        to=to,
        cc=_addresses(body, "cc"),
        bcc=_addresses(body, "bcc"),
        reply_to=_addresses(body, "reply_to"),
        subject=str(body["subject"]),
        body=str(body.get("text") or ""),
        html=str(body.get("html") or ""),
        attachments=tuple(str(a.get("filename", "attachment")) for a in attachments if isinstance(a, dict)),
        tags={str(t.get("name")): str(t.get("value")) for t in tags if isinstance(t, dict)},
    )


def _addresses(body: dict[str, Any], name: str) -> tuple[str, ...]:
    given = body.get(name) or []
    items = given if isinstance(given, list) else [given]
    for item in items:
        if not isinstance(item, str) or not _ADDRESS.fullmatch(parseaddr(item)[1]):
            raise ResendRefusal(422, "validation_error", f"Invalid `{name}` field: {item!r} is not an e-mail address.")
    return tuple(items)
