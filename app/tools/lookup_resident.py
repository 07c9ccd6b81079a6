"""Find a resident's profile and contact information by name, unit or phone number."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "look up {resident}",
    "whose number is {phone}",
    "whats {resident}s phone number and email",
    "who lives in {unit} at {property}",
    "find {resident}",
    "who is the resident in {unit}",
    "phone number for {resident}",
    "what's {resident}'s email",
    "contact info for {resident}",
    "which unit does {resident} live in",
    "who called from {phone}",
    "resident profile for {resident}",
    "who's in {unit} at {property}",
    "find the resident with phone {phone}",
    "i need {resident}'s contact details",
    "what apartment is {resident} in",
    "how do i reach {resident}",
    "who lives at {unit} {property}",
    "do we have a resident named {resident}",
    "is {resident} one of our residents",
    "pull up {resident}'s profile",
    "tenant in {unit}",
    "search residents for {resident}",
    "who rents {unit} at {property}",
    "give me {resident}'s number",
    "look up the tenant at {unit} in {property}",
    "{phone} called, which resident is that",
    "where does {resident} live",
    "email address for {resident}",
    "cell for {resident}",
    "what's the name of the tenant in {unit}",
    "who is {resident}",
    "get me the info on {resident}",
    "got a missed call from {phone}, who is it",
    "emergency contact for {resident}",
    "resident info {resident}",
    "does {resident} still live here",
    "which property is {resident} at",
    "who stays in {unit}",
    "what's the number on file for {resident}",
    "name of the person in {unit} at {property}",
    "show me resident {resident}",
    "who's {phone}",
)


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Resident name")
    unit: UnitNumber | None = Field(default=None, description="Unit number")
    property: str | None = Field(default=None, description="Property (community) name")
    phone: str | None = Field(default=None, description="Phone number")
