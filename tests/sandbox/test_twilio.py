"""The SMS stand-in, through Twilio's wire protocol: what it takes, what it refuses, what lands in the outbox."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from app.sandbox.accounts import TwilioAccount
from app.sandbox.outbox import Outbox
from app.sandbox.twilio import segments, twilio_router

ACCOUNT = TwilioAccount()
PATH = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
GOOD = {"To": "+15125550143", "From": ACCOUNT.numbers[0], "Body": "Hi Maria"}


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(now=lambda: 1_767_600_000.0)


@pytest.fixture
async def http(outbox: Outbox) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(twilio_router(outbox))
    transport = httpx.ASGITransport(app)
    auth = (ACCOUNT.sid, ACCOUNT.auth_token)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", auth=auth) as client:
        yield client


async def test_an_accepted_message_answers_201_and_lands_in_the_outbox(http: httpx.AsyncClient, outbox: Outbox) -> None:
    answer = await http.post(PATH, data=GOOD)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["status"], body["to"], body["num_segments"], body["error_code"]) == ("queued", GOOD["To"], "1", None)
    assert body["date_created"] == "Mon, 05 Jan 2026 08:00:00 +0000"
    [kept] = outbox.messages
    assert (kept.id, kept.kind, kept.to, kept.body) == (body["sid"], "sms", (GOOD["To"],), "Hi Maria")


async def test_the_answer_matches_twilios_published_schema(shared: Path, http: httpx.AsyncClient) -> None:
    body = (await http.post(PATH, data=GOOD)).json()
    spec = json.loads((shared / "specs/twilio/twilio_api_v2010.json").read_text())
    properties: dict[str, Any] = spec["components"]["schemas"]["api.v2010.account.message"]["properties"]
    assert set(body) == set(properties)
    for name in ("sid", "account_sid"):
        jsonschema.validate(body[name], {"type": "string", "pattern": properties[name]["pattern"]})


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"To": "555-0143"}, 400, 21211),
        ({"To": ""}, 400, 21604),
        ({"From": ""}, 400, 21603),
        ({"From": "+15125550199"}, 400, 21606),
        ({"Body": ""}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
        ({"To": ACCOUNT.numbers[0]}, 400, 21266),
        ({"To": "+15125550666"}, 400, 21610),
    ],
)
async def test_a_refusal_has_twilios_code_and_nothing_is_kept(
    http: httpx.AsyncClient, outbox: Outbox, change: dict[str, str], status: int, code: int
) -> None:
    outbox.opted_out.add("+15125550666")
    answer = await http.post(PATH, data=GOOD | change)
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert body["more_info"].endswith(str(code))
    assert outbox.messages == []


async def test_a_wrong_token_is_20003_and_another_account_20404(http: httpx.AsyncClient) -> None:
    wrong = await http.post(PATH, data=GOOD, auth=(ACCOUNT.sid, "no"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, 20003)
    other = await http.post("/2010-04-01/Accounts/AC9/Messages.json", data=GOOD)
    assert (other.status_code, other.json()["code"]) == (404, 20404)


async def test_a_message_can_be_read_back(http: httpx.AsyncClient) -> None:
    sid = (await http.post(PATH, data=GOOD)).json()["sid"]
    assert (await http.get(PATH.replace(".json", f"/{sid}.json"))).json()["status"] == "delivered"
    assert (await http.get(PATH.replace(".json", "/SM0.json"))).json()["code"] == 20404
    listed = (await http.get(PATH, params={"To": GOOD["To"]})).json()["messages"]
    assert [row["sid"] for row in listed] == [sid]


@pytest.mark.parametrize(
    ("body", "count"),
    [("x" * 160, 1), ("x" * 161, 2), ("’" * 70, 1), ("’" * 71, 2), ("€" * 80, 1), ("€" * 81, 2), ("x" * 306, 2)],
)
def test_segments_are_counted_by_the_alphabet_of_the_text(body: str, count: int) -> None:
    assert segments(body) == count
