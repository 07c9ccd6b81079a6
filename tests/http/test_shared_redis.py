"""A Redis that fails is told of once and left alone for a while."""

from __future__ import annotations

from typing import Any

from structlog.testing import capture_logs

from app.http.shared_redis import LEAVE_ALONE, SharedRedis
from tests.http.patience import Patience


async def test_a_redis_that_is_gone_is_told_of_once_and_left_alone_for_a_while() -> None:
    patience = Patience()
    redis = SharedRedis("redis://127.0.0.1:9/0", patience.monotonic, failed="rests_not_shared", kind="models")
    tries = 0

    async def look(client: Any) -> str:
        nonlocal tries
        tries += 1
        return await client.get("a")

    with capture_logs() as logs:
        assert [await redis.ask(look) for _ in range(3)] == [None] * 3
    assert (tries, [(one["event"], one["kind"]) for one in logs]) == (1, [("rests_not_shared", "models")])
    await patience.sleep(LEAVE_ALONE)
    assert await redis.ask(look) is None
    assert tries == 2
    await redis.aclose()
