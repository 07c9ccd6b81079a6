"""Send an email to a resident, prospect, contact or teammate."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "email {person} that his renewal offer is ready to sign",
    "send an email to {email} saying the site visit is confirmed for {date}",
    'email {person} with subject "Q1 numbers" and body "The package is attached."',
    "write an e-mail to {person} telling her the budget meeting moved to 3pm",
    "email {person}: the lease is ready",
    "send {person} an email about the parking changes",
    "shoot an email to {person} saying thanks for the tour",
    "email {email} the details: we open at 9",
    "draft an email to {person} that we need the insurance certificate",
    "e-mail {person} to let them know the elevator is fixed",
    "drop {person} an email saying we got the check",
    'compose an email to {person} subject "Renewal" body "Please sign."',
    "send a mail to {person} telling him we approved the transfer",
    "can you email {person} and say the contract is attached",
    "email {person} asking for the signed addendum",
    "mail {person} that the inspection is on {date}",
    "write {person} an email: your deposit was refunded",
    "email {person} re: renewal, let him know we can do {money}",
    "send email to {email} subject hello, body see you soon",
    "let {person} know by email that we received the application",
    "fire off an email to {person} saying the invoice was paid",
    "email {person} about the site visit: can we move it",
    "please email {person} a reminder that rent is due",
    "follow up with {person} by email saying it was nice meeting them",
    "i need to email {person} that the budget is approved",
    "send {email} an email that says the tour is confirmed",
    "email the following to {person}: meeting is cancelled",
    'email {person} "The report is ready."',
    "can you send an e-mail over to {person} confirming the walkthrough",
    "reply to {person} by email that we accept",
    "tell {person} over email that the keys are ready",
    "email {person} and ask when they can sign",
    "put together an email to {person} saying the numbers look good",
)


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or email address")
    subject: str | None = Field(default=None, description="Subject line")
    body: str = Field(description="Body of the email")
