"""List approved vendors for a trade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Category = Literal["plumbing", "electrical", "hvac", "landscaping", "painting", "locksmith", "pest", "cleaning"]

PHRASES: tuple[str, ...] = (
    "which plumbers do we use",
    "approved electricians for {property}",
    "need a locksmith at {property}, who's on the list",
    "list exterminators we can call",
    "hvac vendors",
    "who do we use for painting",
    "landscapers at {property}",
    "who can clean units for us",
    "plumbing vendors at {property}",
    "vendor list for pest control",
    "who's our electrician",
    "who should i call for a broken lock at {property}",
    "find me a painter",
    "recommended plumbers for {property}",
    "which hvac companies are approved",
    "cleaning vendors for {property}",
    "any approved landscaping companies",
    "preferred vendors for electrical at {property}",
    "who does our landscaping",
    "what locksmiths do we have",
    "show me contractors for painting at {property}",
    "need an exterminator at {property}",
    "who handles ac repairs for us",
    "do we have a cleaning company",
    "vendors for hvac",
    "which pest control companies service {property}",
    "list of plumbers",
    "electrical contractors we work with",
    "who mows the lawn at {property}",
    "can you give me a plumber",
    "painting contractors",
    "what vendors can do turns cleaning",
    "heating and air vendors at {property}",
    "who rekeys locks for us",
    "is there a plumber on the approved list",
    "who are our approved vendors for cleaning",
    "a pipe burst, which plumbers can i call",
)


class Args(ToolArgs):
    category: Category = Field(description="Trade")
    property: str | None = Field(default=None, description="Property (community) name")
