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
from app.integrations.paging import Mark
from tests.http.scripted import answer
from tests.integrations.appfolio.rig import ACCOUNT, settings, standing
from tests.integrations.contract.pages import Change, DyingPlacesContract, PagesContract
from tests.integrations.contract.proxy import rewritten
from tests.integrations.contract.suite import ConnectorContract, Tried, VendorRig, rows


class AppFolioRig(VendorRig):
    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with standing(data, limited=False) as stand:  # the suite's own clock tells the connector the time
            yield stand.url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)


class TestAppFolio(AppFolioRig, ConnectorContract):
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

    @pytest.mark.parametrize("missing", ["CreatedAt", "Link", "VendorTrade", "AssignedUsers", "LastUpdatedAt"])
    async def test_fields_that_an_account_may_lack_cost_no_work_order(self, tried: Tried, missing: str) -> None:
        whole = rows(await tried.read())
        page = await tried.read(self.changed(lambda records: [one.pop(missing) for one in records]))
        assert rows(page).keys() == whole.keys()

    async def test_an_unknown_status_is_reported_and_not_guessed(self, tried: Tried) -> None:
        page = await tried.read(self.changed(lambda records: records[0].__setitem__("Status", "On the moon")))
        assert "unknown work order status: On the moon" in [problem.kind for problem in page.problems]
        assert "unknown" in [row["status"] for row in rows(page).values()]


class TestLeads(AppFolioRig, ConnectorContract):
    """The guest cards, by way of the Reports API."""

    reading = Reading("leads", date(2026, 1, 1))
    target = b"/api/v2/reports/guest_card_inquiries"
    secret = ACCOUNT.reports[1]
    text_field, text_column = "name", "name"
    errors_inside: ClassVar = TestAppFolio.errors_inside

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["results"]


class TestVendors(AppFolioRig, ConnectorContract):
    """The vendors, by way of the Reports API."""

    reading = Reading("vendors", date(2026, 1, 1))
    target = b"/api/v2/reports/vendor_directory"
    secret = ACCOUNT.reports[1]
    text_field, text_column = "company_name", "name"
    errors_inside: ClassVar = TestAppFolio.errors_inside

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["results"]


class TestPages(AppFolioRig, PagesContract):
    """The Database API's lists."""

    reading = Reading("work_orders", date(2024, 3, 1))
    target = b"/api/v0/work_orders?"
    places = ("2", "3")
    unreadable = (
        7,
        ["x"],
        "nonsense",
        *("/api/v0/work_orders?page[number]=" + one for one in ("soon", "0001", "0", "-1")),
    )

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["data"]

    def naming(self, place: Any) -> Change:
        """The path may lead to any host: only the number is taken."""
        link = f"https://elsewhere.example/api/v0/x?page[number]={place}" if place in self.places else place
        return rewritten(lambda body: {**body, "next_page_path": link or None})


class TestReportPages(AppFolioRig, DyingPlacesContract):
    """The Reports API's pages, from the payments of a ledger."""

    reading = Reading("ledger", date(2024, 3, 1), cursor=Mark("2026-02-01").cursor)
    target = b"/api/v2/reports/receivables_activity"
    places = ("metadata_id=abc&page=2", "metadata_id=abc&page=3")
    unreadable = (7, ["x"], "nonsense", "https://elsewhere.example/")
    forgotten = answer(404, b'{"status": 404, "error": "Not Found"}')

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["results"]

    def naming(self, place: Any) -> Change:
        link = f"https://elsewhere.example/api/v2/x.json?{place}" if place in self.places else place
        return rewritten(lambda body: {**body, "next_page_url": link or None})
