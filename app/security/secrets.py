"""Integrations' secrets at rest: AES-GCM under a data key for each row, the data key wrapped by a key provider.

The row's place (table, column, id, workspace) is the associated data, so a ciphertext that was moved to another row
does not open. Not for: secrets in the environment (app/settings.py), and never for anything a model may see.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.engine import Database
from app.db.models.security import Secret
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.security.keys import KeyRing, key_id

NONCE_BYTES = 12
KEY_BYTES = 32
Random = Callable[[int], bytes]
Record = Callable[[AsyncSession], Awaitable[None]]
"""Puts a change on record, in the change's own transaction."""


class KeyProvider(Protocol):
    """Wraps data keys. The environment's SECRET_KEY today; a KMS or Vault has the same two operations.

    `context` must be the same for both; unwrapping with another one raises InvalidTag. An unknown key raises KeyError.
    """

    async def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        """Id of the wrapping key, and the wrapped data key."""
        ...

    async def unwrap(self, wrapping_key_id: str, wrapped: bytes, context: bytes) -> bytes: ...

    def is_current(self, wrapping_key_id: str) -> bool: ...


class SecretKeyProvider:
    """Wraps with keys derived from SECRET_KEY; previous ones still unwrap."""

    def __init__(self, keys: KeyRing, random: Random = os.urandom) -> None:
        derived = keys.derived("secrets")
        self._current = key_id(derived[0])
        self._keys = {key_id(key): AESGCM(key) for key in derived}
        self._random = random

    async def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        nonce = self._random(NONCE_BYTES)
        return self._current, nonce + self._keys[self._current].encrypt(nonce, data_key, context)

    async def unwrap(self, wrapping_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        return self._keys[wrapping_key_id].decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)

    def is_current(self, wrapping_key_id: str) -> bool:
        return wrapping_key_id == self._current


class SecretStore:
    """Secrets by workspace and name (`hubspot_api_key`)."""

    def __init__(self, db: Database, provider: KeyProvider, clock: Clock, random: Random = os.urandom) -> None:
        self._db = db
        self._provider = provider
        self._clock = clock
        self._random = random

    async def put(self, workspace_id: str, name: str, value: str, record: Record | None = None) -> None:
        """Stores or replaces a secret under a fresh data key."""
        data_key, nonce = self._random(KEY_BYTES), self._random(NONCE_BYTES)
        wrapping_key_id, wrapped = await self._provider.wrap(data_key, _place("wrapped_key", workspace_id, name))
        row = Secret(
            workspace_id=workspace_id,
            id=name,
            ciphertext=AESGCM(data_key).encrypt(nonce, value.encode(), _place("ciphertext", workspace_id, name)),
            nonce=nonce,
            wrapped_key=wrapped,
            key_id=wrapping_key_id,
            created_at=self._clock.now(),
        )
        async with self._db.transaction() as session:
            await session.merge(row)
            await _put_on(record, session)

    async def get(self, workspace_id: str, name: str) -> str | None:
        """The secret, None if there is none. Raises Fixable when the row was changed or its key is gone."""
        async with self._db.reading() as session:
            row = await session.get(Secret, (workspace_id, name))
        if row is None:
            return None
        data_key = await self._data_key(row)
        try:
            place = _place("ciphertext", workspace_id, name)
            return AESGCM(data_key).decrypt(row.nonce, row.ciphertext, place).decode()
        except InvalidTag:
            raise _unreadable(name) from None

    async def names(self, workspace_id: str) -> list[str]:
        async with self._db.reading() as session:
            found = await session.scalars(select(Secret.id).where(Secret.workspace_id == workspace_id))
            return sorted(found)

    async def forget(self, workspace_id: str, name: str, record: Record | None = None) -> None:
        async with self._db.transaction() as session:
            await session.execute(delete(Secret).where(Secret.workspace_id == workspace_id, Secret.id == name))
            await _put_on(record, session)

    async def rewrap(self) -> int:
        """After a rotation: wraps the data keys of all secrets with the current key; returns how many changed.

        The secrets themselves stay encrypted as they are. Raises Fixable at the first row that cannot be opened.
        """
        async with self._db.reading() as session:
            rows = list(await session.scalars(select(Secret)))
        outdated = [row for row in rows if not self._provider.is_current(row.key_id)]
        for row in outdated:
            data_key = await self._data_key(row)
            place = _place("wrapped_key", row.workspace_id, row.id)
            wrapping_key_id, wrapped = await self._provider.wrap(data_key, place)
            async with self._db.transaction() as session:
                current = await session.get(Secret, (row.workspace_id, row.id))
                if current is not None and current.wrapped_key == row.wrapped_key:
                    current.key_id, current.wrapped_key = wrapping_key_id, wrapped
        return len(outdated)

    async def _data_key(self, row: Secret) -> bytes:
        try:
            place = _place("wrapped_key", row.workspace_id, row.id)
            return await self._provider.unwrap(row.key_id, row.wrapped_key, place)
        except (InvalidTag, KeyError):
            raise _unreadable(row.id) from None


async def _put_on(record: Record | None, session: AsyncSession) -> None:
    if record is not None:
        await session.flush()  # the record comes last: it holds its chain's lock until the commit
        await record(session)


def _place(column: str, workspace_id: str, name: str) -> bytes:
    """Associated data: a row's place, written so that no two places look alike."""
    return f"secrets.{column}:{len(name)}:{name}:{workspace_id}".encode()


def _unreadable(name: str) -> Fixable:
    return Fixable(
        f"The stored secret “{name}” can't be opened.",
        next_step="Enter it again; if SECRET_KEY was changed, put the old one into SECRET_KEY_PREVIOUS first.",
        code="secret_unreadable",
    )
