"""Remind the user about something at a date and time."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "remind me to call {contact} tomorrow at 3pm",
    "set a reminder for {date} at 9am: submit the monthly close",
    "reminder in 2 hours to check the boiler",
    "dont let me forget to send the owner report {date} morning at 8:30",
    "remind me {date} to order filters",
    "remind me at {time} to lock up",
    "ping me {date} about the roof inspection",
    "reminder: renew the permit {date}",
    "set a reminder to follow up with {contact}",
    "nudge me in 30 minutes to call the plumber",
    "remind me to review the budget {date} {time}",
    "can you remind me about the meeting {date}",
    "don't forget to remind me to pay the water bill {date}",
    "remind me in an hour to check on {unit}",
    "i need a reminder {date} at {time} for the owner call",
    "give me a reminder to walk {property} {date}",
    "reminder {date} {time} board meeting",
    "set me a reminder for the inspection on {date}",
    "make sure i remember to send the notices {date}",
    "remind me that {resident}'s check comes {date}",
    "tomorrow morning remind me to open the pool",
    "alert me {date} at {time} to start payroll",
    "remind me next week to update the rents",
    "help me remember to order keys {date}",
    "remind me to text {resident} {date}",
    "at {time} remind me to leave",
    "remind me about the vendor contract on {date}",
    "put a reminder on for {date}: taxes",
    "remind me to check {wo} {date}",
    "buzz me at {time} to join the call",
)


class Args(ToolArgs):
    text: str = Field(description="What to be reminded of")
    date: dt.date | None = Field(default=None, description="Date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Time, 24h HH:MM")
