"""Where a value lies in an answer: `data`, `instance_type.name`, `regions.*.name`.

Steps are names of fields; `*` goes into every element of a list and every value of an object. The empty path is the
answer itself. Where a record is looked for, `id|name` is what lies at either path.
"""

from __future__ import annotations

import re
from typing import Any, Final

PATH: Final = re.compile(r"(?:[^.*|\s]+|\*)(?:\.(?:[^.*|\s]+|\*))*|")
EVERY: Final = "*"
EITHER: Final = "|"


def steps(path: str) -> list[str]:
    return path.split(".") if path else []


def found(value: Any, path: str) -> list[Any]:
    """Every value at the path, in order; empty when a step leads nowhere. Nulls are left out."""
    reached = [value]
    for step in steps(path):
        reached = [further for one in reached for further in _step(one, step)]
    return [one for one in reached if one is not None]


def holds(value: Any, path: str) -> bool:
    """True when the field of the path's last step is there, even as null or as an empty list."""
    if not path:
        return True
    *before, last = steps(path)
    parents = found(value, ".".join(before))
    return any(last == EVERY or (isinstance(one, dict) and last in one) for one in parents)


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Sets a field of a request's body; objects on the way are made."""
    *before, last = steps(path)
    for step in before:
        body = body.setdefault(step, {})
    body[last] = value


def _step(value: Any, step: str) -> list[Any]:
    if step == EVERY:
        if isinstance(value, dict):
            return list(value.values())
        return list(value) if isinstance(value, list) else []
    return [value[step]] if isinstance(value, dict) and step in value else []
