"""Schedule an inspection of a unit."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

InspectionType = Literal["move_in", "move_out", "annual", "safety"]

PHRASES: tuple[str, ...] = (
    "annual inspection {unit} {property} {date}",
    "set up the move in inspection on {unit} {property} for {date}",
    "inspect {unit} at {property} on {date}",
    "schedule a move-out inspection for {unit} {date}",
    "book a safety inspection of {unit} at {property} {date}",
    "put {unit} on the schedule for inspection {date}",
    "do a walkthrough inspection of {unit} on {date}",
    "schedule inspection {unit} {property} {date}",
    "move out inspection for {unit} at {property} {date}",
    "plan an annual inspection for {unit} on {date}",
    "add an inspection for {unit} at {property} {date}",
    "need {unit} inspected {date}",
    "can we inspect {unit} {date}",
    "set an inspection of {unit} {property} for {date}",
    "move-in walk for {unit} {date}",
    "get {unit} at {property} inspected by {date}",
    "safety check on {unit} {date}",
    "fire safety inspection {unit} {date}",
    "have someone inspect {unit} at {property} {date}",
    "pre move out inspection on {unit} {date}",
    "yearly inspection {unit} at {property} {date}",
    "arrange an inspection of {unit} for {date}",
    "schedule the final walk for {unit} {date} they are moving out",
    "put an inspection on the calendar {unit} {property} {date}",
    "book the move-in inspection {unit} {date}",
    "inspection at {unit} {property} {date} please",
    "we need to do an inspection in {unit} {date}",
    "schedule a unit inspection {unit} {property} {date}",
    "line up an annual for {unit} at {property} on {date}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    inspection_type: InspectionType | None = Field(default=None, description="Kind of inspection")
    date: dt.date = Field(description="Inspection date, YYYY-MM-DD")
