"""Search transcripts of recorded phone calls for a topic."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "what did {contact} say about cap rates on our calls",
    "did anyone bring up the elevator in phone calls {period}",
    "recordings with {contact} about the rent guarantee",
    "look thru call recordings for complaints about noise",
    "search calls for parking",
    "find calls where pricing came up",
    "who mentioned insurance on a call {period}",
    "any calls with {company} about the contract",
    "search the transcripts for pet fees",
    "call transcripts mentioning mold",
    "what are people saying about amenities on calls",
    "gong calls about the pool",
    "which calls mentioned competitors {period}",
    "find the call where {contact} talked about timeline",
    "did {contact} mention the budget on the phone",
    "calls from {period} about security",
    "listen for complaints about trash in recorded calls",
    "has {company} brought up renewal terms in any call",
    "transcripts with {contact} discussing discounts",
    "when did {contact} talk about the deposit on a call",
    "search recorded calls for fees",
    "what did {company} say on the call about fees",
    "any phone calls since {date} about the gym",
    "pull up calls that talk about the leak",
    "conversations with {contact} on rent increases",
    "did we discuss pricing with {company} on a call",
    "in our calls did anybody ask about ev charging",
    "check the call recordings for mentions of pets",
    "what was said about the roof in calls with {contact}",
    "find where they talked about financing in the transcript",
    "how often did callers complain about parking {period}",
    "phone conversations about package lockers",
    "calls in {period} where someone asked about concessions",
    "what objections came up on calls {period}",
)


class Args(ToolArgs):
    query: str = Field(description="Topic or words to search for")
    contact: str | None = Field(default=None, description="Only calls with this person or company")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
