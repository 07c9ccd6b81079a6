"""What second tries may cost: a share of what was spent in the last day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.gateways.hedge_share import WINDOW, HedgeShare
from tests.gateways.standins import Hand


def test_room_is_held_settled_and_given_back() -> None:
    share = HedgeShare(5, Hand())
    share.spent(2_000)
    assert share.hold(60)
    assert not share.hold(60)
    share.settle(60, 10)
    assert share.hold(90)
    assert not share.hold(1)


def test_what_was_spent_a_day_ago_makes_no_room_any_more() -> None:
    hand = Hand()
    share = HedgeShare(5, hand)
    share.spent(2_000)
    hand.at += WINDOW / 2
    assert share.hold(100)
    share.settle(100, 100)
    assert not share.hold(1)
    hand.at += WINDOW / 2
    assert not share.hold(1)
    hand.at += WINDOW / 2
    assert share.hold(0)
    assert not share.hold(1)


def test_a_model_that_costs_nothing_may_always_be_asked_a_second_time_and_one_of_unknown_price_never() -> None:
    share = HedgeShare(5, Hand())
    assert share.hold(0)
    assert not share.hold(None)
    assert not HedgeShare(0, Hand()).hold(0)


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 20_000), st.integers(0, 5_000), st.integers(0, 400), st.integers(0, 400)), max_size=80
    )
)
def test_no_second_try_ever_makes_it_more_than_the_share_of_the_last_day(
    steps: list[tuple[float, int, int, int]],
) -> None:
    hand = Hand()
    share = HedgeShare(5, hand)
    spends: list[tuple[float, int]] = []
    hedges: list[tuple[float, int]] = []
    for passed, spent, most, cost in steps:
        hand.at += passed
        share.spent(spent)
        spends.append((hand.at, spent))
        if share.hold(most):
            share.settle(most, min(cost, most))
            hedges.append((hand.at, min(cost, most)))
            recent = sum(size for at, size in spends if at > hand.at - WINDOW)
            a_bin_less = sum(size for at, size in hedges if at > hand.at - WINDOW * 47 / 48)
            assert 100 * a_bin_less <= 5 * recent
