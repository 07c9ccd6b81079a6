"""Reads a request's body, but never more of it than is wanted."""

from __future__ import annotations

from fastapi import Request


async def read_body(request: Request, largest: int) -> bytes | None:
    """The body; None when it is larger than `largest` bytes. No more than that is ever read."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > largest:
        return None
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            return None
        pieces.append(piece)
    return b"".join(pieces)
