"""The stand-in refuses what AppFolio refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.clock import FixedClock
from app.sandbox.appfolio.ids import uuid_of
from app.sandbox.appfolio.limits import DATABASE, REPORTS, Limits
from app.sandbox.appfolio.server import AppFolioServer
from tests.http.patience import Patience
from tests.integrations.appfolio.rig import ACCOUNT, HOME, NOW, served, small_store

SINCE = {"filters[LastUpdatedAtFrom]": "2024-01-01T00:00:00Z"}
ROLL, RECEIPTS = "/api/v2/reports/rent_roll.json", "/api/v2/reports/receivables_activity.json"
NEW = {"PropertyId": uuid_of("property", HOME), "JobDescription": "Leak"}


class Asking:
    """A server and clients with the credentials of either API."""

    def __init__(self, server: AppFolioServer, url: str) -> None:
        self.server = server
        headers = {"X-AppFolio-Developer-ID": ACCOUNT.developer_id}
        self.database = httpx.AsyncClient(base_url=url, auth=ACCOUNT.database, headers=headers, trust_env=False)
        self.reports = httpx.AsyncClient(base_url=url, auth=ACCOUNT.reports, trust_env=False)

    async def created(self, key: str, body: Any = None) -> httpx.Response:
        return await self.database.post("/api/v0/work_orders", json=body or NEW, headers={"Idempotency-Key": key})


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    server = AppFolioServer(small_store(tmp_path, FixedClock(NOW)), ACCOUNT, Limits(()), Limits(()))
    async with served(server) as url:
        made = Asking(server, url)
        yield made
        await made.database.aclose()
        await made.reports.aclose()


async def test_each_api_knows_only_its_own_credentials(asking: Asking) -> None:
    wrong = await asking.database.get("/api/v0/units", params=SINCE, auth=ACCOUNT.reports)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "701")
    assert (await asking.reports.post(ROLL, json={}, auth=ACCOUNT.database)).status_code == 401
    other = await asking.database.get("/api/v0/units", params=SINCE, headers={"X-AppFolio-Developer-ID": "else"})
    assert other.status_code == 403


async def test_a_call_without_the_developer_is_refused(asking: Asking) -> None:
    missing = await asking.reports.get("/api/v0/units", params=SINCE, auth=ACCOUNT.database)
    assert (missing.status_code, missing.json()["message"]) == (400, "Required header missing: X-AppFolio-Developer-ID")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filters[LastUpdatedAtFrom]": "yesterday"},
        {"filters[LastUpdatedAtFrom]": "2026-01-05T00:00:00"},
        {**SINCE, "page[size]": "1001"},
        {**SINCE, "page[number]": "0"},
        {**SINCE, "filters[PropertyId]": "7"},
    ],
)
async def test_a_list_needs_its_filter_and_takes_no_other(asking: Asking, query: dict[str, str]) -> None:
    assert (await asking.database.get("/api/v0/units", params=query)).status_code == 400


async def test_lists_come_in_pages_and_by_id(asking: Asking) -> None:
    first = (await asking.database.get("/api/v0/units", params={**SINCE, "page[size]": "20"})).json()
    assert len(first["data"]) == 20
    assert first["next_page_path"].startswith("/api/v0/units?page[number]=2")
    second = (await asking.database.get(first["next_page_path"])).json()
    assert (len(second["data"]), second["next_page_path"]) == (4, None)
    one = first["data"][3]
    assert (await asking.database.get("/api/v0/units", params={"filters[Id]": one["Id"]})).json()["data"] == [one]


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        (ROLL, {"as_of_to": "03/18/2026"}),
        (ROLL, {"as_of_day": "2026-03-18"}),
        (ROLL, {"properties": {"ids": ["1"]}}),
        (ROLL, [1]),
        (RECEIPTS, {}),
        (RECEIPTS, {"receipt_date_from": "2026-03-01"}),
    ],
)
async def test_a_report_refuses_filters_that_it_does_not_have(asking: Asking, path: str, filters: Any) -> None:
    assert (await asking.reports.post(path, json=filters)).status_code == 400


async def test_a_reports_link_lives_for_half_an_hour(asking: Asking) -> None:
    asking.server.rows_a_page = 10
    first = (await asking.reports.post(ROLL, json={})).json()
    assert len(first["results"]) == 10
    second = (await asking.reports.get(first["next_page_url"])).json()
    assert second["results"]
    assert second["results"] != first["results"]
    asking.server.store.clock = FixedClock(NOW + timedelta(minutes=31))
    assert (await asking.reports.get(first["next_page_url"])).status_code == 404
    assert isinstance((await asking.reports.post(ROLL, json={"paginate_results": False})).json(), list)


async def test_money_is_a_text_with_commas(asking: Asking) -> None:
    rows = (await asking.reports.post(ROLL, json={})).json()["results"]
    assert any("," in row["market_rent"] for row in rows)
    assert any(row["tenant"] and ", " in row["tenant"] for row in rows)


@pytest.mark.parametrize(
    ("windows", "most"), [(REPORTS, 7), (DATABASE, 8)], ids=["seven runs in 15 s", "eight calls in a second"]
)
async def test_one_call_too_many_is_told_when_to_come_again(asking: Asking, windows: Any, most: int) -> None:
    patience = Patience()
    asking.server.reports = asking.server.database = Limits(windows, patience.monotonic)

    async def ask() -> httpx.Response:
        if windows is REPORTS:
            return await asking.reports.post(ROLL, json={})
        return await asking.database.get("/api/v0/vendors", params=SINCE)

    assert [(await ask()).status_code for _ in range(most)] == [200] * most
    refused = await ask()
    assert refused.status_code == 429
    patience.now += float(refused.headers["Retry-After"])
    assert (await ask()).status_code == 200


async def test_pages_of_a_report_do_not_count(asking: Asking) -> None:
    asking.server.rows_a_page = 5
    asking.server.reports = Limits(((1, 15.0),), Patience().monotonic)
    link = (await asking.reports.post(ROLL, json={})).json()["next_page_url"]
    assert [(await asking.reports.get(link)).status_code for _ in range(3)] == [200, 200, 200]


async def test_the_same_key_again_is_the_same_answer_and_another_body_is_refused(asking: Asking) -> None:
    first, again = await asking.created("k"), await asking.created("k")
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert "Idempotent-Replayed" not in first.headers
    assert (await asking.created("k", {**NEW, "JobDescription": "Other"})).status_code == 422
    assert [(await asking.created(key)).status_code for key in ("", "x" * 257)] == [400, 400]
    asking.server.store.clock = FixedClock(NOW + timedelta(hours=25))
    assert (await asking.created("k")).json()["Id"] != first.json()["Id"]


@pytest.mark.parametrize(
    "body",
    [
        {"JobDescription": "Leak"},
        {**NEW, "PropertyId": "seven"},
        {**NEW, "PropertyId": uuid_of("property", 1)},
        {**NEW, "UnitId": uuid_of("unit", 1)},
        {**NEW, "Status": "Gone"},
        {**NEW, "Priority": "High"},
        {**NEW, "AssignedUsers": [uuid_of("user", "Nobody")]},
        {**NEW, "Surprise": 1},
    ],
)
async def test_a_work_order_that_makes_no_sense_is_refused(asking: Asking, body: Any) -> None:
    assert (await asking.created("k", body)).status_code == 422


async def test_a_written_row_shows_after_a_while(tmp_path: Path) -> None:
    store = small_store(tmp_path, FixedClock(NOW), timedelta(seconds=30))
    server = AppFolioServer(store, ACCOUNT, Limits(()), Limits(()))
    async with served(server) as url:
        asking = Asking(server, url)
        made = (await asking.created("k")).json()["Id"]
        asked = {"filters[Id]": made}
        assert (await asking.database.get("/api/v0/work_orders", params=asked)).json()["data"] == []
        store.clock = FixedClock(NOW + timedelta(seconds=31))
        assert len((await asking.database.get("/api/v0/work_orders", params=asked)).json()["data"]) == 1
        await asking.database.patch(f"/api/v0/work_orders/{made}", json={"Status": "Waiting"})
        [before] = (await asking.database.get("/api/v0/work_orders", params=asked)).json()["data"]
        assert before["Status"] == "New"
        store.clock = FixedClock(NOW + timedelta(seconds=62))
        [after] = (await asking.database.get("/api/v0/work_orders", params=asked)).json()["data"]
        assert after["Status"] == "Waiting"
        await asking.database.aclose()
        await asking.reports.aclose()


async def test_what_is_not_there_is_not_found(asking: Asking) -> None:
    for path in ("/api/v0/ponies", "/api/v1/units", "/"):
        assert (await asking.database.get(path, params=SINCE)).status_code == 404
    nobody = await asking.database.patch(f"/api/v0/work_orders/{uuid_of('work_order', 9)}", json={"Status": "New"})
    assert nobody.status_code == 404
