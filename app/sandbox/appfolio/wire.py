"""How AppFolio writes values and says no."""

from __future__ import annotations

from datetime import UTC, date, datetime


class Refused(Exception):
    """An error answer: HTTP status, the code inside it, a message, and seconds for Retry-After."""

    def __init__(self, status: int, message: str, *, code: str = "", after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.after = status, message, code or str(status), after


def dollars(cents: int) -> str:
    """`1,250.00`, negative amounts with a minus."""
    sign, whole = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def moment(at: datetime | None) -> str | None:
    """`2026-01-05T00:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def last_first(name: str) -> str:
    """`Rivera, Carlos`, as the reports write people."""
    first, _, last = name.partition(" ")
    return f"{last}, {first}" if last else first


def read_moment(text: str) -> datetime:
    """An ISO moment with a zone. Raises Refused(400)."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"{text[:40]} is not a valid timestamp") from None
    if at.tzinfo is None:
        raise Refused(400, "a timestamp needs a time zone")
    return at


def read_day(text: object, name: str) -> date:
    """A day as YYYY-MM-DD. Raises Refused(400)."""
    try:
        return date.fromisoformat(str(text)) if len(str(text)) == 10 else date.fromisoformat("")
    except ValueError:
        raise Refused(400, f"{name} must be a date (YYYY-MM-DD)") from None
