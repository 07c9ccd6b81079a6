"""Move a CRM deal to another pipeline stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

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
)


class Args(ToolArgs):
    deal: str = Field(description="Deal or company name")
    stage: Stage = Field(description="New stage")
