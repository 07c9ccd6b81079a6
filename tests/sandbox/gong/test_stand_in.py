"""The stand-in refuses what Gong refuses and answers as Gong's description says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.sandbox.gong.limits import Cursors, Limits
from app.sandbox.gong.server import GongServer
from tests.http.patience import Patience
from tests.integrations.gong.rig import KEY, SECRET, a_store, unlimited
from tests.integrations.gong.spec import Described

WINDOW = {"fromDateTime": "2025-09-01T00:00:00Z", "toDateTime": "2026-03-19T00:00:00Z"}
EVERYTHING = {
    "context": "Extended",
    "contextTiming": ["Now"],
    "exposedFields": {
        "parties": True,
        "content": {"brief": True, "keyPoints": True, "topics": True, "trackers": True, "callOutcome": True},
        "interaction": {"speakers": True},
        "media": False,
    },
}


class Caller:
    """Calls the stand-in in this process, as an HTTP client would."""

    def __init__(self, server: GongServer, secret: str = SECRET) -> None:
        self.server = server
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(server.asgi()), base_url="http://gong", auth=(KEY, secret)
        )

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self._client.get(path, params=params)

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self._client.post(path, json=body)

    async def rich(self, body: Any) -> httpx.Response:
        return await self.post("/v2/calls/extensive", body)


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    yield Caller(GongServer(a_store(), KEY, SECRET, page_size=20, limits=unlimited()))


@pytest.fixture
def described(shared: Path) -> Described:
    return Described(orjson.loads((shared / "specs/gong/gong-openapi-v2-2024-12.json").read_bytes()))


def errors(answer: httpx.Response) -> list[str]:
    body = answer.json()
    assert set(body) == {"requestId", "errors"}
    return body["errors"]


async def test_every_answer_is_as_described(caller: Caller, described: Described) -> None:
    some_id = next(iter(caller.server.store.recordings))
    asked: list[tuple[str, str, httpx.Response]] = [
        ("GET", "/v2/calls", await caller.get("/v2/calls", **WINDOW)),
        ("GET", f"/v2/calls/{some_id}", await caller.get(f"/v2/calls/{some_id}")),
        ("GET", "/v2/calls/7", await caller.get("/v2/calls/7")),
        ("GET", "/v2/users", await caller.get("/v2/users")),
        ("GET", "/v2/workspaces", await caller.get("/v2/workspaces")),
        ("POST", "/v2/calls/extensive", await caller.rich({"filter": WINDOW, "contentSelector": EVERYTHING})),
        ("POST", "/v2/calls/extensive", await caller.rich({"filter": {"callIds": ["7"]}})),
        ("POST", "/v2/calls/extensive", await caller.rich({})),
        ("POST", "/v2/calls/transcript", await caller.post("/v2/calls/transcript", {"filter": WINDOW})),
    ]
    for method, path, answer in asked:
        assert described.answer_problems(method, path, answer.status_code, answer.json()) == [], path
    assert [answer.status_code for _, _, answer in asked] == [200, 200, 404, 200, 200, 200, 404, 400, 200]


async def test_ids_are_digits_that_no_float_holds(caller: Caller) -> None:
    answer = await caller.rich({"filter": WINDOW, "contentSelector": EVERYTHING})
    for call in answer.json()["calls"]:
        ids = [call["metaData"]["id"], *(party["speakerId"] for party in call["parties"])]
        assert all(one.isdigit() and int(one) > 2**53 for one in ids)


async def test_parties_are_contacts_of_the_crm_and_speakers_are_parties(caller: Caller) -> None:
    [call] = (await caller.rich({"filter": {"callIds": [_call(caller, "Rent guarantee with Marcus")]},
                                 "contentSelector": EVERYTHING})).json()["calls"]  # fmt: skip
    us, them = call["parties"]
    assert (us["affiliation"], them["affiliation"]) == ("Internal", "External")
    assert them["emailAddress"] == "marcus@nordhaven.com"
    assert {one["objectType"] for one in call["context"][0]["objects"]} == {"Account", "Opportunity"}
    said = await caller.post("/v2/calls/transcript", {"filter": {"callIds": [call["metaData"]["id"]]}})
    [transcript] = said.json()["callTranscripts"]
    assert {one["speakerId"] for one in transcript["transcript"]} <= {us["speakerId"], them["speakerId"]}
    starts = [part["start"] for one in transcript["transcript"] for part in one["sentences"]]
    assert starts == sorted(starts)


async def test_nothing_found_is_a_404_with_its_sentence(caller: Caller) -> None:
    early = {"fromDateTime": "2001-01-01T00:00:00Z", "toDateTime": "2001-02-01T00:00:00Z"}
    for answer in (await caller.rich({"filter": early}), await caller.get("/v2/calls", **early)):
        assert answer.status_code == 404
        assert errors(answer) == ["No calls found corresponding to the provided filters"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"filter": None},
        {"filter": []},
        {"filter": WINDOW, "surprise": 1},
        {"filter": {"from": "2026-01-01T00:00:00Z"}},
        {"filter": {"fromDateTime": "2026-01-01T00:00:00"}},
        {"filter": {"fromDateTime": "yesterday"}},
        {"filter": {"fromDateTime": 7}},
        {"filter": {"fromDateTime": WINDOW["toDateTime"], "toDateTime": WINDOW["fromDateTime"]}},
        {"filter": {"callIds": [7782342274025937895]}},
        {"filter": {"callIds": "7782342274025937895"}},
        {"filter": WINDOW, "contentSelector": {"context": "All"}},
        {"filter": WINDOW, "contentSelector": {"exposedFields": {"everything": True}}},
        {"filter": WINDOW, "contentSelector": {"exposedFields": {"content": {"brief": "yes"}}}},
        {"filter": WINDOW, "contentSelector": {"contextTiming": ["Now"]}},
        {"filter": WINDOW, "cursor": 7},
        {"filter": WINDOW, "cursor": "made-up"},
    ],
    ids=repr,
)
async def test_what_gong_would_refuse_is_refused(caller: Caller, body: Any) -> None:
    answer = await caller.rich(body)
    assert (answer.status_code, len(errors(answer))) == (400, 1)


async def test_a_wrong_secret_is_refused(caller: Caller) -> None:
    stranger = Caller(caller.server, "wrong")
    for answer in (await stranger.get("/v2/users"), await stranger.rich({"filter": WINDOW})):
        assert answer.status_code == 401
        assert errors(answer)


async def test_pages_follow_each_other_and_hold_every_call_once(caller: Caller) -> None:
    found: list[str] = []
    body: dict[str, Any] = {"filter": WINDOW}
    while True:
        answer = (await caller.rich(body)).json()
        found += [call["metaData"]["id"] for call in answer["calls"]]
        if "cursor" not in answer["records"]:
            break
        body = {**body, "cursor": answer["records"]["cursor"]}
    assert len(found) == len(set(found)) == answer["records"]["totalRecords"] > 100


async def test_a_cursor_dies_and_belongs_to_its_request() -> None:
    time = Patience()
    cursors = Cursors(time.monotonic, seconds=60)
    caller = Caller(GongServer(a_store(), KEY, SECRET, page_size=20, limits=unlimited(), cursors=cursors))
    first = (await caller.rich({"filter": WINDOW})).json()["records"]["cursor"]
    other = {**WINDOW, "toDateTime": "2026-03-18T00:00:00Z"}
    assert (await caller.rich({"filter": other, "cursor": first})).status_code == 400
    assert (await caller.rich({"filter": WINDOW, "cursor": first})).status_code == 200
    await time.sleep(61)
    answer = await caller.rich({"filter": WINDOW, "cursor": first})
    assert (answer.status_code, errors(answer)) == (400, ["Cursor has expired"])


async def test_a_fourth_request_in_a_second_waits_and_so_does_one_too_many_a_day() -> None:
    time = Patience()
    caller = Caller(GongServer(a_store(), KEY, SECRET, limits=Limits(time.monotonic, per_second=3, per_day=5)))
    assert [(await caller.get("/v2/users")).status_code for _ in range(4)] == [200, 200, 200, 429]
    limited = await caller.get("/v2/users")
    assert (limited.headers["Retry-After"], errors(limited)) == ("1", ["API request limit exceeded"])
    await time.sleep(1.1)
    assert [(await caller.get("/v2/users")).status_code for _ in range(3)] == [200, 200, 429]
    assert int((await caller.get("/v2/users")).headers["Retry-After"]) == 86_399


async def test_the_address_of_a_call_opens_its_transcript_but_not_a_private_one(caller: Caller) -> None:
    store = caller.server.store
    open_call = next(call for call in store.recordings.values() if not call.private)
    page = await caller.get("/call", id=open_call.id)
    assert page.status_code == 200
    assert open_call.host.name in page.text
    store.change(open_call.id, private=True)
    assert (await caller.get("/call", id=open_call.id)).status_code == 403
    assert (await caller.get("/call", id="7")).status_code == 404


def _call(caller: Caller, title: str) -> str:
    return next(call.id for call in caller.server.store.recordings.values() if call.title.startswith(title))
