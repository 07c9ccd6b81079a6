"""What a database error means for the person who waits: busy, full or away, and nothing was changed.

Use it only where the failed transaction's rollback is the whole story; a write elsewhere may have happened already.
"""

from __future__ import annotations

import errno
from traceback import walk_tb

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import RetryLater

_AGAIN = "Nothing was changed; please try again in a moment."
_WORDS = {
    "disk_full": (
        "My disk is full, so I can't store anything.",
        "Nothing was changed. Please tell your administrator.",
    ),
    "database_busy": ("My database is busy.", _AGAIN),
    "database_unreachable": ("I can't reach my database.", _AGAIN),
}


def as_retry_later(error: BaseException) -> RetryLater | None:
    """The sentence for a database that is locked, full or unreachable; None for any other error."""
    kind = _kind(error)
    if kind is None:
        return None
    sentence, next_step = _WORDS[kind]
    return RetryLater(sentence, next_step=next_step, code=kind, detail=f"{type(error).__name__}: {error}")


def _kind(error: BaseException) -> str | None:
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return "disk_full"
        return "database_unreachable" if _while_connecting(error) else None
    if not isinstance(error, SQLAlchemyError):
        return None
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if any(sign in text for sign in ("disk is full", "no space left", "disk i/o error")):
        return "disk_full"
    if isinstance(error, PoolTimeout) or any(sign in text for sign in ("locked", "deadlock", "too many")):
        return "database_busy"
    gone = isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    return "database_unreachable" if gone else None


def _while_connecting(error: OSError) -> bool:
    """True for a server that can't be reached: asyncpg lets the socket's own error through, unlike other failures."""
    frames = (frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__))
    return any(name.startswith("asyncpg.connect") for name in frames)
