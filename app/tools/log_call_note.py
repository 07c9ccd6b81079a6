"""Add a call note to a CRM contact."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "just got off the phone with {contact}, he is interested in 40 units - save that as a call note",
    "add call note for {contact} - budget approved, sending LOI",
    "note to {contact}'s record: left voicemail, try again monday",
    "log a call with {contact}: wants to see the proposal",
    "call note {contact}: not interested",
    "spoke with {contact}, they want a discount, log it",
    "add a note to {contact}: call back in june",
    "log call {contact} - decision next week",
    "talked to {contact} today and she likes the terms, log that",
    "save a call note on {contact}: needs references",
    "put a note on {contact} that he's traveling",
    "record that i called {contact}, no answer",
    "had a call with {contact}, they are happy, note it",
    "add to {contact}'s call notes: pricing is too high",
    "note for {contact}: send the contract",
    "log my call with {contact}: discussed timeline",
    "jot down on {contact}: prefers email",
    "i called {contact} and left a message, add a note",
    "crm note on {contact}: budget cut",
    "log a note that {contact} wants a follow up in two weeks",
    "please note on {contact}'s contact that she is out until {date}",
    "spoke to {contact} about the renewal. log: they'll sign",
    "make a call note for {contact}: asked for a demo",
    "hung up with {contact}, note that legal is reviewing",
    "write on {contact}'s record that he's the decision maker",
    "update {contact}'s notes: voicemail",
    "{contact} told me they're switching managers, log a call note",
    "phone call with {contact}: positive, wants numbers. save it",
    "log this call for {contact}: talked about pricing",
)


class Args(ToolArgs):
    contact: str = Field(description="Contact name")
    note: str = Field(description="Text of the note")
