"""Numbers people type: dollars and counts, checked for sense before they meet the data."""

from __future__ import annotations

from app.domain.errors import Fixable
from app.domain.money import Money

MOST_DOLLARS = 10_000_000_000  # beyond any amount of this business


def dollars(amount: float | None, what: str) -> Money | None:
    """`amount` dollars as Money, None for None. Raises Fixable when it is negative or no amount at all."""
    if amount is None:
        return None
    if not 0 <= amount <= MOST_DOLLARS:  # false for NaN too
        raise Fixable(
            f"{what} must be an amount of money, zero or more.",
            next_step="Please give me the amount again.",
            code="bad_amount",
        )
    return Money.of(amount)


def positive_dollars(amount: float, what: str) -> Money:
    """Like `dollars`, for amounts that must be more than nothing."""
    money = dollars(amount, what)
    if money is None or money.cents == 0:
        raise Fixable(f"{what} must be more than $0.", next_step="Please give me the amount again.", code="bad_amount")
    return money


def whole(number: int | None, what: str, *, least: int = 0, most: int) -> int | None:
    """`number` itself. Raises Fixable when it lies outside of what makes sense."""
    if number is not None and not least <= number <= most:
        raise Fixable(
            f"{what} must be between {least} and {most:,}.",
            next_step="Please give me the number again.",
            code="bad_number",
        )
    return number
