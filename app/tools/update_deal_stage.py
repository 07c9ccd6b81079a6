"""Move a CRM deal to another pipeline stage."""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import Field

from app.db.models.business import Company, Deal
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import Write
from app.portfolio.find import find_deal
from app.portfolio.sources import SOPHIA, cite, system_name
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import sentence, words

Stage = Literal["prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]

PHRASES: tuple[str, ...] = (
    "move the {company} deal to negotiation",
    "we lost {company}, update the crm",
    "{company} is qualified now",
    "push {company} to proposal stage",
    "mark {company} as closed won",
    "{company} signed, mark it won",
    "set {company} deal to proposal",
    "update {company} to negotiation",
    "change {company}'s stage to qualified",
    "{company} went with someone else, mark it lost",
    "we won {company}",
    "{company} is dead, close it lost",
    "advance {company} to negotiation",
    "{company} moved to proposal",
    "bump {company} to qualified",
    "put {company} in negotiation",
    "close {company} as won",
    "update the deal stage for {company} to closed lost",
    "{company} deal is now in proposal",
    "take {company} back to prospecting",
    "we sent {company} a proposal, update the stage",
    "{company} opportunity to qualified",
    "mark the {company} opportunity closed lost",
    "the {company} deal closed, we got it",
    "move {company} along to proposal",
    "{company} said yes, update the deal to closed won",
    "set the stage on {company} to negotiation",
    "we're in negotiations with {company} now, update the deal",
    "{company} fell through",
    "advance the {company} opportunity",
    "{company} picked a competitor, we lost that one",
    "change the {company} deal to prospecting",
    "{company} just signed, close it as won",
    "we won it, {company} signed",
    "just heard from {company}, we got the deal",
    "just got word that {company} went with someone else, mark as lost",
    "{company} is ready for a proposal, move the stage",
    "move {company} over to qualified",
    "{company} is negotiating now",
    "mark {company} lost",
    "{company} to negotiation please",
    "{company} passed on us, close lost",
    "set {company} as prospecting",
    "update {company}, they're qualified",
    "looks like we lost {company}",
    "{company} came back, put it in negotiation",
    "the {company} deal is won",
    "bump the {company} deal up to proposal",
    "we're at proposal with {company}",
    "move it: {company} is in negotiation",
    "{company} = closed won",
    "hubspot update: {company} is qualified",
    "{company} went dark, call it lost",
    "{company} is a dead deal, mark lost",
    "call {company} won",
    "just got the signature from {company}",
    "got the signed contract from {company}, close it won",
)


class Args(ToolArgs):
    deal: str = Field(description="Deal or company name")
    stage: Stage = Field(description="New stage")


class Result(ToolOutput):
    """The deal after the change."""

    deal: str
    stage: str
    amount_cents: int


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    async with ctx.db.reading() as session:
        deal, company = await find_deal(session, ctx.principal, args.deal)
    system = ctx.services.systems.of(deal.source, "deal").source
    if deal.stage == args.stage:
        raise Fixable(f"{deal.name} is in {words(args.stage)} already.", next_step="To which stage should it move?")
    return Preparation(
        title="Move a deal",
        consequence=sentence(
            "the deal changes its stage."
            if system == SOPHIA
            else f"the deal changes its stage in {system_name(system)}.",
            "It counts as closed from then on." if args.stage.startswith("closed") else "",
        ),
        arguments={"deal": deal.name, "stage": args.stage},
        changes=(*_facts(deal, company), FieldChange("Stage", words(deal.stage), words(args.stage))),
        editable=("stage",),
    )


def _facts(deal: Deal, company: Company | None) -> tuple[FieldChange, ...]:
    facts = [FieldChange("Deal", "", deal.name), FieldChange("Amount", "", str(Money(deal.amount_cents)))]
    if company is not None and company.name not in deal.name:
        facts.insert(1, FieldChange("Company", "", company.name))
    return tuple(facts)


async def run(ctx: ToolContext, args: Args, *, again: bool = False) -> Result:
    async with ctx.db.reading() as session:
        deal, _ = await find_deal(session, ctx.principal, args.deal)
    values = {"stage": args.stage}
    write = Write("deal", ctx.principal.workspace_id, values, ctx.idempotency_key, record_id=deal.id, again=again)
    moved = await ctx.services.systems.of(deal.source, "deal").write(write)
    async with ctx.db.reading() as session:
        row = await session.get_one(Deal, (ctx.principal.workspace_id, moved))
        sources = await cite(session, ctx.principal.workspace_id, "deals", row.name, [(row.id, row.as_of)])
    return Result(deal=row.name, stage=row.stage, amount_cents=row.amount_cents, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=f"{result.deal} ({Money(result.amount_cents)}) is in {words(result.stage)} now.",
        follow_ups=(f"Show deals in {words(result.stage)}",),
    )


TOOL = Tool(
    name="update_deal_stage",
    title="Deal stage",
    description="Move a CRM deal to another pipeline stage",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.CRM_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_CRM),
    reconcile=partial(run, again=True),
    phrases=PHRASES,
    doing="Moving the deal",
    examples=(
        "Move the Greystone Capital deal to negotiation",
        "We lost BlueHarbor, update the CRM",
        "Pinnacle Living is qualified now",
    ),
)
