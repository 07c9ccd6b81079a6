"""HubSpot under the contract of every connector: read through the list of deals, and through the search for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.base import Connector, Reading
from app.integrations.hubspot import CONNECTOR
from tests.integrations.contract.pages import Change, PagesContract
from tests.integrations.contract.proxy import rewritten
from tests.integrations.contract.suite import ConnectorContract, VendorRig
from tests.integrations.hubspot.rig import ACCOUNT, HandClock, serving, settings


class HubSpotRig(VendorRig):
    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with serving(data, HandClock()) as (_, url):
            yield url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["results"]


class HubSpotContract(HubSpotRig, ConnectorContract):
    secret = ACCOUNT.token
    text_field, text_column = "dealname", "name"
    errors_inside: ClassVar = {
        "vendor_answer_unreadable": b'{"status": "error", "message": "Oops", "category": "INTERNAL"}'
    }

    def fields(self, record: dict[str, Any]) -> dict[str, Any]:
        return record["properties"]


class TestList(HubSpotContract):
    reading = Reading("deals", date(2024, 3, 1))
    target = b"GET /crm/v3/objects/deals?"


class TestPages(HubSpotRig, PagesContract):
    reading = Reading("deals", date(2024, 3, 1))
    target = b"GET /crm/v3/objects/deals?"
    places = ("NTI1Cg%3D%3D", "NTI2Cg%3D%3D")
    unreadable = (7.5, ["x"], {"x": 1}, True, "x" * 5_000, "a\nb")

    def naming(self, place: Any) -> Change:
        return rewritten(lambda body: {**body, "paging": {"next": {"after": place}} if place else None})


class TestSearch(HubSpotContract):
    reading = Reading("deals", date(2024, 3, 1), since=datetime(2024, 1, 1, tzinfo=UTC))
    target = b"POST /crm/v3/objects/deals/search"
