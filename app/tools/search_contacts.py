"""Find CRM contacts by name, company or job role."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "all CFOs in the CRM",
    "look up {contact} in our CRM contacts",
    "who do we know over at {company}",
    "find contacts at {company}",
    "who's our contact at {company}",
    "show me asset managers in the crm",
    "contact info for {contact} in hubspot",
    "crm contacts at {company}",
    "search contacts for {contact}",
    "do we have {contact} in the crm",
    "who is the CFO at {company}",
    "find all property managers at {company}",
    "list contacts with title vice president",
    "what's {contact}'s email",
    "phone number for {contact}",
    "which contacts work at {company}",
    "people at {company}",
    "find {contact}",
    "find the VP of acquisitions at {company}",
    "who do we have at {company} in hubspot",
    "all directors of operations in our contacts",
    "is {contact} in the crm",
    "give me everyone at {company}",
    "who are the owners in our crm",
    "contacts: regional managers",
    "how do i get in touch with {contact}",
    "who is {contact} with",
    "crm record for {contact}",
    "what company does {contact} work for",
    "decision makers at {company}",
    "head of asset management at {company}",
    "search the crm for analysts",
    "get me {contact}'s contact details",
    "any brokers in our contacts",
    "look up {contact}",
    "list all our contacts at {company}",
    "who's the point person at {company}",
    "contact details of the CEO at {company}",
)


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Contact name")
    company: str | None = Field(default=None, description="Company name")
    role: str | None = Field(default=None, description="Job role or title")
