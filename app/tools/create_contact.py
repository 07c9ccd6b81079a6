"""Add a new CRM contact."""

from __future__ import annotations

from functools import partial

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Company, Contact
from app.domain.answer import FieldChange
from app.domain.errors import Fixable, NotFound
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import Write
from app.portfolio.contacts import contacts
from app.portfolio.find import find_company
from app.portfolio.sources import SOPHIA, cite, system_name
from app.tools.core.contact_points import email_address, phone_number
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import sentence

PHRASES: tuple[str, ...] = (
    "add a new contact: {stranger}, {email}",
    "create contact {stranger} at {company}",
    "new CRM contact {stranger}, {company}, {email}",
    "put {stranger} into the crm, she's with {company}",
    "add {stranger} to contacts",
    "save {stranger} as a contact, phone {phone}",
    "new contact {stranger} {phone}",
    "add {stranger} from {company} to the crm",
    "create a crm record for {stranger} at {company}",
    "met {stranger} from {company}, add him to hubspot",
    "enter a new contact {stranger} {email} {phone}",
    "add contact: {stranger}, {company}, {phone}",
    "log a new contact {stranger} with {company}",
    "please add {stranger} ({email}) to our contacts",
    "new lead {stranger} at {company}, {email}",
    "make a contact for {stranger}",
    "store {stranger}'s details in the crm: {email}",
    "create new contact named {stranger}, works at {company}",
    "put {stranger} in hubspot, {email}",
    "can you add {stranger} at {company} as a contact, {phone}",
    "i met {stranger} at the conference, she's at {company}, save her contact",
    "add to crm: {stranger}, {company}",
    "register {stranger} as a new contact",
    "start a contact record for {stranger}",
    "get {stranger} into the crm, email {email}",
    "here's a new contact {stranger}, {phone}, {email}",
    "add {stranger} to hubspot, works for {company}",
    "{stranger} from {company} is a new contact, email {email}",
    "can you save {stranger}'s info, {phone}, {email}",
    "please create a contact: {stranger}, {company}",
    "got a business card from {stranger} at {company}, add her",
    "add a crm contact for {stranger} {email}",
    "new contact: {stranger}, {company}",
    "save {stranger} {phone} to contacts",
    "throw {stranger} in the crm, {email}",
    "{stranger} ({company}) needs to go in the crm",
    "we met {stranger} of {company} today, put her in as a contact",
    "add {stranger} as a contact at {company}, {phone}, {email}",
    "make a new contact record, {stranger}, {email}",
    "set up {stranger} as a contact",
)


class Args(ToolArgs):
    name: str = Field(description="Contact name")
    company: str | None = Field(default=None, description="Company name")
    email: str | None = Field(default=None, description="Email address")
    phone: str | None = Field(default=None, description="Phone number")


class Result(ToolOutput):
    """The contact as it was written down."""

    name: str
    company: str
    email: str
    phone: str


def _reached(args: Args) -> tuple[str, str]:
    """E-mail address and phone number, '' without one. Raises Fixable."""
    return email_address(args.email) if args.email else "", phone_number(args.phone) if args.phone else ""


async def _company(session: AsyncSession, ctx: ToolContext, name: str | None) -> Company | None:
    """The known company, or None when it is not in the CRM yet (it is then added with the contact)."""
    if not name:
        return None
    try:
        return await find_company(session, ctx.principal, name)
    except NotFound:
        return None


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    if not args.name:
        raise Fixable("A contact needs a name.", next_step="What is the person's name?")
    email, phone = _reached(args)
    async with ctx.db.reading() as session:
        company = await _company(session, ctx, args.company)
        same = await contacts(
            session, ctx.principal, name=args.name, company_id=company.id if company else None, role=None, limit=1
        )
    system = ctx.services.systems.keeper("contact").source
    crm = "the CRM" if system == SOPHIA else system_name(system)
    firm = company.name if company else args.company or ""
    fields = (("name", args.name), ("company", firm), ("email", email), ("phone", phone))
    return Preparation(
        title="Add a contact",
        consequence=sentence(
            f"the contact is added to {crm}.",
            f"{firm} is not in {crm} yet and is added too." if args.company and company is None else "",
            f"Please check first: there is a contact named {same.lines[0].name} already." if same.total else "",
        ),
        arguments={key: value for key, value in fields if value},
        changes=tuple(FieldChange(key.capitalize(), "", value) for key, value in fields if value),
        editable=("name", "email", "phone"),
    )


async def run(ctx: ToolContext, args: Args, *, again: bool = False) -> Result:
    workspace_id = ctx.principal.workspace_id
    async with ctx.db.reading() as session:
        company = await _company(session, ctx, args.company)
    email, phone = _reached(args)
    values = {
        "name": args.name,
        "company_id": company.id if company else None,
        "company": company.name if company else args.company,
        "email": email,
        "phone": phone,
    }
    write = Write("contact", workspace_id, values, ctx.idempotency_key, again=again)
    made = await ctx.services.systems.keeper("contact").write(write)
    async with ctx.db.reading() as session:
        row = await session.get_one(Contact, (workspace_id, made))
        at = await session.get(Company, (workspace_id, row.company_id)) if row.company_id else None
        sources = await cite(session, workspace_id, "contacts", "1 contact", [(row.id, row.as_of)])
    return Result(name=row.name, company=at.name if at else "", email=row.email, phone=row.phone, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    at = f" at {result.company}" if result.company else ""
    return Presentation(
        text=f"{result.name}{at} is in the CRM now.",
        follow_ups=(f"Add a call note for {result.name}",),
    )


TOOL = Tool(
    name="create_contact",
    title="New contact",
    description="Add a new CRM contact",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.CRM_WRITE,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_CRM),
    reconcile=partial(run, again=True),
    phrases=PHRASES,
    doing="Adding the contact",
    examples=(
        "Add a new contact: Paul Reyes, paul@reyesgroup.com",
        "Create contact Irene Walsh at Crestline Equity",
        "Put Laura Simmons into the CRM, she's with Greystone",
    ),
)
