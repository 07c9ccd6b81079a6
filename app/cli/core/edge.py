"""The edge between the command line and the rest: failures become one sentence and an exit code."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console

from app.domain.errors import SophiaError
from app.settings import Settings, load_settings


def settings_or_exit(**overrides: Any) -> Settings:
    """The settings, or exit code 2 with the sentences that say what is wrong."""
    try:
        return load_settings(**overrides)
    except SophiaError as wrong:
        fail(wrong)
        raise typer.Exit(2) from None


def fail(error: SophiaError) -> None:
    """Prints an error for people to standard error."""
    console = Console(stderr=True)
    console.print(f"[bold red]✗[/] {error.sentence}", highlight=False)
    if error.next_step:
        console.print(f"  {error.next_step}", highlight=False)
