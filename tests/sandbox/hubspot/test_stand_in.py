"""The stand-in refuses what HubSpot refuses."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.sandbox.hubspot.server import HubSpotServer
from tests.integrations.hubspot.rig import ACCOUNT, HandClock, serving

SEARCH: dict[str, Any] = {"filterGroups": [], "sorts": [], "properties": [], "limit": 10, "after": "0"}


class Caller:
    def __init__(self, server: HubSpotServer, client: httpx.AsyncClient, clock: HandClock) -> None:
        self.server, self.client, self.clock = server, client, clock

    async def __call__(self, method: str, path: str, body: Any = None, **params: str) -> tuple[int, Any]:
        reply = await self.client.request(method, path, json=body, params=params)
        return reply.status_code, reply.json() if reply.content else None

    async def search(self, kind: str, **changes: Any) -> tuple[int, Any]:
        return await self("POST", f"/crm/v3/objects/{kind}/search", SEARCH | changes)


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Caller]:
    clock = HandClock()
    async with serving(tmp_path / "hubspot", clock) as (server, url):
        headers = {"Authorization": f"Bearer {ACCOUNT.token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            yield Caller(server, client, clock)


async def test_a_wrong_token_is_refused(call: Caller) -> None:
    call.client.headers["Authorization"] = "Bearer pat-na1-other"
    status, body = await call("GET", "/crm/v3/objects/deals")
    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")


async def test_a_missing_scope_is_named(call: Caller) -> None:
    call.server.scopes -= {"crm.objects.contacts.write"}
    status, body = await call("POST", "/crm/v3/objects/notes", {"properties": {}, "associations": []})
    assert (status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"] == {"requiredGranularScopes": ["crm.objects.contacts.write"]}


async def test_every_property_value_is_a_text_or_null(call: Caller) -> None:
    _, body = await call("GET", "/crm/v3/objects/deals", properties="amount,deal_currency_code", limit="100")
    values = [value for one in body["results"] for value in one["properties"].values()]
    assert {type(value) for value in values} == {str, type(None)}


@pytest.mark.parametrize(
    "properties",
    [
        {"dealname": 7, "dealstage": "closedwon"},
        {"dealname": None, "dealstage": "closedwon"},
        {"dealname": "X", "dealstage": "nowhere"},
        {"dealname": "X"},
        {"dealname": "X", "dealstage": "closedwon", "nickname": "Y"},
        {"dealname": "X", "dealstage": "closedwon", "amount": "much"},
        {"dealname": "X", "dealstage": "closedwon", "createdate": "2026-01-01"},
        {"dealname": "X", "dealstage": "closedwon", "hubspot_owner_id": "1"},
    ],
)
async def test_a_wrong_value_is_refused_and_nothing_is_made(call: Caller, properties: dict[str, Any]) -> None:
    before = len(call.server.store.objects["deals"])
    status, body = await call("POST", "/crm/v3/objects/deals", {"properties": properties, "associations": []})
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert len(call.server.store.objects["deals"]) == before


async def test_a_create_needs_its_associations_and_a_note_its_moment(call: Caller) -> None:
    status, _ = await call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "a@b.example"}})
    assert status == 400
    status, _ = await call("POST", "/crm/v3/objects/notes", {"properties": {"hs_note_body": "x"}, "associations": []})
    assert status == 400


async def test_an_address_is_given_once(call: Caller) -> None:
    body = {"properties": {"email": "DANA@greystonecap.com"}, "associations": []}
    status, refused = await call("POST", "/crm/v3/objects/contacts", body)
    assert (status, refused["category"]) == (409, "CONFLICT")
    found = call.server.store.by_email("dana@greystonecap.com")
    assert found is not None
    assert refused["message"].endswith(f"Existing ID: {found.id}")


@pytest.mark.parametrize("left_out", list(SEARCH))
async def test_a_search_needs_all_five_keys(call: Caller, left_out: str) -> None:
    asked = {key: value for key, value in SEARCH.items() if key != left_out}
    assert (await call("POST", "/crm/v3/objects/deals/search", asked))[0] == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 201},
        {"limit": "10"},
        {"after": 0},
        {"after": "9995"},
        {"sorts": ["amount", "dealname"]},
        {"sorts": ["nickname"]},
        {"filterGroups": [{"filters": []}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "GT", "value": 1}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "GT", "value": "1"}] * 7}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "GT", "value": "1"}]}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "GT", "value": "1"}] * 4}] * 5},
    ],
)
async def test_a_search_beyond_the_caps_is_refused(call: Caller, changes: dict[str, Any]) -> None:
    assert (await call.search("deals", **changes))[0] == 400


def only(name: str, operator: str, **values: Any) -> list[dict[str, Any]]:
    return [{"filters": [{"propertyName": name, "operator": operator, **values}]}]


@pytest.mark.parametrize(
    ("groups", "fits"),
    [
        (only("dealstage", "EQ", value="closedwon"), lambda one: one["dealstage"] == "closedwon"),
        (only("dealstage", "NEQ", value="closedwon"), lambda one: one["dealstage"] != "closedwon"),
        (only("dealstage", "IN", values=["closedwon", "closedlost"]), lambda one: one["dealstage"][:6] == "closed"),
        (only("dealstage", "NOT_IN", values=["closedwon"]), lambda one: one["dealstage"] != "closedwon"),
        (only("amount", "GT", value="1000000"), lambda one: float(one["amount"]) > 1_000_000),
        (only("amount", "LTE", value="480000"), lambda one: float(one["amount"]) <= 480_000),
        (
            only("amount", "BETWEEN", value="390000", highValue="480000"),
            lambda one: 390_000 <= float(one["amount"]) <= 480_000,
        ),
        (only("dealname", "CONTAINS_TOKEN", value="greystone"), lambda one: "Greystone" in one["dealname"]),
        (only("dealname", "CONTAINS_TOKEN", value="green*"), lambda one: False),
        (only("dealname", "NOT_CONTAINS_TOKEN", value="greystone"), lambda one: "Greystone" not in one["dealname"]),
        (only("deal_currency_code", "HAS_PROPERTY"), lambda one: False),
        (only("deal_currency_code", "NOT_HAS_PROPERTY"), lambda one: True),
    ],
)
async def test_operators_do_what_they_say(call: Caller, groups: list[dict[str, Any]], fits: Any) -> None:
    _, whole = await call.search("deals", limit=200)
    expected = [one["id"] for one in whole["results"] if fits(one["properties"])]
    _, found = await call.search("deals", limit=200, filterGroups=groups)
    assert [one["id"] for one in found["results"]] == expected


async def test_a_search_sees_a_change_only_after_a_while(call: Caller) -> None:
    store = call.server.store
    store.search_lag = timedelta(seconds=5)
    deal = store.living("deals")[0]
    old = only("dealname", "EQ", value=deal.properties["dealname"])
    store.change(deal, {"dealname": "New name"})
    new = only("dealname", "EQ", value="New name")
    assert (await call.search("deals", filterGroups=new))[1]["total"] == 0
    assert (await call.search("deals", filterGroups=old))[1]["total"] == 1
    assert (await call("GET", f"/crm/v3/objects/deals/{deal.id}"))[1]["properties"]["dealname"] == "New name"
    call.clock.go(seconds=5)
    assert (await call.search("deals", filterGroups=new))[1]["total"] == 1


async def test_the_limits_are_told_without_a_wait(call: Caller) -> None:
    call.server.limits.ten_seconds = 2
    first = await call.client.get("/crm/v3/owners")
    assert first.headers["X-HubSpot-RateLimit-Remaining"] == "1"
    await call("GET", "/crm/v3/owners")
    refused = await call.client.get("/crm/v3/owners")
    assert (refused.status_code, refused.json()["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert "Retry-After" not in refused.headers
    call.clock.go(seconds=10)
    assert (await call("GET", "/crm/v3/owners"))[0] == 200


async def test_searches_have_a_limit_of_their_own_and_no_headers(call: Caller) -> None:
    call.server.limits.searches = 1
    reply = await call.client.post("/crm/v3/objects/deals/search", json=SEARCH)
    assert not [name for name in reply.headers if name.startswith("x-hubspot-ratelimit")]
    assert (await call.search("deals"))[1]["policyName"] == "SECONDLY"


async def test_associations_are_read_in_batches_and_say_which_have_none(call: Caller) -> None:
    inputs = [{"id": "1"}, {"id": "999999"}]
    status, body = await call("POST", "/crm/v4/associations/contacts/companies/batch/read", {"inputs": inputs})
    assert status == 207
    assert body["results"][0]["to"][0]["associationTypes"][0] == {
        "category": "HUBSPOT_DEFINED",
        "typeId": 1,
        "label": "Primary",
    }
    assert body["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"


async def test_batches_read_update_and_upsert(call: Caller) -> None:
    inputs = [{"id": "1"}, {"id": "999999"}]
    asked = {"inputs": inputs, "properties": ["dealname"], "propertiesWithHistory": []}
    status, body = await call("POST", "/crm/v3/objects/0-3/batch/read", asked)
    assert (status, len(body["results"]), body["numErrors"]) == (207, 1, 1)
    one = {"id": "new@x.example", "idProperty": "email", "properties": {"firstname": "New"}}
    for new in (True, False):
        _, body = await call("POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": [one]})
        assert body["results"][0]["new"] is new


async def test_what_is_archived_is_read_only_when_asked_for(call: Caller) -> None:
    assert (await call("DELETE", "/crm/v3/objects/deals/1"))[0] == 204
    assert (await call("GET", "/crm/v3/objects/deals/1"))[0] == 404
    status, body = await call("GET", "/crm/v3/objects/deals", archived="true")
    assert (status, [one["id"] for one in body["results"]]) == (200, ["1"])


async def test_writes_survive_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with serving(tmp_path / "hubspot", clock) as (server, _):
        made = server.store.create("contacts", {"email": "a@b.example"})
        server.store.associate(made, server.store.living("companies")[0])
        server.store.archive(server.store.living("deals")[0])
    async with serving(tmp_path / "hubspot", clock) as (server, _):
        assert server.store.get("contacts", str(made.id)).properties == {"email": "a@b.example"}
        assert server.store.linked("contacts", made.id, "companies")
        assert server.store.objects["deals"][1].archived is not None


async def test_changes_are_told_signed_and_newest_first(call: Caller) -> None:
    webhooks = call.server.webhooks
    webhooks.address = "http://127.0.0.1:9/hubspot"
    deal = call.server.store.living("deals")[0]
    call.server.store.change(deal, {"amount": "1", "dealstage": "closedwon"})
    assert [event["subscriptionType"] for event in webhooks.waiting] == ["deal.propertyChange"] * 2
    assert webhooks.waiting[0]["eventId"] != webhooks.waiting[1]["eventId"]
    headers = webhooks.headers(b"[]")
    signed = b"POST" + webhooks.address.encode() + b"[]" + headers["X-HubSpot-Request-Timestamp"].encode()
    expected = hmac.new(ACCOUNT.client_secret.encode(), signed, hashlib.sha256).digest()
    assert headers["X-HubSpot-Signature-v3"] == base64.b64encode(expected).decode()
    await webhooks.deliver()  # nobody listens: it is tried again, and given up
    assert webhooks.waiting == []
