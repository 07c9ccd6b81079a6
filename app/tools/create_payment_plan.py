"""Set up a payment plan for a resident who owes money."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "set up a payment plan for {resident}, 4 installments",
    "put {resident} on a 6 month payment plan for {money} starting {date}",
    "split {resident}'s 900 balance into three payments",
    "payment plan for {resident}: {money} over 3 months",
    "let {resident} pay in {count} installments",
    "create a payment plan for {resident} with {count} payments",
    "arrange {count} monthly payments for {resident}",
    "{resident} can't pay it all, do a {count} payment plan",
    "give {resident} {count} months to pay off {money}",
    "break up {resident}'s {money} into {count} payments",
    "make a repayment plan for {resident}, {count} installments from {date}",
    "set {resident} up with a plan, {money} in {count} payments",
    "{resident} wants to pay in {count} parts",
    "do an installment plan for {resident}: {count} payments beginning {date}",
    "spread {resident}'s balance of {money} over {count} months",
    "put {resident} on a plan of {count} payments",
    "agree a payment plan with {resident} {count} installments {money} first payment {date}",
    "can {resident} pay {money} in {count} chunks",
    "enroll {resident} in a payment plan, {count} installments",
    "new payment arrangement for {resident}: {count} payments of the {money} owed",
    "divide what {resident} owes into {count} payments",
    "{resident} asked for a payment plan, {count} months",
    "start a {count} installment plan for {resident} on {date}",
    "payment agreement for {resident} {money} {count} months starting {date}",
    "let's do {count} equal payments for {resident} on the {money} balance",
    "stretch {resident}'s {money} out over {count} installments",
    "work out a plan so {resident} pays {money} in {count} payments",
    "payment plan {resident} {count} installments",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    total_amount: float | None = Field(default=None, description="Total amount to repay in dollars")
    installments: int = Field(description="Number of installments")
    start_date: dt.date | None = Field(default=None, description="First payment date, YYYY-MM-DD")
