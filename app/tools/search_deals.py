"""Search CRM deals in the sales pipeline."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Stage = Literal["prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]

PHRASES: tuple[str, ...] = (
    "show deals in negotiation",
    "what's in {teammate}'s pipeline over {money}",
    "which opportunities did we lose that {teammate} owned",
    "list proposals out above {money}",
    "deals closing {period}",
    "what deals does {teammate} have",
    "open deals over {money}",
    "show me the pipeline",
    "which deals are qualified",
    "deals we won {period}",
    "closed won deals",
    "what opportunities are in the proposal stage",
    "{teammate}'s deals",
    "deals expected to close by {date}",
    "how many deals in negotiation",
    "biggest deals in the pipeline",
    "deals worth more than {money}",
    "what did we win {period}",
    "lost deals {period}",
    "pipeline for {teammate}",
    "which deals close before {date}",
    "any deals at least {money} in proposal",
    "show opportunities owned by {teammate}",
    "what's {teammate} working on in the pipeline",
    "list all prospecting deals",
    "crm deals in qualified stage",
    "deals closing between {date} and {date}",
    "what's in the sales pipeline {period}",
    "who's closing deals {period}",
    "what deals are we negotiating right now",
    "{teammate}'s opportunities in proposal",
    "show me deals over {money} closing {period}",
    "what do we have in proposal",
    "which deals did {teammate} win",
    "closed lost opportunities",
    "opportunities above {money} owned by {teammate}",
    "how does the pipeline look",
    "hubspot deals in negotiation",
    "what's expected to close {period}",
)


class Args(ToolArgs):
    stage: Stage | None = Field(default=None, description="Pipeline stage")
    owner: str | None = Field(default=None, description="Deal owner (teammate)")
    min_amount: float | None = Field(default=None, description="Minimum deal value in dollars")
    close_start: dt.date | None = Field(default=None, description="Earliest expected close date, YYYY-MM-DD")
    close_end: dt.date | None = Field(default=None, description="Latest expected close date, YYYY-MM-DD")
