"""AppFolio's webhooks: what its keys did not sign moves nothing, and what they did is read again, not believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.db.engine import Database
from app.db.models.maintenance import WorkOrder
from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.integrations.telling import Delivered, Telling, Told
from app.portfolio.sync.record import refresh_record
from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.webhooks import Webhooks
from tests.integrations.appfolio.rig import ACCOUNT, Stand, read_model
from tests.integrations.appfolio.test_first_sync import everything, synced
from tests.integrations.entrata.rig import NOW


def door(stand: Stand) -> Telling:
    assert isinstance(stand.connector, Telling)
    return stand.connector


def delivery(body: bytes, headers: Mapping[str, str]) -> Delivered:
    return Delivered("POST", {name.lower(): value for name, value in headers.items()}, body)


def told_by(stand: Stand, about: Mapping[str, Any] | None = None, **changes: Any) -> Delivered:
    """A signed delivery about a work order; `about` is its signature's header."""
    hooks = stand.server.webhooks
    body = orjson.dumps(hooks.event("work_order_updates", ORDER) | changes)
    return delivery(body, hooks.headers(body, about))


ORDER = uuid_of("work_order", 1)


async def test_a_signed_delivery_names_the_work_order(stand: Stand) -> None:
    given = told_by(stand, id="one")
    assert await door(stand).told(given) == (Told("one", "work_orders", ORDER),)
    assert await door(stand).told(given) == (Told("one", "work_orders", ORDER),)  # the key is the same: stored once
    assert stand.server.calls.count("keys") == 1


async def test_what_was_told_is_read_again_and_not_believed(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    order = stand.store.homes[0].community.work_orders[0]
    stand.store.save(replace(order, status="on_hold"))
    before = len(stand.server.calls)
    [told] = await door(stand).told(told_by(stand, entity_id=uuid_of("work_order", order.id), Status="Completed"))
    assert await refresh_record(
        sqlite_db, "W1", door(stand), stand.clock, resource=told.resource, record_id=told.record_id, told=NOW
    )
    assert (await everything(sqlite_db, WorkOrder))[read_model("work_order", order.id)].status == "on_hold"
    assert stand.server.calls[before:].count("work_orders") == 1


async def test_a_record_that_lists_do_not_show_yet_buries_nothing(stand: Stand) -> None:
    page = await door(stand).reread("work_orders", uuid_of("work_order", 987_654))
    assert (page.batches[0].rows, page.gone) == ([], ())


def hand_signed(stand: Stand, key: Any, body: bytes, head: bytes, *, weak: bool = False) -> str:
    """A detached JWS made with another key, or with another padding."""
    encoded = base64.urlsafe_b64encode
    signed = encoded(head).rstrip(b"=") + b"." + encoded(body).rstrip(b"=")
    pad = padding.PKCS1v15() if weak else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    made = key.sign(signed, pad, hashes.SHA256())
    return (encoded(head).rstrip(b"=") + b".." + encoded(made).rstrip(b"=")).decode()


async def test_what_appfolio_did_not_sign_is_refused(stand: Stand) -> None:
    hooks, good = stand.server.webhooks, told_by(stand)
    head = orjson.dumps({"alg": "PS256", "kid": hooks.key_id})
    mine = rsa.generate_private_key(65_537, 2_048)
    signature = good.headers["x-jws-signature"]
    first, _, last = signature.rpartition(".")
    public = orjson.dumps(hooks.published["keys"][0])
    confused = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"stand-in-1"}').rstrip(b"=")
    mac = hmac.new(public, confused + b"." + base64.urlsafe_b64encode(good.body).rstrip(b"="), hashlib.sha256)
    forged = [
        "", "x", "..", "a.b.c", "\u00e9..\u00e9",
        hand_signed(stand, mine, good.body, head),
        hand_signed(stand, hooks.key, good.body, head, weak=True),
        hand_signed(stand, hooks.key, good.body + b" ", head),
        hand_signed(stand, hooks.key, good.body, b'{"alg":"RS256","kid":"stand-in-1"}', weak=True),
        hand_signed(stand, hooks.key, good.body, b'{"alg":"PS256","kid":"stand-in-1","crit":["exp"]}'),
        hand_signed(stand, hooks.key, good.body, b'{"alg":"PS256","kid":"stand-in-1","b64":false}'),
        hand_signed(stand, hooks.key, good.body, b'{"alg":"PS256","kid":"nobody"}'),
        hand_signed(stand, hooks.key, good.body, b'{"alg":"PS256"}'),
        base64.urlsafe_b64encode(b'{"alg":"none","kid":"stand-in-1"}').rstrip(b"=").decode() + "..",
        confused.decode() + ".." + base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode(),
        f"{first}.{last[:-4]}AAAA",
        signature.replace("..", f".{base64.urlsafe_b64encode(good.body).decode()}."),
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(NotAllowed):
            await door(stand).told(delivery(good.body, {"X-JWS-Signature": one}))
    with pytest.raises(NotAllowed):
        await door(stand).told(delivery(good.body, {}))
    with pytest.raises(NotAllowed):
        await door(stand).told(delivery(b'{"client_id":"x"}', good.headers))
    assert await door(stand).told(good)
    assert stand.server.calls.count("keys") == 1  # made-up keys cost no call each


@pytest.mark.parametrize("hours", [-25, 25])
async def test_an_old_delivery_is_refused(stand: Stand, hours: int) -> None:
    sent = (NOW + timedelta(hours=hours)).isoformat()
    for odd in (sent, None, "soon", 7, {"x": 1}):
        with pytest.raises(NotAllowed):
            await door(stand).told(told_by(stand, message_sent_at=odd))


@pytest.mark.parametrize("client", ["another", None, 7, "", [ACCOUNT.database[0]]])
async def test_a_delivery_for_another_client_is_left_out(stand: Stand, client: Any) -> None:
    assert await door(stand).told(told_by(stand, client_id=client)) == ()


@pytest.mark.parametrize(
    "change",
    [{"topic": "lease_updates"}, {"topic": None}, {"entity_id": "../1"}, {"entity_id": None}, {"id": ""}, {"id": [1]}],
    ids=str,
)
async def test_what_is_about_nothing_known_is_acknowledged_and_forgotten(stand: Stand, change: Any) -> None:
    assert await door(stand).told(told_by(stand, **change)) == ()


@pytest.mark.parametrize("body", [b"[]", b"7", b"{", b"", b"null"])
async def test_a_signed_body_that_is_no_event_is_refused(stand: Stand, body: bytes) -> None:
    with pytest.raises(Fixable):
        await door(stand).told(delivery(body, stand.server.webhooks.headers(body)))


async def test_a_new_key_is_fetched_when_it_is_first_used(stand: Stand) -> None:
    await door(stand).told(told_by(stand))
    stand.server.webhooks = Webhooks(stand.clock, ACCOUNT.database[0], key_id="second")
    with pytest.raises(NotAllowed):
        await door(stand).told(told_by(stand))  # within the minute
    object.__setattr__(stand.clock, "at", NOW + timedelta(minutes=1))
    assert await door(stand).told(told_by(stand))
    assert stand.server.calls.count("keys") == 2


async def test_a_key_that_is_too_small_or_for_something_else_is_none(stand: Stand) -> None:
    hooks = stand.server.webhooks
    hooks.__dict__["key"] = rsa.generate_private_key(65_537, 1_024)
    with pytest.raises(NotAllowed):
        await door(stand).told(told_by(stand))


async def test_keys_that_can_not_be_fetched_leave_the_delivery_for_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(self: Any) -> list[Any]:
        raise RetryLater("AppFolio isn't answering right now.")

    monkeypatch.setattr("app.integrations.appfolio.database.DatabaseClient.signing_keys", down)
    with pytest.raises(RetryLater):
        await door(stand).told(told_by(stand))


async def test_the_stand_in_tells_of_what_is_written_there(stand: Stand) -> None:
    hooks = stand.server.webhooks
    hooks.heard("work_order_updates", ORDER)
    assert hooks.waiting == []  # nobody wants to know
    hooks.address = "http://127.0.0.1:9/webhooks/appfolio"
    hooks.heard("work_order_updates", ORDER)
    assert [one["entity_id"] for one in hooks.waiting] == [ORDER]
    assert isinstance(datetime.fromisoformat(hooks.waiting[0]["message_sent_at"]), datetime)
