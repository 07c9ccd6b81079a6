"""Where kept answers lie: in this process, or in Redis for all replicas. Each lies only as long as it was put for.

In Redis an answer is sealed with a key of SECRET_KEY's and bound to its place, because that database is not asked who
may read. A Redis that fails costs the answers it had, nothing else.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.http.shared_redis import SharedRedis

KEPT = 2_000
PREFIX = "sophia:models:answer:"
NONCE_BYTES = 12


@dataclass(frozen=True)
class Kept:
    """A whole answer of a model. `calls` are names and arguments; a call's id belongs to one turn."""

    text: str
    calls: tuple[tuple[str, dict[str, Any]], ...]
    finish: str
    provider: str
    model: str


class Shelf(Protocol):
    async def get(self, key: str) -> Kept | None: ...

    async def put(self, key: str, kept: Kept, seconds: float) -> None: ...

    async def aclose(self) -> None: ...


class OwnShelf:
    """In memory; the one not used for longest makes room. `monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float], *, most: int = KEPT) -> None:
        self._monotonic = monotonic
        self._most = most
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    async def get(self, key: str) -> Kept | None:
        until, kept = self._kept.get(key, (0.0, None))
        if kept is None or self._monotonic() >= until:
            self._kept.pop(key, None)
            return None
        self._kept.move_to_end(key)
        return kept

    async def put(self, key: str, kept: Kept, seconds: float) -> None:
        self._kept[key] = (self._monotonic() + seconds, kept)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def aclose(self) -> None:
        self._kept.clear()


class RedisShelf:
    """`address` is REDIS_URL's value; `keys` are 32 bytes each, the current one first."""

    def __init__(self, address: str, keys: Sequence[bytes], monotonic: Callable[[], float]) -> None:
        self._redis = SharedRedis(address, monotonic, failed="model_answers_not_shared", text=False)
        self._seals = [AESGCM(key) for key in keys]

    async def get(self, key: str) -> Kept | None:
        sealed: bytes | None = await self._redis.ask(lambda client: client.get(PREFIX + key))
        return self._opened(key, sealed) if sealed else None

    async def put(self, key: str, kept: Kept, seconds: float) -> None:
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._seals[0].encrypt(nonce, orjson.dumps(kept), key.encode())
        life = max(1, round(seconds * 1000))
        await self._redis.ask(lambda client: client.set(PREFIX + key, sealed, px=life))

    async def aclose(self) -> None:
        await self._redis.aclose()

    def _opened(self, key: str, sealed: bytes) -> Kept | None:
        for seal in self._seals:
            try:
                plain = orjson.loads(seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key.encode()))
            except InvalidTag:
                continue
            calls = tuple((name, arguments) for name, arguments in plain.pop("calls"))
            return Kept(calls=calls, **plain)
        return None
