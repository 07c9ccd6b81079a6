"""Gong's stand-in, fresh for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integrations.gong.rig import Stand, standing


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with standing() as made:
        yield made
