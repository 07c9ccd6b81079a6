"""`sophia secrets`: keys and tokens kept encrypted in the database, for those that the environment leaves empty.

A value is typed at a prompt or read from standard input: on the command line it would stand in the shell's history.
Nothing prints one.
"""

from __future__ import annotations

import difflib
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.desk import BY, Desk, at_desk
from app.domain.errors import Fixable, NotFound
from app.security.audit import AuditEvent
from app.security.secrets import Record
from app.security.stored import secret_store
from app.settings import plain_values, storable

Name = Annotated[str, typer.Argument(help="The variable, such as HUBSPOT_API_KEY", metavar="VARIABLE")]
FORGOTTEN = "Processes that run let go of a model's key within a minute, of any other when they are restarted."
RESTART = "Processes that run take up a model's key within a minute, any other when they are restarted."


def register(app: typer.Typer) -> None:
    secrets = typer.Typer(help="Keys kept encrypted in the database instead of in .env.", no_args_is_help=True)
    app.add_typer(secrets, name="secrets")

    @secrets.command("set")
    def set_one(name: Name) -> None:
        """Store or replace a secret; its value is asked for, or read from standard input."""
        at_desk(lambda desk: _set(desk, name.lower()))

    @secrets.command("list")
    def list_names() -> None:
        """List the names of what is stored, never a value."""
        at_desk(_list)

    @secrets.command()
    def delete(name: Name) -> None:
        """Forget a stored secret."""
        at_desk(lambda desk: _delete(desk, name.lower()))

    @secrets.command()
    def rotate() -> None:
        """After SECRET_KEY was changed: encrypt all keys of stored secrets with the new one."""
        at_desk(_rotate)


async def _set(desk: Desk, name: str) -> None:
    _require_storable(desk, name)
    value = _value(name)
    desk.settings.model_copy(update={name: None}).with_stored({name: value})  # refused here, not at the next start
    await secret_store(desk.settings, desk.db, desk.clock).put(
        desk.workspace_id, name, value, _on_record(desk, "secret.set", name.upper())
    )
    typer.echo(f"{name.upper()} is stored. {RESTART}")
    if name in plain_values(desk.settings):
        typer.echo("The environment sets it too, and wins.")


async def _delete(desk: Desk, name: str) -> None:
    store = secret_store(desk.settings, desk.db, desk.clock)
    if name not in await store.names(desk.workspace_id):
        raise NotFound(f"No secret {name.upper()} is stored.", next_step="See `sophia secrets list`.")
    await store.forget(desk.workspace_id, name, _on_record(desk, "secret.delete", name.upper()))
    typer.echo(f"{name.upper()} is forgotten. {FORGOTTEN}")


async def _rotate(desk: Desk) -> None:
    changed = await secret_store(desk.settings, desk.db, desk.clock).rewrap()
    await desk.audit.append(AuditEvent(desk.workspace_id, BY, "secret.rotate", detail={"changed": changed}))
    typer.echo(f"{changed} stored secret{'' if changed == 1 else 's'} moved to the current SECRET_KEY.")


async def _list(desk: Desk) -> None:
    names = await secret_store(desk.settings, desk.db, desk.clock).names(desk.workspace_id)
    if not names:
        typer.echo("No secret is stored.")
        return
    given = plain_values(desk.settings)
    table = Table("Variable", "In use", box=None, pad_edge=False)
    for name in names:
        table.add_row(name.upper(), "the environment's" if name in given else "this one")
    Console(highlight=False).print(table)


def _on_record(desk: Desk, action: str, subject: str) -> Record:
    return lambda session: desk.audit.append_in(session, AuditEvent(desk.workspace_id, BY, action, subject))


def _require_storable(desk: Desk, name: str) -> None:
    from app.model_setup import own_variables  # noqa: PLC0415 - --help need not wait for what this loads

    known = storable(own_variables(desk.settings))
    if name not in known:
        near = difflib.get_close_matches(name, sorted(known), n=1)
        raise Fixable(
            f"{name.upper()} is no secret that can be stored.",
            next_step=f"Did you mean {near[0].upper()}?" if near else "`sophia env` lists every variable.",
            code="unknown_secret",
        )


def _value(name: str) -> str:
    if sys.stdin.isatty():
        value: str = typer.prompt(name.upper(), hide_input=True)
    else:
        value = sys.stdin.read()
    if not value.strip():
        raise Fixable(
            "There was no value to store.", next_step="Type it at the prompt, or pipe it in.", code="empty_secret"
        )
    return value.strip()
