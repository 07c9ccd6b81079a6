"""The trade of a work order, from the words it is described with."""

from __future__ import annotations

import pytest

from app.portfolio.maintenance import trade_of


@pytest.mark.parametrize(
    ("description", "trade"),
    [
        ("Kitchen sink leaking", "plumbing"),
        ("no hot water since yesterday", "plumbing"),
        ("no heat", "hvac"),
        ("A/C blows warm air", "hvac"),
        ("AC is out", "hvac"),
        ("the bathroom fan rattles all night", "general"),  # no rat in it
        ("there is a rat in the wall", "pest"),
        ("ants in the pantry", "pest"),
        ("the tenant wants the plants watered", "general"),  # no ants in it
        ("outlet sparks", "electrical"),
        ("fridge won't cool", "appliance"),
        ("broken bedroom window lock", "general"),
        ("garbage disposal is jammed", "plumbing"),
    ],
)
def test_the_trade_is_read_from_whole_words(description: str, trade: str) -> None:
    assert trade_of(description) == trade
