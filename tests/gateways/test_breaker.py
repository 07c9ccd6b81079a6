"""When a route rests, for how long, and who may probe it."""

from __future__ import annotations

from app.gateways.faults import FaultKind, RouteFault
from app.http.breaker import ACCOUNT_REST, LONGEST_REST, Breaker
from tests.gateways.standins import Hand

BROKEN = RouteFault(FaultKind.TRANSIENT, "HTTP 500")
STALLED = RouteFault(FaultKind.TRANSIENT, "nothing came", stalled=True)


def tripped(hand: Hand) -> Breaker:
    breaker = Breaker(hand)
    for _ in range(3):
        breaker.failed(BROKEN)
    return breaker


def test_a_single_fault_rests_nothing() -> None:
    breaker = Breaker(Hand())
    breaker.failed(BROKEN)
    assert breaker.admit()
    assert breaker.troubled


def test_three_faults_in_a_row_rest_the_route() -> None:
    breaker = tripped(Hand())
    assert not breaker.admit()
    assert breaker.reason == "faults"


def test_two_stalls_in_a_row_rest_it_sooner_because_people_wait_for_them() -> None:
    breaker = Breaker(Hand())
    breaker.failed(STALLED)
    assert breaker.admit()
    breaker.failed(STALLED)
    assert (breaker.resting, breaker.reason) == (True, "stalls")


def test_half_of_the_attempts_of_a_minute_failing_rests_it_though_never_three_in_a_row() -> None:
    hand = Hand()
    breaker = Breaker(hand)
    for _ in range(5):
        breaker.succeeded()
        assert not breaker.resting
        breaker.failed(BROKEN)
        hand.at += 1
    assert breaker.half_open


def test_faults_older_than_the_window_are_forgotten() -> None:
    hand = Hand()
    breaker = Breaker(hand)
    for _ in range(8):
        breaker.succeeded()
        breaker.failed(BROKEN)
        hand.at += 30
    assert not breaker.resting


def test_answers_that_all_come_slowly_rest_it_and_a_few_do_not() -> None:
    breaker = Breaker(Hand())
    for number in range(12):
        breaker.succeeded(slow=number % 2 == 0)
    assert not breaker.resting
    for _ in range(60):
        breaker.succeeded(slow=True)
    assert (breaker.resting, breaker.reason) == (True, "slow")


def test_a_slow_route_that_is_still_slow_at_its_probe_rests_longer_and_a_quick_probe_brings_it_back() -> None:
    hand = Hand()
    breaker = Breaker(hand)
    for _ in range(10):
        breaker.succeeded(slow=True)
    hand.at += 1
    assert breaker.admit()
    breaker.succeeded(slow=True)
    assert breaker.rest_left == 2.0
    hand.at += 2
    assert breaker.admit()
    breaker.succeeded()
    assert not breaker.resting
    assert not breaker.half_open


def test_after_a_rest_one_caller_probes_and_the_others_wait_for_its_outcome() -> None:
    hand = Hand()
    breaker = tripped(hand)
    assert not breaker.admit()
    hand.at += 1.1
    assert breaker.half_open
    assert [breaker.admit() for _ in range(3)] == [True, False, False]
    breaker.abandoned()
    assert breaker.admit()
    breaker.succeeded()
    assert [breaker.admit() for _ in range(3)] == [True, True, True]


def test_every_failed_probe_doubles_the_rest_up_to_a_minute() -> None:
    hand = Hand()
    breaker = tripped(hand)
    for rest in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_REST, LONGEST_REST):
        assert breaker.rest_left == rest
        hand.at += rest
        assert breaker.admit()
        breaker.failed(BROKEN)


def test_calls_that_were_under_way_when_it_tripped_do_not_lengthen_the_rest() -> None:
    breaker = tripped(Hand())
    for _ in range(20):
        breaker.failed(BROKEN)
    assert breaker.rest_left == 1.0


def test_the_requests_own_fault_rests_nothing() -> None:
    breaker = Breaker(Hand())
    for kind in (FaultKind.REQUEST, FaultKind.CONTEXT, FaultKind.POLICY, FaultKind.NONSENSE) * 5:
        breaker.failed(RouteFault(kind, "x"))
        assert not breaker.resting


def test_retry_after_is_the_rest_and_a_dead_account_rests_for_minutes_after_one_fault() -> None:
    hand = Hand()
    limited, dead = Breaker(hand), Breaker(hand)
    limited.failed(RouteFault(FaultKind.TRANSIENT, "HTTP 429", retry_after=30))
    dead.failed(RouteFault(FaultKind.ACCOUNT, "HTTP 401"))
    assert (limited.rest_left, limited.reason) == (30, "retry after")
    assert (dead.rest_left, dead.reason) == (ACCOUNT_REST, "account")
    assert not limited.may_be_hurried
    assert not dead.may_be_hurried
