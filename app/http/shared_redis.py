"""A Redis in which processes share what each could do without. One that fails is told of once and left alone for a few
seconds; meanwhile every process goes by what it knows itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)

LEAVE_ALONE = 5.0  # seconds without another try after Redis failed
PATIENCE = 0.5  # seconds for an answer
T = TypeVar("T")


class SharedRedis:
    """`address` is REDIS_URL's value; `failed` and `told` are the log event of a Redis that fails; `text` for values
    that are text and not bytes. `monotonic` gives seconds that only go forward."""

    def __init__(
        self, address: str, monotonic: Callable[[], float], *, failed: str, text: bool = True, **told: str
    ) -> None:
        self._address = address
        self._monotonic = monotonic
        self._failed = failed
        self._text = text
        self._told = told
        self._client: Any = None
        self._alone_until = 0.0

    async def ask(self, what: Callable[[Any], Awaitable[T]]) -> T | None:
        """What `what` gets from redis-py's client; None when Redis cannot be asked."""
        if self._monotonic() < self._alone_until:
            return None
        from redis.exceptions import RedisError  # noqa: PLC0415 - only loaded when REDIS_URL is set

        if self._client is None:
            from redis.asyncio import Redis  # noqa: PLC0415

            self._client = Redis.from_url(
                self._address, decode_responses=self._text, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
            )
        try:
            return await what(self._client)
        except (RedisError, OSError) as broken:
            self._alone_until = self._monotonic() + LEAVE_ALONE
            log.warning(self._failed, error=type(broken).__name__, **self._told)
            return None

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
