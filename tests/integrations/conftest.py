"""What tests of several connectors share."""

from __future__ import annotations

import pytest

from app.http.outbound import Call, Reply, ServiceClient


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every call that any client sends, as it is sent."""
    calls: list[Call] = []
    send = ServiceClient.send

    async def noted(self: ServiceClient, call: Call) -> Reply:
        calls.append(call)
        return await send(self, call)

    monkeypatch.setattr(ServiceClient, "send", noted)
    return calls
