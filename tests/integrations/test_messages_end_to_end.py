"""From the approved card over real sockets into the stand-ins' outbox: sent once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import Field

from app.db.engine import Database
from app.domain.clock import CountingIds, SystemClock
from app.domain.delivery import Delivery
from app.domain.principal import Role, Surface
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.http.outbound import Outbound
from app.integrations.resend import ResendEmail
from app.integrations.twilio import TwilioSms
from app.sandbox.accounts import TwilioAccount
from app.sandbox.outbox import Outbox
from app.sandbox.resend import resend_router
from app.sandbox.twilio import twilio_router
from app.security.keys import KeyRing
from app.security.outgoing import OutgoingMessages
from app.security.people import Member, principal_of, upsert_people
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Decision, Gate, Patience, Waiting, Workbench
from app.tools.core.services import Services
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput

WORKSPACE = "T1"
PHONE = "+15125550142"


class Args(ToolArgs):
    to: str = Field(description="Phone number or email address")
    body: str = Field(description="Text")


class Result(ToolOutput):
    delivery: Delivery


async def _prepare(ctx: ToolContext, args: Args) -> Preparation:
    return Preparation(
        title="Send a message",
        consequence=f"{args.to} gets it at once.",
        arguments=args.model_dump(),
        recipients=(args.to,),
        editable=("body",),
    )


async def _send(ctx: ToolContext, args: Args) -> Result:
    out, key = ctx.services.messages, ctx.idempotency_key
    if "@" in args.to:
        delivery = await out.send_email(
            sender=ctx.principal, to=args.to, subject="Hello", body=args.body, idempotency_key=key
        )
    else:
        delivery = await out.send_sms(sender=ctx.principal, to=args.to, body=args.body, idempotency_key=key)
    return Result(delivery=delivery)


async def _find(ctx: ToolContext, args: Args) -> Result | None:
    found = await ctx.services.messages.find(
        workspace_id=ctx.principal.workspace_id, idempotency_key=ctx.idempotency_key
    )
    return None if found is None else Result(delivery=found)


SEND = Tool(
    name="send",
    title="Send a message",
    description="Sends a message.",
    args=Args,
    result=Result,
    effect=Effect.EGRESS,
    scope=Scope.MESSAGES_SEND,
    run=_send,
    present=lambda args, result: Presentation(text=f"Sent to {args.to}."),
    examples=("one", "two", "three"),
    prepare=_prepare,
    approval=Approval(Scope.APPROVE_MESSAGES),
    reconcile=_find,
)


@dataclass
class Line:
    """A gate whose messages go to the stand-ins. Each method in `lose` loses one answer of a request that worked;
    those in `drop` never arrive."""

    gate: Gate
    db: Database
    outbox: Outbox
    lose: list[str]
    drop: list[str]

    async def send(self, to: str, body: str, turn: str = "t") -> Decision:
        mia = await principal_of(self.db, WORKSPACE, "U1")
        origin = CallOrigin(turn_id=turn, conversation="D1:1", surface=Surface.SLACK)
        waiting = await self.gate.call(mia, "send", {"to": to, "body": body}, origin)
        assert isinstance(waiting, Waiting), waiting
        assert self.outbox.messages == [] or turn != "t", "nothing leaves before somebody approved"
        return await self.gate.decide(waiting.card.approval_id, mia, "approve")

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(message.to[0], message.body) for message in self.outbox.messages]


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    clock, account = SystemClock(), TwilioAccount()
    outbox = Outbox(now=lambda: clock.now().timestamp())
    lose: list[str] = []
    drop: list[str] = []
    app = FastAPI()
    app.include_router(twilio_router(outbox, account))
    app.include_router(resend_router(outbox, "re_local"))

    @app.middleware("http")
    async def unreliable(request: Request, call_next: Callable[[Request], Any]) -> Response:
        if request.method in drop:
            return Response(status_code=502)
        answer = await call_next(request)
        if request.method in lose:
            lose.remove(request.method)
            return Response(status_code=502)
        return answer

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))

    async def no_pause(_seconds: float) -> None:
        return None

    outbound = Outbound(clock, sleep=no_pause)
    await upsert_people(db, WORKSPACE, [Member("U1", "Mia", frozenset({Role.PROPERTY_MANAGER}))])
    safeguards = Safeguards.build(db, KeyRing(b"a secret for tests only"), clock, Redactor().value)
    twilio = TwilioSms(
        outbound,
        account_sid=account.sid,
        auth_token=account.auth_token,
        sender=account.numbers[0],
        base_url=base_url,
    )
    resend = ResendEmail(outbound, api_key="re_local", sender="Sunrise <hi@sunrise.example>", base_url=base_url)
    messages = OutgoingMessages(db, clock, safeguards.switches, sms=twilio, email=resend)
    nothing: Any = None
    bench = Workbench(db, clock, CountingIds(), Services(messages=messages, systems=nothing, documents=nothing))
    gate = Gate({"send": SEND}, bench, safeguards, Patience(read_back_after=(0.0,)))
    yield Line(gate, db, outbox, lose, drop)
    await outbound.close()
    server.should_exit = True
    await serving


async def test_an_approved_text_and_email_land_in_the_outbox(line: Line) -> None:
    assert (await line.send(PHONE, "See you at 3")).status == "executed"
    assert (await line.send("pat@example.com", "Hello Pat", turn="t2")).status == "executed"
    assert line.sent == [(PHONE, "See you at 3"), ("pat@example.com", "Hello Pat")]


async def test_a_text_whose_answer_is_lost_is_found_and_not_sent_twice(line: Line) -> None:
    line.lose.append("POST")
    assert (await line.send(PHONE, "See you at 3")).status == "executed"
    assert line.sent == [(PHONE, "See you at 3")]


async def test_an_email_whose_answers_are_lost_is_asked_for_again_and_sent_once(line: Line) -> None:
    line.lose.extend(["POST", "POST"])
    assert (await line.send("pat@example.com", "Hello Pat")).status == "executed"
    assert line.sent == [("pat@example.com", "Hello Pat")]


async def test_a_text_that_never_arrived_may_be_approved_once_more(line: Line) -> None:
    line.drop.append("POST")
    decision = await line.send(PHONE, "See you at 3")
    assert decision.status == "failed"
    assert decision.card is not None
    assert line.sent == []
    line.drop.clear()
    mia = await principal_of(line.db, WORKSPACE, "U1")
    assert (await line.gate.decide(decision.card.approval_id, mia, "approve")).status == "executed"
    assert line.sent == [(PHONE, "See you at 3")]


async def test_a_text_that_cannot_be_looked_up_is_left_to_a_person(line: Line) -> None:
    line.lose.extend(["POST", *["GET"] * 10])
    decision = await line.send(PHONE, "See you at 3")
    assert decision.status == "unknown"
    assert line.sent == [(PHONE, "See you at 3")]


async def test_somebody_who_opted_out_is_not_texted_and_the_sentence_says_so(line: Line) -> None:
    line.outbox.opted_out.add(PHONE)
    decision = await line.send(PHONE, "See you at 3")
    assert decision.status == "failed"
    assert decision.sentence.startswith("(512) 555-0142 has opted out of our text messages")
    assert line.sent == []
