"""One spelling for one value, so that hashes and signatures over it can be compared."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic_core import to_jsonable_python


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; dates, decimals and dataclasses become plain values.

    Raises ValueError for values that JSON cannot hold.
    """
    plain = to_jsonable_python(value)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical spelling, as 64 hex characters."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
