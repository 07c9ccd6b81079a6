"""The e-mail stand-in, through Resend's wire protocol: idempotency, refusals, what lands in the outbox."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.sandbox.outbox import Outbox
from app.sandbox.resend import resend_router

GOOD: dict[str, Any] = {
    "from": "Maple Grove <office@example.com>",
    "to": ["maria@example.com"],
    "subject": "Your renewal",
    "text": "Dear Maria",
}


class Clock:
    now = 1_767_600_000.0


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(now=lambda: Clock.now)


@pytest.fixture
async def http(outbox: Outbox) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(resend_router(outbox))
    headers = {"Authorization": "Bearer re_local"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        yield client


async def test_an_accepted_mail_answers_its_id_and_lands_in_the_outbox(http: httpx.AsyncClient, outbox: Outbox) -> None:
    answer = await http.post("/emails", json=GOOD | {"cc": "jen@example.com"})
    assert answer.status_code == 200
    [kept] = outbox.messages
    assert (kept.id, kept.kind, kept.subject) == (answer.json()["id"], "email", "Your renewal")
    assert (kept.to, kept.cc) == (("maria@example.com",), ("jen@example.com",))
    assert (await http.get(f"/emails/{kept.id}")).json()["subject"] == "Your renewal"


async def test_the_same_key_with_the_same_body_sends_once_and_with_another_is_a_conflict(
    http: httpx.AsyncClient, outbox: Outbox
) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await http.post("/emails", json=GOOD, headers=key)
    second = await http.post("/emails", json=GOOD, headers=key)
    third = await http.post("/emails", json=GOOD | {"subject": "Other"}, headers=key)
    assert first.json() == second.json()
    assert len(outbox.messages) == 1
    assert (third.status_code, third.json()["name"]) == (409, "invalid_idempotent_request")


async def test_a_key_is_forgotten_after_a_day(
    http: httpx.AsyncClient, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"Idempotency-Key": "k1"}
    await http.post("/emails", json=GOOD, headers=key)
    monkeypatch.setattr(Clock, "now", Clock.now + 24 * 3600 + 1)
    await http.post("/emails", json=GOOD, headers=key)
    assert len(outbox.messages) == 2


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"to": []}, 422, "missing_required_field"),
        ({"to": ["not an address"]}, 422, "validation_error"),
        ({"from": "office"}, 422, "invalid_from_address"),
        ({"subject": ""}, 422, "missing_required_field"),
        ({"text": ""}, 422, "validation_error"),
        ({"to": [f"a{i}@example.com" for i in range(51)]}, 422, "validation_error"),
        ({"colour": "red"}, 422, "validation_error"),
    ],
)
async def test_a_refusal_names_its_kind_and_nothing_is_kept(
    http: httpx.AsyncClient, outbox: Outbox, change: dict[str, Any], status: int, name: str
) -> None:
    answer = await http.post("/emails", json=GOOD | change)
    assert (answer.status_code, answer.json()["statusCode"], answer.json()["name"]) == (status, status, name)
    assert outbox.messages == []


async def test_a_missing_and_a_wrong_key_are_told_apart(http: httpx.AsyncClient) -> None:
    missing = await http.post("/emails", json=GOOD, headers={"Authorization": ""})
    wrong = await http.post("/emails", json=GOOD, headers={"Authorization": "Bearer re_other"})
    assert (missing.status_code, missing.json()["name"]) == (401, "missing_api_key")
    assert (wrong.status_code, wrong.json()["name"]) == (403, "invalid_api_key")
