"""Compare two or more properties side by side on one metric."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Metric = Literal[
    "noi",
    "revenue",
    "operating_expenses",
    "delinquency_rate",
    "average_rent",
    "renewal_rate",
    "turnover_cost",
    "occupancy",
]

PHRASES: tuple[str, ...] = (
    "compare NOI between {property} and {property2}",
    "which has better occupancy, {property} or {property2}",
    "{property} vs {property2} expenses",
    "compare average rent at {property} and {property2}",
    "how does {property} compare to {property2} on revenue",
    "which property has the higher renewal rate, {property} or {property2}",
    "{property} versus {property2} noi",
    "side by side delinquency for {property} and {property2}",
    "is {property} more full than {property2}",
    "who makes more revenue {property} or {property2}",
    "compare {property}, {property2} and {property3} on occupancy",
    "turnover cost {property} vs {property2}",
    "put {property} against {property2} on opex",
    "does {property} have higher rents than {property2}",
    "occupancy comparison {property} {property2}",
    "which one is doing better on noi: {property} or {property2}",
    "rank {property}, {property2}, {property3} by revenue",
    "compare the delinquency rate of {property} with {property2}",
    "difference in average rent between {property} and {property2}",
    "{property} or {property2}, which has lower expenses",
    "stack {property} up against {property2} for renewals",
    "{property} vs {property2} occupancy",
    "is {property} outperforming {property2} on noi",
    "compare {property} to {property2} on turnover",
    "how do {property} and {property2} stack up on delinquency",
    "contrast revenue at {property} and {property2}",
    "renewal rate {property} compared with {property2}",
    "between {property} and {property2} who has the better occupancy",
    "show me {property} and {property2} side by side, average rent",
    "which is fuller {property} or {property2}",
    "{property} {property2} {property3} noi comparison",
)


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    properties: list[str] = Field(description="Property names")
