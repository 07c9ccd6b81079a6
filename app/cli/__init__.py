"""The `sophia` command. Each module of this package with a `register(app)` adds its own command."""

from __future__ import annotations

import importlib
import pkgutil
from importlib import metadata
from typing import Annotated

import typer


def build() -> typer.Typer:
    """The command line, with every command found in this package."""
    cli = typer.Typer(
        name="sophia",
        help="Sophia, the assistant for apartment companies. Ask in plain words; she answers with sources.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    cli.callback()(_root)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        if module.ispkg:
            continue
        importlib.import_module(f"{__name__}.{module.name}").register(cli)
    return cli


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sophia {metadata.version('sophia')}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Options before a command; each works by its own callback."""


def main() -> None:
    """Entry point of the `sophia` command."""
    build()()
