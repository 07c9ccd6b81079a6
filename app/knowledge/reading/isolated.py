"""Reads files in a process of its own: what a hostile file does to a parser, it does to that process alone.

The process gets little memory and little time. When it dies the file is called unreadable and the next one gets a new
process. Windows has no memory limit; there the time limit alone holds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from app.knowledge.reading import storable
from app.knowledge.reading.base import About, Material, Section, Unreadable

MOST_MEMORY = 2 * 1024**3  # bytes of address space, libraries included
MOST_SECONDS = 120.0


T = TypeVar("T")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a file. It survives the way between processes, as an exception with named arguments does
    not."""

    sentence: str
    next_step: str
    code: str


@dataclass(frozen=True)
class Contents:
    """What a file holds."""

    about: About
    sections: tuple[Section, ...]


class OwnProcess:
    """Does work on files in a process of its own. Opens it at the first file; close it at the end."""

    def __init__(self, *, seconds: float = MOST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._pool: ProcessPoolExecutor | None = None
        self._one_at_a_time = asyncio.Lock()

    async def run(self, name: str, work: Callable[..., T | Wrong], *given: object) -> T:
        """What `work` (a function of a module, not of a class) returns in the other process. `name` is the file's, for
        people. Raises Unreadable for what is Wrong, and when it takes too much time or memory."""
        async with self._one_at_a_time:
            pool = self._pool = self._pool or self._opened()
            try:
                async with asyncio.timeout(self._seconds):
                    found = await asyncio.get_running_loop().run_in_executor(pool, work, *given)
            except (BrokenProcessPool, TimeoutError):
                self.close()
                raise Unreadable(
                    f"Reading “{name}” took more time or memory than I give one file, so I stopped.",
                    next_step="Please split it, or save it as PDF again.",
                    code="hostile_document",
                ) from None
        if isinstance(found, Wrong):
            raise Unreadable(found.sentence, next_step=found.next_step, code=found.code)
        return found

    def close(self) -> None:
        """Ends the process, also in the middle of a file."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes: dict[int, Any] = getattr(pool, "_processes", None) or {}
        for process in list(processes.values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)

    def _opened(self) -> ProcessPoolExecutor:
        # Spawned, not forked: nothing of this process (keys, connections) is in it.
        return ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_limited, initargs=(self._memory,)
        )


class IsolatedReading(OwnProcess):
    """Reads documents."""

    async def read(self, material: Material) -> Contents:
        """The file's sections. Raises Unreadable."""
        return await self.run(material.name, contents_of, material)


def contents_of(material: Material) -> Contents | Wrong:
    """Reads in this process."""
    return believed(material.name, _contents, material)


def _contents(material: Material) -> Contents:
    from app.knowledge.reading.registry import reader_of  # noqa: PLC0415 - only the child needs parsers

    reader = reader_of(material)
    return Contents(storable.about(reader.about(material)), tuple(storable.sections(reader.sections(material))))


def believed(name: str, work: Callable[..., T], *given: object) -> T | Wrong:
    """What `work` returns, or in words what is wrong with the file called `name`."""
    try:
        return work(*given)
    except Unreadable as wrong:
        return Wrong(wrong.sentence, wrong.next_step, wrong.code)
    except (MemoryError, RecursionError):
        return Wrong(f"“{name}” is built in a way that I can't read.", "Please save it as PDF.", "hostile_document")
    except Exception as unforeseen:  # whatever a damaged file brings a parser to
        gave_up = type(unforeseen).__name__
        sentence = f"“{name}” is damaged: its reader gave up ({gave_up})."
        return Wrong(sentence, "Please export it again.", "damaged_document")


def _limited(memory: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
