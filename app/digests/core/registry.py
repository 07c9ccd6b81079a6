"""Finds the digests: every module in `app/digests/` defines `DIGEST`. A wrong or doubled one stops the start."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import app.digests
from app.digests.core.digest import Digest


@cache
def all_digests() -> dict[str, Digest]:
    """The digests by topic. Raises ImportError or ValueError."""
    found: dict[str, Digest] = {}
    for module in pkgutil.iter_modules(app.digests.__path__, f"{app.digests.__name__}."):
        if module.ispkg:
            continue
        digest = getattr(importlib.import_module(module.name), "DIGEST", None)
        if not isinstance(digest, Digest) or digest.topic in found:
            raise ValueError(f"{module.name} defines no DIGEST of its own topic")
        found[digest.topic] = digest
    return found


def title_of(topic: str) -> str:
    """How a digest is called, its topic where it is gone."""
    digest = all_digests().get(topic)
    return topic if digest is None else digest.title
