"""Rows made ahead are the same rows, in a thread or in a process of their own."""

from __future__ import annotations

import pytest

from app.sandbox.portfolio import making
from app.sandbox.portfolio.making import Order, made_ahead
from app.sandbox.portfolio.portfolio import Portfolio
from tests import demo

ORDER = Order("w", "entrata", demo.NOW, "sqlite")


async def rows(portfolio: Portfolio) -> list[tuple[int, list[making.Batch]]]:
    async with made_ahead(portfolio, ORDER) as communities:
        return [made async for made in communities]


async def test_a_process_makes_the_same_rows_as_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = Portfolio(seed=3, today=demo.TODAY, size=2)
    here = await rows(portfolio)
    monkeypatch.setattr(making, "LARGE", 1)
    assert await rows(portfolio) == here
    assert [property_id for property_id, _ in here] == [prop.id for prop in portfolio.properties]


async def test_leaving_early_stops_the_making() -> None:
    portfolio = Portfolio(seed=3, today=demo.TODAY, size=12)
    async with made_ahead(portfolio, ORDER) as communities:
        async for property_id, _ in communities:
            assert property_id == portfolio.properties[0].id
            break
