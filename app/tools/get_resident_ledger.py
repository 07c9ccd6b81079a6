"""Get a resident's ledger: charges, payments and balance."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "show me {resident}'s ledger",
    "how much does {resident} owe",
    "payment history for {resident} since {date}",
    "{resident}'s balance",
    "what's {resident}'s balance",
    "did {resident} pay this month",
    "ledger for {resident}",
    "charges and payments for {resident}",
    "has {resident} paid rent",
    "pull the ledger on {resident} for {period}",
    "what has {resident} paid {period}",
    "account history for {resident}",
    "is {resident} paid up",
    "when did {resident} last pay",
    "how far behind is {resident}",
    "what does {resident} owe us",
    "transactions on {resident}'s account",
    "open {resident}'s account ledger",
    "show payments from {resident} between {date} and {date}",
    "what charges are on {resident}'s account",
    "is {resident} current",
    "outstanding balance for {resident}",
    "does {resident} owe anything",
    "late fees on {resident}'s account",
    "statement of account for {resident}",
    "what was {resident} charged {period}",
    "check if {resident} made a payment",
    "ledger {resident} since {date}",
    "resident ledger for {resident}",
    "how much has {resident} paid {period}",
    "did we get {resident}'s rent check",
    "is {resident} late",
    "account balance {resident}",
    "what's left on {resident}'s account",
    "did {resident}'s payment go through",
    "show all of {resident}'s charges in {period}",
    "{resident} says she already paid, check the ledger",
    "whats owed by {resident}",
    "billing history of {resident}",
    "any credits on {resident}'s account",
    "is {resident} behind on rent",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
