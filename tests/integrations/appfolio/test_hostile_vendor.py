"""AppFolio under the contract of every connector, read through its work orders."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import NotAllowed, RetryLater
from app.http.outbound import Outbound
from app.integrations.appfolio import CONNECTOR
from app.integrations.base import Connector, Reading
from tests.http.scripted import answer
from tests.integrations.appfolio.rig import ACCOUNT, settings, standing
from tests.integrations.contract.proxy import rewritten
from tests.integrations.contract.suite import ConnectorContract, Tried, rows


class TestAppFolio(ConnectorContract):
    reading = Reading("work_orders", date(2024, 3, 1))
    target = b"/api/v0/work_orders?"
    secret = ACCOUNT.database[1]
    text_field, text_column = "JobDescription", "description"
    errors_inside: ClassVar = {
        "vendor_credentials": b'{"code": 701, "message": "Invalid credential."}',
        "vendor_refused": b'{"code": "422", "message": "No."}',
        "vendor_rate_limited": b'{"code": "429", "message": "Slow."}',
        "vendor_unreachable": b'{"code": "533", "message": "Data unavailable."}',
    }

    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with standing(data, limited=False) as stand:  # the suite's own clock tells the connector the time
            yield stand.url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["data"]

    async def test_the_status_701_is_a_refused_credential(self, tried: Tried) -> None:
        with pytest.raises(NotAllowed) as refused:
            await tried.read(answer(701, self.secret.encode()), lasting=True)
        assert (refused.value.code, len(tried.proxy.seen)) == ("vendor_credentials", 1)
        assert self.secret not in str(refused.value)

    async def test_the_nightly_533_is_for_later_and_not_asked_again_at_once(self, tried: Tried) -> None:
        with pytest.raises(RetryLater) as closed:
            await tried.read(answer(533), lasting=True)
        assert (closed.value.code, len(tried.proxy.seen)) == ("vendor_unreachable", 1)

    @pytest.mark.parametrize(
        "path", ["/api/v0/work_orders?page[number]=1", "/api/v0/work_orders?page%5Bnumber%5D=0001"]
    )
    async def test_a_next_page_that_is_this_one_is_no_page(self, tried: Tried, path: str) -> None:
        with pytest.raises(RetryLater) as looped:
            await tried.read(rewritten(lambda body: {**body, "next_page_path": path}), lasting=True)
        assert looped.value.code == "vendor_answer_unreadable"

    @pytest.mark.parametrize(
        "path", [7, "", "nonsense", "https://elsewhere.example/?page[number]=soon", ["x"]], ids=repr
    )
    async def test_a_next_page_that_can_not_be_read_is_none(self, tried: Tried, path: Any) -> None:
        page = await tried.read(rewritten(lambda body: {**body, "next_page_path": path}))
        assert page.cursor == ""

    async def test_only_the_page_number_is_taken_from_a_link_to_another_host(self, tried: Tried) -> None:
        link = "https://elsewhere.example/api/v0/work_orders?page[number]=2"
        page = await tried.read(rewritten(lambda body: {**body, "next_page_path": link}))
        assert page.cursor == "2"

    @pytest.mark.parametrize("missing", ["CreatedAt", "Link", "VendorTrade", "AssignedUsers", "LastUpdatedAt"])
    async def test_fields_that_an_account_may_lack_cost_no_work_order(self, tried: Tried, missing: str) -> None:
        whole = rows(await tried.read())
        page = await tried.read(self.changed(lambda records: [one.pop(missing) for one in records]))
        assert rows(page).keys() == whole.keys()

    async def test_an_unknown_status_is_reported_and_not_guessed(self, tried: Tried) -> None:
        page = await tried.read(self.changed(lambda records: records[0].__setitem__("Status", "On the moon")))
        assert "unknown work order status: On the moon" in [problem.kind for problem in page.problems]
        assert "unknown" in [row["status"] for row in rows(page).values()]
