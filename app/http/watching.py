"""Who looks on while an attempt is made, as a protocol. What becomes of it is app/telemetry's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Watched(Protocol):
    """One attempt under way."""

    def set(self, attributes: Mapping[str, str | int | float | bool]) -> None: ...

    def failed(self, error_type: str) -> None: ...


Watch = Callable[[str, str, str, str, int], AbstractContextManager[Watched]]
"""Open around an attempt of a method, service, operation and address; the first attempt is 1."""


class _Nobody:
    def set(self, attributes: Mapping[str, str | int | float | bool]) -> None:
        pass

    def failed(self, error_type: str) -> None:
        pass


_NOBODY = nullcontext(_Nobody())


def unwatched(method: str, service: str, operation: str, address: str, attempt: int) -> AbstractContextManager[Watched]:
    """Where nobody looks."""
    return _NOBODY
