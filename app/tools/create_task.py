"""Create a to-do task for a teammate."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "assign {teammate} a task to walk the vacant units, due {date}",
    "todo for {teammate} - order new pool furniture, due {date}",
    "new task: renew the elevator permit, end of month",
    "have {teammate} follow up with the fire marshal by {date} (make it a task)",
    "create a task to call the roofer",
    "add a to-do: clean the model unit",
    "task for {teammate}: update the website",
    "make a task for {teammate} to check the boilers by {date}",
    "give {teammate} a to do to order keys",
    "put on {teammate}'s list: inspect the roof",
    "add to my todo list: renew the insurance",
    "{teammate} needs to get quotes for paint by {date}, add a task",
    "create task: audit the lease files, assign to {teammate}, due {date}",
    "please add a task to schedule the window washers",
    "new todo for {teammate}, replace hallway bulbs",
    "assign a task to {teammate}: call back the inspector",
    "task: file the permit by {date}",
    "log a task for {teammate} to review the contract {date}",
    "can you task {teammate} with ordering supplies",
    "set a task for {teammate} due {date}: prepare the budget",
    "add task walk the property",
    "get {teammate} to send the owner report by {date}, make a task",
    "make a to-do for me to review invoices",
    "create a to do for {teammate} to update the sign",
    "i need {teammate} to pick up the keys {date}, create a task",
    "task {teammate} to draft the newsletter",
    "add a task for {date}: pay the water bill",
    "assign {teammate} to order filters by {date}",
    "open a task: fix the website banner",
    "put a task in for {teammate} to tour the comps",
)


class Args(ToolArgs):
    title: str = Field(description="What to do")
    assignee: str | None = Field(default=None, description="Teammate")
    due_date: dt.date | None = Field(default=None, description="Due date, YYYY-MM-DD")
