"""How a process that serves for days is set up: a quicker event loop, and a collector that does not walk the libraries.

Not for short commands' results: nothing here changes what the code does, only what it costs.
"""

from __future__ import annotations

import asyncio
import gc
import sys

COLLECT_AFTER = (50_000, 20, 50)
"""New objects before a collection, and collections before one of the older generations. Python's own 700 makes a turn,
which builds thousands of short-lived objects, pay for dozens of collections."""
SWITCH_AFTER = 0.0005
"""Seconds a thread may keep the interpreter while another waits. The database's threads work in slices far shorter than
Python's own 5 ms, and the event loop would wait that long for each of them."""


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it exists (not on Windows), else asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def settle_in() -> None:
    """Call once everything long-lived is built: what exists now is never looked at by the collector again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_AFTER)
