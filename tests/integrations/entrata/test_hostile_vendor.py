"""Entrata under the contract of every connector, read through its work orders."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.base import Connector, Reading
from app.integrations.entrata import CONNECTOR
from tests.http.scripted import Answer
from tests.integrations.contract.pages import Change, PagesContract
from tests.integrations.contract.suite import ConnectorContract, VendorRig
from tests.integrations.entrata.rig import HOME, KEY, settings, standing


class EntrataRig(VendorRig):
    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with standing(data) as stand:
            yield stand.url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)


class TestEntrata(EntrataRig, ConnectorContract):
    reading = Reading("work_orders", date(2024, 3, 1), str(HOME))
    target = b'"getWorkOrders"'
    secret = KEY
    text_field, text_column = "maintenanceDescription", "description"
    errors_inside: ClassVar = {
        "vendor_credentials": b'{"response": {"error": {"code": 113, "message": "Password is incorrect."}}}',
        "vendor_refused": b'{"response": {"error": {"code": 301, "message": "No."}}}',
        "vendor_rate_limited": b'{"response": {"error": {"code": 429, "message": "Slow."}}}',
        "vendor_unreachable": b'{"response": {"error": {"code": 500, "message": "Oops."}}}',
    }

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["result"]["workOrders"]["workOrder"]


class TestPages(EntrataRig, PagesContract):
    reading = Reading("leases", date(2024, 3, 1), str(HOME))
    target = b'"getLeases"'
    places = ("2", "3")
    unreadable = ("x", "-2", "1.5", "9" * 20)

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["result"]["leases"]["lease"]

    def naming(self, place: Any) -> Change:
        """The Link header holds the address, which may be anybody's: only the number is taken."""
        link = f'Link: <https://elsewhere.example/v1/leases?page_no={place}&per_page=9>; rel="next"'

        def change(whole: bytes) -> Answer:
            head, _, body = whole.partition(b"\r\n\r\n")
            kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"link:")]
            return b"\r\n".join([*kept, *([link.encode()] if place else []), b"", b""]) + body

        return change
