"""Money as whole cents. Floats never hold money inside Sophia; they only appear at the edges."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, order=True)
class Money:
    """An amount in US cents; negative means a credit."""

    cents: int

    @classmethod
    def of(cls, dollars: str | int | float | Decimal) -> Money:
        """From dollars. Strings may hold `$` and thousands commas. Raises ValueError on anything else."""
        if isinstance(dollars, str):
            dollars = dollars.replace("$", "").replace(",", "").strip()
        try:
            cents = (Decimal(str(dollars)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        except ArithmeticError as wrong:
            raise ValueError(f"not an amount of money: {dollars!r}") from wrong
        if not cents.is_finite():
            raise ValueError(f"not an amount of money: {dollars!r}")
        return cls(int(cents))

    @property
    def dollars(self) -> Decimal:
        return Decimal(self.cents) / 100

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __str__(self) -> str:
        """`$1,895` for whole dollars, `$1,895.50` otherwise, `-$20` for credits."""
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")
