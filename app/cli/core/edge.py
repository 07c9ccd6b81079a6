"""The edge between the command line and the rest: failures become one sentence and an exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog
import typer
from rich.console import Console
from rich.text import Text

from app.channels.console_table import as_words
from app.db.failures import as_retry_later
from app.domain.errors import Bug, SophiaError
from app.runtime.process import new_event_loop
from app.settings import Settings, load_settings

T = TypeVar("T")
FAILED, BAD_SETTINGS = 1, 2

log = structlog.get_logger(__name__)


def settings_or_exit(**overrides: Any) -> Settings:
    """The settings, or exit code 2 with the sentences that say what is wrong."""
    try:
        return load_settings(**overrides)
    except SophiaError as wrong:
        fail(wrong)
        raise typer.Exit(BAD_SETTINGS) from None


def run_or_exit(work: Coroutine[Any, Any, T], *, failed: int = FAILED) -> T:
    """What `work` returns. A failure is shown as a sentence and ends the command with exit code `failed`, Ctrl-C
    with 130."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(work)
    except SophiaError as wrong:
        fail(wrong)
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        known = as_retry_later(error)
        if known is None:
            log.error("command_failed", exc_info=error)
        fail(known or Bug(detail=repr(error)))
    raise typer.Exit(failed)


def fail(error: SophiaError) -> None:
    """Prints an error for people to standard error."""
    console = Console(stderr=True)
    console.print(Text.assemble(("✗", "bold red"), " ", as_words(error.sentence)), highlight=False)
    if error.next_step:
        console.print(as_words(f"  {error.next_step}"), highlight=False)
