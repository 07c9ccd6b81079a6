"""Get a resident's lease: term, rent, deposit, occupants and clauses."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, Table
from app.domain.errors import NotFound
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import find_resident
from app.portfolio.leases import LeaseDetails, lease_details
from app.portfolio.sources import cite
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import day, joined, sentence

PHRASES: tuple[str, ...] = (
    "what does {resident}'s lease say about her deposit",
    "pull up the lease for {resident}",
    "who are the occupants listed on {resident}'s lease agreement",
    "what rent is {resident} locked in at on her lease",
    "when does {resident}'s lease end",
    "lease for {resident}",
    "show {resident}'s lease",
    "when did {resident} sign their lease",
    "what's the security deposit on {resident}'s lease",
    "who else is on {resident}'s lease",
    "lease details for {resident}",
    "what are the terms of {resident}'s lease",
    "does {resident} have a pet addendum on the lease",
    "is {resident} month to month",
    "how long is {resident}'s lease",
    "what's {resident}'s lease term",
    "start and end date of {resident}'s lease",
    "open the lease of {resident}",
    "is there an early termination clause in {resident}'s lease",
    "when is {resident}'s lease up",
    "what's {resident} paying per their lease",
    "get me {resident}'s lease agreement",
    "i need the lease info on {resident}",
    "does {resident}'s lease include parking",
    "what does the lease say for {resident} about pets",
    "rent amount on {resident}'s lease",
    "when does {resident} renew",
    "what date does {resident}'s lease expire",
    "how much deposit did {resident} put down",
    "copy of the lease for {resident}",
    "check {resident}'s lease for the sublet clause",
    "look at {resident}'s lease, is there a guarantor",
    "what's in {resident}'s lease",
    "lease terms {resident}",
    "is {resident} on a 12 month lease",
    "when did {resident}'s lease start",
    "who is on the lease with {resident}",
    "what's the monthly rent in {resident}'s contract",
    "does {resident} still have a lease",
    "lease expiration date for {resident}",
    "view lease {resident}",
    "whens {resident}'s lease up",
    "when does the lease end for {resident}",
    "what did {resident} sign for, rent wise",
    "{resident} wants to know when her lease ends",
    "can i see {resident}'s lease",
    "does {resident} have a roommate on the lease",
    "is {resident} locked in until {date}",
    "who signed the lease with {resident}",
    "what's the deposit on file for {resident}",
    "does the lease for {resident} allow a dog",
    "{resident}'s lease",
    "lease end date {resident}",
    "resident {resident} asking about the break clause in the lease",
    "how much notice does {resident}'s lease require",
    "what is {resident}'s monthly rent",
    "what's {resident}'s rent amount",
    "pull {resident}'s lease real quick",
    "is there a parking addendum for {resident}",
    "open up the lease agreement for {resident}",
    "tell me the lease terms on {resident}",
    "how many people are on {resident}'s lease",
    "check when {resident} moved in per the lease",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")


class Result(ToolOutput):
    """One lease; rents are a month."""

    lease: LeaseDetails


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
        lease = tenancy.lease
        if lease is None:
            raise NotFound(f"{tenancy.resident.name} has no lease in the property system.")
        details = await lease_details(session, tenancy, lease)
        record = f"Lease of {tenancy.resident.name}"
        sources = await cite(session, ctx.principal.workspace_id, "leases", record, [(lease.id, lease.as_of)])
    return Result(lease=details, sources=sources)


_TERM = {
    "current": "runs",
    "notice": "runs (notice given)",
    "future": "will run",
    "past": "ran",
    "applicant": "is applied for and would run",
    "cancelled": "was cancelled; it would have run",
}


def present(args: Args, result: Result) -> Presentation:
    lease = result.lease
    text = sentence(
        f"{lease.resident}'s lease of unit {lease.unit} at {lease.property} {_TERM.get(lease.status, 'runs')}",
        f"from {day(lease.start_on)} to {day(lease.end_on)} at {lease.rent} a month,",
        f"with a deposit of {lease.deposit}.",
        f"Notice was given on {day(lease.notice_given_on)}." if lease.notice_given_on else "",
        f"The move-out is on {day(lease.moves_out_on)}." if lease.moves_out_on and lease.status == "notice" else "",
        f"Occupants: {joined(lease.occupants)}.",
        f"It is renewed from {day(lease.next_start)} at {lease.next_rent} a month."
        if lease.next_start and lease.next_rent
        else "",
        f"Clauses: {'; '.join(lease.clauses)}." if lease.clauses else "",
    )
    return Presentation(
        text=text,
        table=_table(lease),
        follow_ups=(f"Show me {lease.resident}'s ledger", f"Tell me about unit {lease.unit} at {lease.property}"),
    )


def _table(lease: LeaseDetails) -> Table:
    lines: list[tuple[str, str | Money | dt.date | None]] = [
        ("Resident", lease.resident),
        ("Unit", f"{lease.unit} at {lease.property}"),
        ("Status", lease.status),
        ("From", lease.start_on),
        ("To", lease.end_on),
        ("Rent", lease.rent),
        ("Deposit", lease.deposit),
        ("Balance", lease.balance),
        ("Moved in", lease.moved_in_on),
        ("Moves out", lease.moves_out_on),
        ("Occupants", joined(lease.occupants)),
    ]
    return Table(
        title=f"Lease of {lease.resident}",
        columns=(Column("detail", "Detail"), Column("value", "Value")),
        rows=tuple((label, value) for label, value in lines if value not in (None, "")),
    )


TOOL = Tool(
    name="get_lease_details",
    title="Lease",
    description="Get a resident's lease: term, rent, deposit, occupants and clauses",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.RESIDENTS_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Pulling up the lease",
    examples=(
        "What does Priya Patel's lease say about her deposit?",
        "Pull up the lease for James Whitfield",
        "Who are the occupants listed on Nicole Rossi's lease?",
    ),
)
