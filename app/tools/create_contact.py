"""Add a new CRM contact."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "add a new contact: {stranger}, {email}",
    "create contact {stranger} at {company}",
    "new CRM contact {stranger}, {company}, {email}",
    "put {stranger} into the crm, she's with {company}",
    "add {stranger} to contacts",
    "save {stranger} as a contact, phone {phone}",
    "new contact {stranger} {phone}",
    "add {stranger} from {company} to the crm",
    "create a crm record for {stranger} at {company}",
    "met {stranger} from {company}, add him to hubspot",
    "enter a new contact {stranger} {email} {phone}",
    "add contact: {stranger}, {company}, {phone}",
    "log a new contact {stranger} with {company}",
    "please add {stranger} ({email}) to our contacts",
    "new lead {stranger} at {company}, {email}",
    "make a contact for {stranger}",
    "store {stranger}'s details in the crm: {email}",
    "create new contact named {stranger}, works at {company}",
    "put {stranger} in hubspot, {email}",
    "can you add {stranger} at {company} as a contact, {phone}",
    "i met {stranger} at the conference, she's at {company}, save her contact",
    "add to crm: {stranger}, {company}",
    "register {stranger} as a new contact",
    "start a contact record for {stranger}",
    "get {stranger} into the crm, email {email}",
    "here's a new contact {stranger}, {phone}, {email}",
)


class Args(ToolArgs):
    name: str = Field(description="Contact name")
    company: str | None = Field(default=None, description="Company name")
    email: str | None = Field(default=None, description="Email address")
    phone: str | None = Field(default=None, description="Phone number")
