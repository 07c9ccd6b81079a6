"""Gong under the contract of every connector, read through its calls."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.base import Connector, Reading
from app.integrations.gong import CONNECTOR
from tests.http.scripted import answer
from tests.integrations.contract.pages import Change, DyingPlacesContract
from tests.integrations.contract.proxy import rewritten
from tests.integrations.contract.suite import ConnectorContract, VendorRig
from tests.integrations.gong.rig import SECRET, settings, standing


class GongRig(VendorRig):
    reading = Reading("calls", date(2026, 2, 1))
    target = b"/v2/calls/extensive"

    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with standing(page_size=5) as stand:
            yield stand.url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["calls"]


class TestGong(GongRig, ConnectorContract):
    secret = SECRET
    text_field, text_column = "title", "title"
    errors_inside: ClassVar = {"vendor_refused": b'{"requestId": "1", "errors": ["No."]}'}

    def fields(self, record: dict[str, Any]) -> dict[str, Any]:
        return record["metaData"]


class TestPages(GongRig, DyingPlacesContract):
    places = ("eyJwIjoxfQ", "eyJwIjoyfQ")
    unreadable = (7.5, ["x"], {"x": 1}, True, "x" * 5_000, "a\nb")
    forgotten = answer(400, b'{"requestId": "1", "errors": ["cursor has expired"]}')

    def naming(self, place: Any) -> Change:
        return rewritten(lambda body: {**body, "records": {"totalRecords": 1, "cursor": place}})
