"""The HTTP door: forged, replayed, garbled and oversized requests; health and metrics."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.db.models.runtime import IntakeEntry
from app.domain.errors import Fixable, RetryLater
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from app.telemetry.health import LoopLag
from app.telemetry.metrics import LOOP_LAG_SECONDS
from handlers.http.server import build_http
from handlers.http.watched import watched
from tests.handlers.house import House, build_house
from tests.runtime.conftest import until

SECRET = "local-signing-secret"
TEAM = "T07HEARTH1"


@pytest.fixture
async def house(sqlite_db, tmp_path) -> AsyncIterator[House]:
    """A house whose HTTP side is called without a network."""
    async with LocalSlack(SandboxConfig(rate_multiplier=None)) as slack:
        made = await build_house(sqlite_db, tmp_path, slack.api_url)
        made.stoppers.append(build_http(made.deps))
        await made.runtime.start()
        yield made
        if not made.runtime.draining:
            await made.runtime.drain(2)


@pytest.fixture
async def web(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the HTTP side."""
    transport = httpx.ASGITransport(app=house.stoppers[0])
    async with httpx.AsyncClient(transport=transport, base_url="http://sophia") as client:
        yield client


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Slack's signature headers. https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
    }


def event(ts: str = "1700000000.000100", event_id: str = "Ev1", kind: str = "message", **fields) -> str:
    """A signed event's body."""
    inner = {"type": kind, "user": "U07JENNY01", "text": "hello", "ts": ts, "channel": "D07JENNY01", **fields}
    if kind == "message":
        inner.setdefault("channel_type", "im")
    body = {"type": "event_callback", "team_id": TEAM, "api_app_id": "A07SOPHIA01", "event_id": event_id}
    return json.dumps({**body, "event": inner, "authorizations": [{"team_id": TEAM, "user_id": "U07SOPHIA01"}]})


async def stored(house: House) -> int:
    async with house.deps.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(IntakeEntry)) or 0


async def send(web: httpx.AsyncClient, body: str, headers: dict[str, str] | None = None) -> int:
    response = await web.post("/slack/events", content=body, headers=headers or signed(body))
    assert "Traceback" not in response.text
    return response.status_code


async def test_a_signed_event_is_stored_before_it_is_acknowledged(web, house):
    assert await send(web, event()) == 200
    assert await stored(house) == 1


@pytest.mark.parametrize("timestamp", ["abc", "", "12.5", "-1", "١٧٠٠٠٠٠٠٠٠", "1e9", " 17", "9" * 400])
async def test_a_garbled_timestamp_is_refused_before_anything_else(web, house, timestamp):
    body = event()
    headers = {name: value.encode() for name, value in signed(body).items()}
    headers["x-slack-request-timestamp"] = timestamp.encode()
    assert await send(web, body, headers) in (401, 403)
    assert await stored(house) == 0


async def test_a_process_without_a_web_side_serves_health_and_metrics_alone(house: House) -> None:
    async with watched(house.deps, "127.0.0.1", 0) as address, httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/livez")).json()["alive"]
        assert (await client.get("/readyz")).json() == {"ready": True, "reasons": []}
        assert "sophia_intake_waiting" in (await client.get("/metrics")).text
        assert (await client.post("/slack/events", content=event())).status_code == 404
        with pytest.raises(Fixable, match="Nothing can listen on"):
            async with watched(house.deps, "127.0.0.1", int(address.rpartition(":")[2])):
                pass


async def test_forged_and_stale_requests_are_refused(web, house):
    body = event()
    attempts = [
        signed(body, secret="another secret"),
        signed(body + " "),
        signed(body, at=time.time() - 301),
        signed(body, at=time.time() + 301),
        signed(body) | {"x-slack-signature": ""},
        signed(body) | {"x-slack-signature": "v0=" + "0" * 64},
        {"content-type": "application/json"},
    ]
    for headers in attempts:
        assert await send(web, body, headers) in (401, 403)
    assert await stored(house) == 0


async def test_a_replayed_request_changes_nothing(web, house):
    body = event()
    headers = signed(body)
    for _ in range(5):
        assert await send(web, body, headers) == 200
    assert await stored(house) == 1
    await until(lambda: len(house.agent.turns) == 1)


async def test_a_retry_is_never_dropped_because_it_is_a_retry(web, house):
    body = event()
    headers = signed(body) | {"x-slack-retry-num": "3", "x-slack-retry-reason": "http_timeout"}
    assert await send(web, body, headers) == 200
    assert await stored(house) == 1


async def test_the_same_message_under_a_new_event_id_or_as_a_mention_is_one_turn(web, house):
    text = "<@U07SOPHIA01> hello"
    channel = {"channel": "C07MAINTNC", "channel_type": "channel", "text": text}
    assert await send(web, event(event_id="Ev1", **channel)) == 200
    assert await send(web, event(event_id="Ev2", kind="app_mention", channel="C07MAINTNC", text=text)) == 200
    assert await send(web, event(event_id="Ev3", **channel)) == 200
    assert await stored(house) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B07SOPHIA01", "user": "U07SOPHIA01"},
        {"bot_id": "B0OTHER", "user": "U0OTHERBOT"},
        {"user": None},
        {"subtype": "channel_join"},
        {"channel": "C07MAINTNC", "channel_type": "channel", "text": "nobody asked Sophia"},
    ],
)
async def test_what_nobody_said_to_sophia_is_acknowledged_and_left_alone(web, house, fields):
    assert await send(web, event(**fields)) == 200
    assert await stored(house) == 0


SAMPLES = ("ReactionAdded", "MessageChanged", "TokensRevoked", "LinkShared", "MemberJoinedChannel", "AppHomeOpened")


@pytest.mark.parametrize("sample", SAMPLES)
async def test_slacks_own_sample_events_are_acknowledged(web, house, sample, shared):
    body = json.loads((shared / f"specs/slack/samples/{sample}Payload.json").read_text())
    assert await send(web, json.dumps({**body, "type": "event_callback"})) == 200
    assert await stored(house) == 0


GARBAGE = ('{"event":5}', "", "{", "[]", '"x"', "null", "[" * 100_000, "payload=%7B", '{"a":1}x')


@pytest.mark.parametrize("body", GARBAGE)
async def test_garbage_with_a_good_signature_is_refused(web, house, body):
    assert await send(web, body) == 400
    assert await send(web, body, signed(body) | {"content-type": "application/x-www-form-urlencoded"}) == 400
    assert await stored(house) == 0


@pytest.mark.parametrize("body", ['{"type":"block_actions"}', '{"event":{}}', '{"command":[]}'])
async def test_an_object_that_is_nothing_we_know_stores_nothing(web, house, body):
    assert await send(web, body) < 500
    assert await stored(house) == 0


async def test_bytes_that_are_no_text_are_refused(web):
    response = await web.post("/slack/events", content=b"\xff\xfe", headers=signed(""))
    assert response.status_code == 400


async def test_an_oversized_body_is_refused_unread(web, house):
    big = event(text="x" * 1_100_000)
    assert await send(web, big) == 413

    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"x-slack-request-timestamp": str(int(time.time()))}
    response = await web.post("/slack/events", content=pieces(), headers=headers)
    assert response.status_code == 413
    assert await stored(house) == 0


async def test_what_could_not_be_stored_is_answered_with_500_so_that_slack_sends_it_again(web, house, monkeypatch):
    async def refuse(arrival):
        raise RetryLater("I couldn't store that.", detail="disk full")

    accept = house.runtime.intake.accept
    monkeypatch.setattr(house.runtime.intake, "accept", refuse)
    body = event()
    response = await web.post("/slack/events", content=body, headers=signed(body))
    assert (response.status_code, response.text) == (500, "")
    monkeypatch.setattr(house.runtime.intake, "accept", accept)
    assert await send(web, body) == 200
    await until(lambda: len(house.agent.turns) == 1)


async def test_slacks_handshake_is_answered(web):
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"})
    response = await web.post("/slack/events", content=body, headers=signed(body))
    assert (response.status_code, response.json()) == (200, {"challenge": "abc"})


async def test_an_empty_command_helps_at_once(web, house):
    fields = {"command": "/sophia", "text": " help ", "team_id": TEAM, "user_id": "U07JENNY01"}
    body = urlencode({**fields, "channel_id": "C1", "trigger_id": "1.2.3"})
    headers = signed(body) | {"content-type": "application/x-www-form-urlencoded"}
    response = await web.post("/slack/events", content=body, headers=headers)
    assert response.status_code == 200
    assert response.json()["response_type"] == "ephemeral"
    assert "I'm Sophia" in response.json()["text"]
    assert await stored(house) == 0


async def test_health_says_why_the_process_is_not_ready(web, house):
    ready = await web.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["reasons"]) == (200, True, [])
    await house.runtime.drain(2)
    ready = await web.get("/readyz")
    assert ready.status_code == 503
    assert "draining: the process is shutting down" in ready.json()["reasons"]


async def test_a_database_that_takes_no_writes_gets_no_traffic_and_no_restart(web, house, monkeypatch):
    async def full() -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(house.runtime._presence, "beat", full)
    ready = await web.get("/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["database: takes no writes"])
    assert (await web.get("/livez")).status_code == 200


async def test_an_old_schema_gets_no_traffic(web, house):
    async with house.deps.db.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    ready = await web.get("/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["schema: not this version's; run: sophia migrate"])


async def test_a_process_whose_loop_does_not_turn_is_not_alive(web, house, monkeypatch):
    app = house.stoppers[0]
    async with app.router.lifespan_context(app):
        await until(lambda: LOOP_LAG_SECONDS.collect()[0].samples[0].value > 0)
        assert (await web.get("/livez")).json()["alive"] is True
        monkeypatch.setattr(LoopLag, "seconds", property(lambda _: 7.25))
        late = await web.get("/livez")
        assert (late.status_code, late.json()) == (503, {"alive": False, "late_seconds": 7.25})


async def test_metrics_and_the_openapi_page_are_served(web):
    metrics = await web.get("/metrics")
    assert "sophia_intake_waiting 0.0" in metrics.text
    described = (await web.get("/openapi.json")).json()
    assert {"/slack/events", "/livez", "/readyz", "/metrics"} <= set(described["paths"])
