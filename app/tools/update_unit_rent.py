"""Change the asking rent of a unit."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "change asking on {unit} at {property} to {money}",
    "set {unit} at {property} at {money}",
    "reprice {unit} at {property}, make it {money}",
    "pls update the price for {unit} in {property} to {money}",
    "raise the rent on {unit} to {money}",
    "lower {unit} at {property} to {money}",
    "drop the rent on {unit} to {money}",
    "new asking rent for {unit} is {money}",
    "bump {unit} to {money}",
    "put {unit} at {property} at {money} a month",
    "increase asking rent of {unit} to {money}",
    "update rent {unit} {property} {money}",
    "{unit} should be {money} now",
    "change {unit}'s rent to {money}",
    "market {unit} at {money}",
    "price {unit} at {property} at {money}",
    "cut {unit} {property} down to {money}",
    "reduce the asking price for {unit} to {money}",
    "adjust {unit} at {property} to {money}/mo",
    "can you change the price of {unit} in {property} to {money} per month",
    "take {unit} up to {money}",
    "rent for {unit} needs to go to {money}",
    "we're going with {money} on {unit} at {property}",
    "set the asking rent for {unit} to {money}",
    "update {unit} to {money}",
    "make the rent {money} on {unit} at {property}",
    "list {unit} at {property} for {money}",
    "mark {unit} down to {money}",
    "let's try {money} for {unit} at {property}",
    "knock {unit} down to {money}",
    "set rent of {unit} {property} = {money}",
    "new price on {unit}: {money}",
    "the asking on {unit} at {property} goes to {money}",
    "move {unit} from {money} to {money}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    new_rent: float = Field(description="New monthly asking rent in dollars")
