"""A strict stand-in for Twilio's messaging REST API: what it accepts lands in the outbox, nothing is sent.

`POST /2010-04-01/Accounts/{Sid}/Messages.json` (form, Basic auth, 201), and reading messages back
(twilio.com/docs/messaging/api/message-resource). Errors carry Twilio's codes and shape.
"""

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.sandbox.accounts import TwilioAccount
from app.sandbox.outbox import Outbox, OutMessage

BODY_MOST = 1600
_E164 = re.compile(r"\+[1-9]\d{7,14}")
_GSM7 = re.compile(r"[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\\[~\]|€]*")
_GSM7_DOUBLE = set("^{}\\[~]|€")


class TwilioRefusal(Exception):
    """An error answer of Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> JSONResponse:
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return JSONResponse(body, self.status)


def segments(body: str) -> int:
    """How many SMS segments a text takes: GSM-7 160/153 characters, otherwise UCS-2 70/67."""
    if _GSM7.fullmatch(body):
        length, single, multi = len(body) + sum(c in _GSM7_DOUBLE for c in body), 160, 153
    else:
        length, single, multi = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // multi)


def twilio_router(outbox: Outbox, account: TwilioAccount | None = None) -> APIRouter:
    """Routes of the messages resource. Point the client's base URL at the server they are mounted in."""
    owner = account or TwilioAccount()
    sent: dict[str, dict[str, Any]] = {}
    router = APIRouter()

    @router.post("/2010-04-01/Accounts/{sid}/Messages.json")
    async def create(sid: str, request: Request) -> JSONResponse:
        try:
            _authenticate(request, owner, sid)
            async with request.form() as form:
                fields = {name: str(value) for name, value in form.items()}
            message = _checked(fields, owner, outbox, f"SM{_digest(outbox, fields)}")
        except TwilioRefusal as refusal:
            return refusal.response()
        outbox.accept(message)
        sent[message.id] = _resource(message, owner, fields)
        return JSONResponse(sent[message.id], 201)

    @router.get("/2010-04-01/Accounts/{sid}/Messages/{message_sid}.json")
    async def fetch(sid: str, message_sid: str, request: Request) -> JSONResponse:
        try:
            _authenticate(request, owner, sid)
        except TwilioRefusal as refusal:
            return refusal.response()
        if message_sid not in sent:
            path = f"/2010-04-01/Accounts/{sid}/Messages/{message_sid}.json"
            return TwilioRefusal(404, 20404, f"The requested resource {path} was not found").response()
        return JSONResponse({**sent[message_sid], "status": "delivered"})

    @router.get("/2010-04-01/Accounts/{sid}/Messages.json")
    async def list_messages(sid: str, request: Request) -> JSONResponse:
        try:
            _authenticate(request, owner, sid)
        except TwilioRefusal as refusal:
            return refusal.response()
        wanted = request.query_params.get("To")
        rows = [row for row in reversed(sent.values()) if wanted in (None, row["to"])]
        size = min(int(request.query_params.get("PageSize", "50")), 1000)
        return JSONResponse({"messages": rows[:size], "page": 0, "page_size": size, "next_page_uri": None})

    return router


def _authenticate(request: Request, owner: TwilioAccount, sid: str) -> None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    if scheme.lower() != "basic" or (user, password) != (owner.sid, owner.auth_token):
        raise TwilioRefusal(401, 20003, "Authenticate")
    if sid != owner.sid:
        raise TwilioRefusal(
            404, 20404, f"The requested resource /2010-04-01/Accounts/{sid}/Messages.json was not found"
        )


def _checked(fields: dict[str, str], owner: TwilioAccount, outbox: Outbox, sid: str) -> OutMessage:
    to, body = fields.get("To", ""), fields.get("Body", "")
    if not to:
        raise TwilioRefusal(400, 21604, "A 'To' phone number is required.")
    if not _E164.fullmatch(to):
        raise TwilioRefusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
    sender = fields.get("From") or fields.get("MessagingServiceSid", "")
    if not sender:
        raise TwilioRefusal(400, 21603, "A 'From' phone number is required.")
    if sender.startswith("MG"):
        if sender not in owner.services:
            raise TwilioRefusal(400, 21701, f"The Messaging Service {sender} does not exist")
    elif sender not in owner.numbers:
        raise TwilioRefusal(400, 21606, f"The 'From' phone number {sender} is not a valid, SMS-capable number.")
    if not body and not fields.get("MediaUrl") and not fields.get("ContentSid"):
        raise TwilioRefusal(400, 21602, "Message body is required.")
    if len(body) > BODY_MOST:
        raise TwilioRefusal(400, 21617, f"The concatenated message body exceeds the {BODY_MOST} character limit")
    if to == sender:
        raise TwilioRefusal(400, 21266, "'To' and 'From' number cannot be the same")
    if to in outbox.opted_out:
        raise TwilioRefusal(400, 21610, "Attempt to send to unsubscribed recipient")
    return OutMessage(sid, "sms", outbox.now(), sender, (to,), body, segments=segments(body))


def _digest(outbox: Outbox, fields: dict[str, str]) -> str:
    seed = f"{len(outbox.messages)}:{outbox.now()}:{sorted(fields.items())}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def _resource(message: OutMessage, owner: TwilioAccount, fields: dict[str, str]) -> dict[str, Any]:
    created = format_datetime(datetime.fromtimestamp(message.at, UTC))
    service = message.sender if message.sender.startswith("MG") else None
    uri = f"/2010-04-01/Accounts/{owner.sid}/Messages/{message.id}"
    return {
        "account_sid": owner.sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": None if service else message.sender,
        "messaging_service_sid": service,
        "num_media": "1" if fields.get("MediaUrl") else "0",
        "num_segments": str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.id,
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to[0],
        "uri": f"{uri}.json",
    }
