"""Work that a click starts and nobody waits for: the answer comes to the page live."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from app.sandbox.slack.errors import SlackError

_log = logging.getLogger(__name__)


class Background:
    """Keeps started work alive until it is done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run the work. What was clicked may be gone by then: the page shows that, the log keeps why."""
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _run(work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except SlackError as refusal:
            _log.info("an action on the page was refused: %s", refusal.code)
