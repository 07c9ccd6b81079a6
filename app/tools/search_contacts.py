"""Find CRM contacts by name, company or job role."""

from __future__ import annotations

from pydantic import Field

from app.domain.answer import Column, Table
from app.domain.phone import spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.contacts import ContactList, contacts
from app.portfolio.find import find_company, find_contact
from app.portfolio.sources import cite
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import carried, counted, joined, sentence

PHRASES: tuple[str, ...] = (
    "all CFOs in the CRM",
    "look up {contact} in our CRM contacts",
    "who do we know over at {company}",
    "find contacts at {company}",
    "who's our contact at {company}",
    "show me asset managers in the crm",
    "contact info for {contact} in hubspot",
    "crm contacts at {company}",
    "search contacts for {contact}",
    "do we have {contact} in the crm",
    "who is the CFO at {company}",
    "find all property managers at {company}",
    "list contacts with title vice president",
    "what's {contact}'s email",
    "phone number for {contact}",
    "which contacts work at {company}",
    "people at {company}",
    "find {contact}",
    "find the VP of acquisitions at {company}",
    "who do we have at {company} in hubspot",
    "all directors of operations in our contacts",
    "is {contact} in the crm",
    "give me everyone at {company}",
    "who are the owners in our crm",
    "contacts: regional managers",
    "how do i get in touch with {contact}",
    "who is {contact} with",
    "crm record for {contact}",
    "what company does {contact} work for",
    "decision makers at {company}",
    "head of asset management at {company}",
    "search the crm for analysts",
    "get me {contact}'s contact details",
    "any brokers in our contacts",
    "look up {contact}",
    "list all our contacts at {company}",
    "who's the point person at {company}",
    "contact details of the CEO at {company}",
    "got an email for {contact}",
    "got a number for {contact}",
    "who runs acquisitions at {company}",
    "who's the asset manager over at {company}",
    "whats {contact}'s email address",
    "do we know anybody at {company}",
    "which vps do we have in the crm",
    "how do i reach {contact}",
    "{contact}'s phone",
    "find me a contact at {company}",
    "list the directors in hubspot",
    "any analysts at {company}",
    "who's who at {company}",
    "everyone in the crm from {company}",
    "is there anyone at {company} we talk to",
    "pull {contact} from the crm",
    "{contact} contact info",
    "who handles investments at {company}",
    "show contacts for {company}",
    "owners in our contacts",
    "CEO of {company}",
    "what's {contact}'s title",
    "is there an email for {contact}",
    "do you have an email for {contact}",
    "do we have a phone number for {contact}",
)


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Contact name")
    company: str | None = Field(default=None, description="Company name")
    role: str | None = Field(default=None, description="Job role or title")


class Result(ToolOutput):
    """The contacts that fit, by name. `which` reads after "contacts": "at Greystone Capital with the role CFO"."""

    which: str
    found: ContactList


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        company = await find_company(session, ctx.principal, args.company) if args.company else None
        found = await contacts(
            session,
            ctx.principal,
            name=args.name,
            company_id=company.id if company else None,
            role=args.role,
            limit=ctx.rows,
        )
        if args.name and not found.total and not args.role:
            person, _ = await find_contact(session, ctx.principal, args.name)  # a typo, or who comes near
            found = await contacts(session, ctx.principal, name=person.name, company_id=None, role=None, limit=ctx.rows)
        sources = await cite(
            session, ctx.principal.workspace_id, "contacts", counted(found.total, "contact"), found.origins
        )
    roles = {line.role for line in found.lines}
    role = roles.pop() if args.role and len(roles) == 1 else args.role  # "CFO" where "CFOs" was asked for
    which = sentence_end(args.name, company.name if company else None, role)
    return Result(which=which, found=found, sources=sources)


def sentence_end(name: str | None, company: str | None, role: str | None) -> str:
    parts = (
        f"named {name}" if name else "",
        f"at {company}" if company else "",
        f"with the role {role}" if role else "",
    )
    return "".join(f" {part}" for part in parts if part)


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    if not found.total:
        return Presentation(
            text=f"I found no contacts{result.which}.",
            follow_ups=("All contacts in the CRM", "Add a new contact"),
        )
    if found.total == 1:
        only = found.lines[0]
        role = joined([part for part in (only.role, f"at {only.company}" if only.company else "") if part], "")
        text = sentence(
            f"{only.name} is {' '.join(role.split())}." if role else f"{only.name} is in the CRM.",
            f"Phone {spoken_phone(only.phone)}." if only.phone else "",
            f"Email {only.email}." if only.email else "",
        )
    else:
        text = sentence(
            f"I found {counted(found.total, 'contact')}{result.which}.",
            carried(found.total, len(found.lines), "first by name"),
        )
    return Presentation(text=text, table=_table(result))


def _table(result: Result) -> Table:
    return Table(
        title="Contacts",
        columns=(
            Column("name", "Name"),
            Column("role", "Role"),
            Column("company", "Company"),
            Column("email", "Email"),
            Column("phone", "Phone"),
        ),
        rows=tuple(
            (line.name, line.role, line.company, line.email, spoken_phone(line.phone)) for line in result.found.lines
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="search_contacts",
    title="Contacts",
    description="Find CRM contacts by name, company or job role",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.CRM_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Searching the contacts",
    examples=("All CFOs in the CRM", "Look up Tessa Moreau in our CRM contacts", "Who do we know over at BlueHarbor?"),
)
