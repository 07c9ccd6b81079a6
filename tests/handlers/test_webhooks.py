"""What HubSpot tells of changes: only its own word is taken, once, stored before it is acknowledged, and then read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.business import Deal
from app.db.models.runtime import IntakeEntry
from app.domain.clock import SystemClock
from app.domain.errors import NotAllowed, RetryLater
from app.http.outbound import Outbound
from app.integrations.hubspot import CONNECTOR
from app.integrations.telling import Delivered, Telling
from app.portfolio.sync import sync_source
from app.portfolio.sync.record import refresh_record
from app.sandbox.accounts import HubSpotAccount
from app.sandbox.hubspot.server import HubSpotServer
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from handlers.core.deps import Changes
from tests.handlers.conftest import free_port
from tests.handlers.house import House, build_house, close, serve_http
from tests.integrations.hubspot.rig import HandClock, serving, settings
from tests.runtime.conftest import until

ACCOUNT = HubSpotAccount()
WORKSPACE = "W1"
PATH = "/webhooks/hubspot"


@dataclass
class Door:
    """A house with HubSpot connected, and HubSpot's stand-in. `address` is where HubSpot was told to send."""

    house: House
    hubspot: HubSpotServer
    db: Database
    address: str

    async def send(self, body: bytes, headers: Mapping[str, Any] | None = None, path: str = PATH) -> int:
        async with httpx.AsyncClient(base_url=self.address.removesuffix(PATH), trust_env=False) as client:
            reply = await client.post(path, content=body, headers=headers or self.signed(body))
        assert reply.content == b""
        return reply.status_code

    def signed(self, body: bytes, *, secret: str = "", at: float | None = None, address: str = "") -> dict[str, str]:
        moment = str(int((time.time() if at is None else at) * 1000))
        text = b"POST" + (address or self.address).encode() + body + moment.encode()
        digest = hmac.new((secret or ACCOUNT.client_secret).encode(), text, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "X-HubSpot-Request-Timestamp": moment,
            "X-HubSpot-Signature-v3": base64.b64encode(digest).decode(),
        }

    async def stored(self) -> list[dict[str, Any]]:
        async with self.db.reading() as session:
            return [json.loads(one) for one in await session.scalars(select(IntakeEntry.payload))]

    async def amount(self, number: int) -> int | None:
        async with self.db.reading() as session:
            row = await session.get(Deal, (WORKSPACE, f"hubspot:{number}"))
        return row.amount_cents if row is not None and row.deleted_at is None else None


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "eventId": 100,
        "subscriptionId": 25,
        "portalId": ACCOUNT.portal_id,
        "appId": 1,
        "occurredAt": 1_780_000_000_000,
        "subscriptionType": "deal.propertyChange",
        "objectId": number,
        "propertyName": "amount",
        "propertyValue": "12",
        "attemptNumber": 0,
        **more,
    }


def batch(*events: Any) -> bytes:
    return json.dumps(list(events)).encode()


@pytest.fixture
async def door(sqlite_db: Database, tmp_path: Path) -> AsyncIterator[Door]:
    clock, port = SystemClock(), free_port()
    address = f"http://127.0.0.1:{port}{PATH}"
    outbound = Outbound(clock)
    async with (
        LocalSlack(SandboxConfig(rate_multiplier=None)) as slack,
        serving(tmp_path / "hubspot", HandClock(clock.now())) as (hubspot, url),
    ):
        more = {
            "HUBSPOT_CLIENT_SECRET": ACCOUNT.client_secret,
            "HUBSPOT_PORTAL_ID": str(ACCOUNT.portal_id),
            "HUBSPOT_WEBHOOK_URL": address,
        }
        connector = CONNECTOR.open(settings(url, **more), outbound, clock)
        assert (await sync_source(sqlite_db, WORKSPACE, connector, clock=clock)).ok
        house = await build_house(sqlite_db, tmp_path, slack.api_url)

        async def refresh(system: str, resource: str, record_id: str, told: Any) -> bool:
            assert system == "hubspot"
            assert isinstance(connector, Telling)
            return await refresh_record(
                sqlite_db, WORKSPACE, connector, clock, resource=resource, record_id=record_id, told=told
            )

        house.deps = replace(house.deps, changes=Changes(WORKSPACE, {"hubspot": connector}, refresh))
        await serve_http(house, port)
        hubspot.webhooks.address = address
        yield Door(house, hubspot, sqlite_db, address)
        await close(house)
        await outbound.close()


async def test_a_change_at_hubspot_is_told_stored_and_read(door: Door) -> None:
    store = door.hubspot.store
    store.change(store.get("deals", "1"), {"amount": "12.34"})
    await door.hubspot.webhooks.deliver()
    assert door.hubspot.webhooks.told == 1

    async def arrived() -> bool:
        return await door.amount(1) == 1234

    await until(arrived)
    [payload] = await door.stored()
    assert payload == {"system": "hubspot", "resource": "deals", "record_id": "1"}  # no value is believed


async def test_a_deleted_record_goes_and_a_new_one_comes(door: Door) -> None:
    store = door.hubspot.store
    store.archive(store.get("deals", "2"))
    made = store.create("deals", {"dealname": "Fresh", "dealstage": "closedwon", "amount": "7", "pipeline": "default"})
    await door.hubspot.webhooks.deliver()

    async def arrived() -> bool:
        return await door.amount(2) is None and await door.amount(made.id) == 700

    await until(arrived)


async def test_many_changes_of_one_record_in_any_order_cost_few_readings(door: Door) -> None:
    store = door.hubspot.store
    for number in range(30):
        store.change(store.get("deals", "1"), {"amount": str(number)})
    door.hubspot.calls.clear()
    await door.hubspot.webhooks.deliver()

    async def done() -> bool:
        async with door.db.reading() as session:
            states = set(await session.scalars(select(IntakeEntry.state)))
        return states == {"done"}

    await until(done)
    assert await door.amount(1) == 2900
    assert len(await door.stored()) == 30
    assert door.hubspot.calls.count("GET /crm/v3/objects/deals/1") < 5


async def test_the_same_event_delivered_again_is_stored_once(door: Door) -> None:
    assert await door.send(batch(event(1), event(2))) == 200
    assert await door.send(batch(event(2, attemptNumber=1), event(1, attemptNumber=1))) == 200
    assert len(await door.stored()) == 2
    assert await door.send(batch(event(1, occurredAt=1_780_000_000_001))) == 200  # another event of the same id
    assert len(await door.stored()) == 3


async def test_a_replayed_request_is_taken_once_and_refused_when_it_is_old(door: Door) -> None:
    body = batch(event())
    headers = door.signed(body)
    assert [await door.send(body, headers) for _ in range(2)] == [200, 200]
    assert len(await door.stored()) == 1
    assert await door.send(batch(event(2)), door.signed(batch(event(2)), at=time.time() - 301)) == 403
    assert await door.send(batch(event(2)), door.signed(batch(event(2)), at=time.time() + 301)) == 403
    assert len(await door.stored()) == 1


async def test_a_forged_request_is_refused(door: Door) -> None:
    body = batch(event())
    good = door.signed(body)
    forged = [
        door.signed(body, secret="another secret"),
        door.signed(body, address="http://elsewhere.example/webhooks/hubspot"),
        door.signed(batch(event(2))),
        good | {"X-HubSpot-Request-Timestamp": str(int(time.time() * 1000) + 1)},
        good | {"X-HubSpot-Request-Timestamp": "soon"},
        good | {"X-HubSpot-Request-Timestamp": b"\xd9\xa1"},
        good | {"X-HubSpot-Signature-v3": ""},
        {name: value for name, value in good.items() if "Signature" not in name},
        {"X-HubSpot-Signature": "0" * 64, "Content-Type": "application/json"},  # version 1
    ]
    for headers in forged:
        assert await door.send(body, headers) == 403
    assert await door.stored() == []
    assert await door.send(body, good) == 200


async def test_events_of_another_account_are_left_out(door: Door) -> None:
    assert await door.send(batch(event(1, portalId=999), event(2, portalId=str(ACCOUNT.portal_id)))) == 200
    assert [one["record_id"] for one in await door.stored()] == ["2"]


@pytest.mark.parametrize(
    "body", [b"{}", b"7", b"", b"[", batch(*[event()] * 1001)], ids=["object", "7", "", "half", "many"]
)
async def test_what_is_no_list_of_events_is_refused(door: Door, body: bytes) -> None:
    assert await door.send(body) == 400
    assert await door.stored() == []


async def test_events_about_nothing_known_are_acknowledged_and_forgotten(door: Door) -> None:
    odd = [None, 7, [], {}, event(subscriptionType="ticket.creation"), event(objectId="../1"), event(objectId=None),
           event(subscriptionType=None), event(objectId=-4), event(objectId=True)]  # fmt: skip
    assert await door.send(batch(*odd)) == 200
    assert await door.stored() == []


async def test_merges_associations_and_newer_kinds_of_events_name_all_their_records(door: Door) -> None:
    merge = event(
        5, subscriptionType="contact.merge", primaryObjectId=6, newObjectId=7, mergedObjectIds=[11, "12", None]
    )
    link = event(0, subscriptionType="deal.associationChange", fromObjectId=8, toObjectId=9)
    del link["objectId"]
    newer = event(10, subscriptionType="object.propertyChange", objectTypeId="0-27")
    assert await door.send(batch(merge, link, newer)) == 200
    assert {(one["resource"], one["record_id"]) for one in await door.stored()} == {
        ("contacts", "5"),
        ("contacts", "6"),
        ("contacts", "7"),
        ("contacts", "11"),
        ("contacts", "12"),
        ("deals", "8"),
        ("tasks", "10"),
    }


async def test_a_huge_body_is_refused_unread(door: Door) -> None:
    assert await door.send(b"[" + b" " * door.house.deps.largest_body + b"]") == 413
    assert await door.stored() == []


async def test_what_can_not_be_stored_is_not_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(arrival: Any) -> bool:
        raise RetryLater("The disk is full.", code="intake_failed")

    monkeypatch.setattr(door.house.runtime, "accept", full)
    assert await door.send(batch(event())) == 503


async def test_a_system_that_tells_nothing_has_no_door(door: Door) -> None:
    assert await door.send(batch(event()), path="/webhooks/entrata") == 404


@pytest.mark.parametrize("missing", ["HUBSPOT_CLIENT_SECRET", "HUBSPOT_PORTAL_ID", "HUBSPOT_WEBHOOK_URL"])
async def test_without_its_settings_nothing_is_taken(door: Door, missing: str) -> None:
    given = {
        "HUBSPOT_CLIENT_SECRET": ACCOUNT.client_secret,
        "HUBSPOT_PORTAL_ID": str(ACCOUNT.portal_id),
        "HUBSPOT_WEBHOOK_URL": door.address,
    }
    outbound = Outbound(SystemClock())
    opened = CONNECTOR.open(settings("http://127.0.0.1:9", **given | {missing: ""}), outbound, SystemClock())
    assert isinstance(opened, Telling)
    body = batch(event())
    secret = "" if missing == "HUBSPOT_CLIENT_SECRET" else ACCOUNT.client_secret
    headers = {name.lower(): value for name, value in door.signed(body, secret=secret or "x").items()}
    with pytest.raises(NotAllowed):
        await opened.told(Delivered("POST", headers, body))
    await outbound.close()


async def test_hubspot_that_is_down_costs_nothing_but_time(door: Door) -> None:
    door.hubspot.token = "rotated"
    assert await door.send(batch(event())) == 200

    async def done() -> bool:
        async with door.db.reading() as session:
            return set(await session.scalars(select(IntakeEntry.state))) == {"done"}

    await until(done)
    assert await door.amount(1) is not None
