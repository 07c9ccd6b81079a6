"""The `sophia` command. Each module of this package with a `register(app)` adds its own command."""

from __future__ import annotations

import importlib
import pkgutil

import typer


def build() -> typer.Typer:
    """The command line, with every command found in this package."""
    cli = typer.Typer(
        name="sophia",
        help="Sophia, the assistant for apartment companies. Ask in plain words; she answers with sources.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        importlib.import_module(f"{__name__}.{module.name}").register(cli)
    return cli


def main() -> None:
    """Entry point of the `sophia` command."""
    build()()
