"""Book a property tour for a prospect."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "book a tour for {contact} at {property} this friday at 2pm",
    "schedule {person} to see {property} on {date} at {time}",
    "set up a visit for {contact}, {property}, {date} {time}",
    "book {contact} for a tour at {property} {date} at {time}",
    "{contact} wants to see {property} {date}",
    "put {contact} down for a tour of {property} {date} {time}",
    "schedule a showing at {property} for {stranger} {date} {time}",
    "add a tour for {stranger} at {property} on {date}",
    "can {contact} tour {property} {date} {time}",
    "set up a tour of {property} with {stranger} for {date}",
    "new prospect {stranger} would like to visit {property} {date} at {time}",
    "pencil in {contact} at {property} {date}, {time}",
    "tour for {contact} {property} {date}",
    "get {stranger} in for a showing at {property} {date} {time}",
    "{stranger} is coming to look at {property} {date} {time}, book it",
    "please schedule a property tour {date} {time} {property} {contact}",
    "arrange a walkthrough of {property} for {contact} on {date}",
    "i need a tour booked at {property} for {stranger} {date} around {time}",
    "sign {contact} up for a tour {date} at {property}",
    "book a showing: {stranger}, {property}, {date} {time}",
    "slot {contact} in for {property} {date} at {time}",
    "let's get {contact} out to {property} {date} at {time}",
    "make a tour appointment for {stranger} at {property} {date} {time}",
    "{contact} called and wants to tour {property} on {date}",
    "show {contact} around {property} {date} at {time}",
    "put a tour on the calendar for {contact} at {property} {date}",
    "have {stranger} come by {property} for a tour {date} at {time}",
    "tour {date} {time} {property} {stranger}",
    "schedule tour {contact} {property} {date}",
    "book an appointment for {contact} to view {property} {date} {time}",
    "give {stranger} the {time} tour at {property} {date}",
    "reserve a tour slot at {property} {date} {time} for {contact}",
)


class Args(ToolArgs):
    prospect: str = Field(description="Prospect name")
    property: str = Field(description="Property (community) name")
    date: dt.date = Field(description="Tour date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Tour time, 24h HH:MM")
