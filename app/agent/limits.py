"""How much one turn may use, so that no question and no confused model runs on for ever.

Per person and per day the gate and the budget count (app/security/budget.py); this is one turn.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TurnLimits:
    """The most of each in one turn. `tokens` are what providers report, in and out."""

    model_calls: int = 8
    tool_calls: int = 16
    seconds: float = 90.0
    tokens: int = 150_000
    question_characters: int = 12_000


@dataclass
class Spent:
    """What a turn has used so far."""

    model_calls: int = 0
    tool_calls: int = 0
    tokens: int = 0

    def over(self, limits: TurnLimits) -> bool:
        """True when no further model call may be made."""
        return self.model_calls >= limits.model_calls or self.tokens >= limits.tokens
