"""Generate and serve a formal notice to a resident."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

NoticeType = Literal["late_rent", "lease_violation", "non_renewal", "entry"]

PHRASES: tuple[str, ...] = (
    "send {resident} a notice of entry",
    "give {resident} a non-renewal notice",
    "issue a lease violation to {resident} for the unauthorized pet",
    "we're not renewing {resident}, generate the notice",
    "serve {resident} with a late rent notice",
    "late notice for {resident}",
    "serve a notice to enter on {resident}",
    "{resident} is late again, send the late rent notice",
    "issue {resident} a lease violation notice for noise",
    "non renewal notice to {resident}",
    "generate a pay or quit for {resident}",
    "draft a notice of non-renewal for {resident}",
    "write up {resident} for a lease violation",
    "post an entry notice for {resident}",
    "24 hour notice of entry to {resident}",
    "deliver a late payment notice to {resident}",
    "we need to enter {resident}'s apartment, serve notice",
    "notice for {resident}: lease violation, smoking",
    "{resident} broke the lease rules, send a violation",
    "tell {resident} formally we won't renew, serve the notice",
    "past due notice to {resident}",
    "formal notice to {resident} for unpaid rent",
    "issue notice of lease violation against {resident}",
    "serve {resident} notice",
    "send out a non-renewal to {resident}",
    "prepare a late rent notice for {resident}",
    "we have to give {resident} notice that we're entering {date}",
    "{resident} keeps parking in the fire lane, issue a violation",
    "hit {resident} with a late notice",
    "3 day notice for {resident}",
    "give {resident} notice we're coming in for pest control",
    "do the non-renewal for {resident}",
    "violation notice for {resident} for garbage on the balcony",
    "can you serve {resident} a notice for not paying",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    notice_type: NoticeType = Field(description="Kind of notice")
