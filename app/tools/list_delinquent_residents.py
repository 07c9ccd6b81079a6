"""List residents who are behind on rent, with balances owed."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "who is behind on rent at {property}",
    "show everyone 30+ days late",
    "past due residents over 60 days with balances above {money} at {property}",
    "who hasnt paid at {property}",
    "delinquency report for {property}",
    "who owes us money",
    "list residents with balances over {money}",
    "late rent at {property}",
    "who is delinquent",
    "who's late on rent this month",
    "which tenants haven't paid rent at {property}",
    "residents owing more than {money}",
    "past due list {property}",
    "who owes rent at {property}",
    "everyone who is more than 45 days past due",
    "outstanding balances at {property}",
    "accounts over {money} past due",
    "show delinquents at {property}",
    "who still hasn't paid",
    "aged receivables for {property}",
    "who are the late payers at {property}",
    "which residents are behind",
    "unpaid rent at {property}",
    "people who owe at least {money}",
    "tenants 90 days delinquent at {property}",
    "list of delinquent accounts",
    "who's past due",
    "any big balances at {property}",
    "residents in arrears",
    "collections list for {property}",
    "which residents owe over {money} and are 60 days late",
    "who do we need to chase for rent at {property}",
    "who is more than a month behind",
    "rent delinquencies at {property}",
    "who's not paying at {property}",
    "give me the deadbeat list",
    "open balances above {money}",
    "people who are late at {property}",
    "show me past due balances at {property} over {money}",
    "everyone behind by 30 days or more",
    "how many residents are late at {property}",
    "who has not paid rent yet",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    min_balance: float | None = Field(default=None, description="Only balances of at least this many dollars")
    min_days_late: int | None = Field(default=None, description="Only residents at least this many days past due")
