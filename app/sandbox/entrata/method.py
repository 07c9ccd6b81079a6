"""What a method of the stand-in is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Answer, Kind, Param, Request

Handler = Callable[[EntrataStore, Request], Answer]


@dataclass(frozen=True)
class Method:
    """`wrapped`: whether the answer stands in `response`; `code`: what stands in it for success (None: nothing)."""

    resource: str
    versions: tuple[str, ...]
    handler: Handler
    params: Mapping[str, Param] = field(default_factory=dict[str, Param])
    wrapped: bool = True
    code: str | int | None = 200
    pages: bool = False


def params_of(**kinds: str) -> dict[str, Param]:
    """`name="int"`; a star behind the kind marks a required one."""
    allowed: tuple[Kind, ...] = ("int", "flag", "day", "month", "ids", "text", "phone", "moment")
    return {
        name: Param(next(kind for kind in allowed if kind == text.removesuffix("*")), text.endswith("*"))
        for name, text in kinds.items()
    }
