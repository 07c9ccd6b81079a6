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
from tests.integrations.contract.suite import ConnectorContract
from tests.integrations.entrata.rig import HOME, KEY, settings, standing


class TestEntrata(ConnectorContract):
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

    @asynccontextmanager
    async def stand_in(self, data: Path) -> AsyncGenerator[str]:
        async with standing(data) as stand:
            yield stand.url

    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector:
        return CONNECTOR.open(settings(url), outbound, clock)

    def records(self, body: Any) -> list[dict[str, Any]]:
        return body["result"]["workOrders"]["workOrder"]
