"""`sophia people`: who is on the team, in which role, for which properties. Nobody has rights otherwise."""

from __future__ import annotations

import difflib
from typing import Annotated
from zoneinfo import available_timezones

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from app.channels.console_table import as_words
from app.cli.core.desk import BY, Desk, at_desk
from app.db.models.property import Property
from app.db.models.security import Person
from app.domain.errors import Fixable, NotFound
from app.domain.principal import Role
from app.security.audit import AuditEvent
from app.security.people import Member, upsert_people

UserId = Annotated[str, typer.Argument(help="Slack user id, such as U012AB3CD", metavar="USER_ID")]


def register(app: typer.Typer) -> None:
    people = typer.Typer(help="Who is on the team, in which role, for which properties.", no_args_is_help=True)
    app.add_typer(people, name="people")

    @people.command("list")
    def list_people() -> None:
        """List everybody who has rights."""
        at_desk(_list)

    @people.command()
    def add(
        user_id: UserId,
        role: Annotated[list[Role], typer.Option(help="May be given several times.")],
        name: Annotated[str, typer.Option(help="Full name.")],
        property_name: Annotated[
            list[str] | None, typer.Option("--property", help="Only this property; may be given several times.")
        ] = None,
        email: Annotated[str, typer.Option(help="E-mail address.")] = "",
        phone: Annotated[str, typer.Option(help="Mobile number, to be reached by SMS.")] = "",
        timezone: Annotated[str, typer.Option(help="IANA time zone; the company's when left out.")] = "",
    ) -> None:
        """Add somebody, or change their role and properties. Without --property they see every property."""

        async def work(desk: Desk) -> None:
            properties = await _property_ids(desk, property_name) if property_name else None
            zone = _zone(timezone) if timezone else desk.settings.timezone
            await _store(desk, Member(user_id, name, frozenset(role), properties, email, phone, zone))
            where = ", ".join(property_name) if property_name else "every property"
            typer.echo(f"{name} is {', '.join(sorted(role))} for {where}.")

        at_desk(work)

    @people.command()
    def remove(user_id: UserId) -> None:
        """Take away all rights of somebody; effective within seconds."""

        async def work(desk: Desk) -> None:
            async with desk.db.reading() as session:
                person = await session.get(Person, (desk.workspace_id, user_id))
            if person is None:
                raise NotFound(f"There is nobody with the id {user_id}.", next_step="See `sophia people list`.")
            await _store(desk, Member(user_id, person.name, frozenset({Role.GUEST}), frozenset(), is_team=False))
            typer.echo(f"{person.name} has no rights any more.")

        at_desk(work)


def _zone(name: str) -> str:
    """The time zone itself. Raises Fixable for one that nobody knows: every date of that person is told in it."""
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f"Did you mean {near[0]}?" if near else "Write it like America/Chicago."
        raise Fixable(f"“{name}” is no time zone.", next_step=hint, code="unknown_timezone")
    return name


async def _store(desk: Desk, member: Member) -> None:
    await upsert_people(desk.db, desk.workspace_id, [member])
    properties = "all" if member.property_ids is None else sorted(member.property_ids)
    await desk.audit.append(
        AuditEvent(
            desk.workspace_id,
            BY,
            "people.changed",
            member.user_id,
            {"name": member.name, "roles": sorted(member.roles), "properties": properties},
        )
    )


async def _property_ids(desk: Desk, names: list[str]) -> frozenset[str]:
    async with desk.db.reading() as session:
        rows = await session.execute(
            select(Property.name, Property.id).where(Property.workspace_id == desk.workspace_id)
        )
        known = {name.casefold(): property_id for name, property_id in rows}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        raise NotFound(
            f"There is no property called {unknown[0]}.", next_step="Names are those of the property system."
        )
    return frozenset(known[name.casefold()] for name in names)


async def _list(desk: Desk) -> None:
    async with desk.db.reading() as session:
        found = await session.scalars(
            select(Person)
            .where(Person.workspace_id == desk.workspace_id, Person.roles != Role.GUEST)
            .order_by(Person.name)
        )
        people = list(found)
        rows = await session.execute(
            select(Property.id, Property.name).where(Property.workspace_id == desk.workspace_id)
        )
        names = {row.id: row.name for row in rows}
    table = Table(box=None, pad_edge=False)
    for heading in ("Name", "Slack user", "Roles", "Properties"):
        table.add_column(heading, overflow="fold")
    for person in people:
        own = [names.get(one, one) for one in person.property_ids.split("|") if one]
        where = "every property" if person.all_properties else ", ".join(sorted(own)) or "none"
        table.add_row(*map(as_words, (person.name, person.id, person.roles.replace("|", ", "), where)))
    Console().print(table if people else "Nobody has rights yet. Add people with `sophia people add`.")
