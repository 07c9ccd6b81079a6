"""Places in a recording, as people write them."""

from __future__ import annotations


def mark(seconds: int) -> str:
    """A position in a recording: 02:15, and from an hour on 1:02:15."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
