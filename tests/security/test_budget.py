"""Budgets: counted together over all processes, per person and per workspace, and over when their window is."""

from __future__ import annotations

import asyncio

import pytest

from app.db.engine import Database
from app.domain.errors import RetryLater
from app.domain.principal import Principal, UserId, WorkspaceId
from app.security.budget import NO_LIMITS, Budget, Limits
from tests.tools.gatehouse import MovableClock


def person(user: str = "U1", workspace: str = "T1") -> Principal:
    return Principal(WorkspaceId(workspace), UserId(user), user)


def budget(db: Database, clock: MovableClock, **limits: int) -> Budget:
    return Budget(db, clock, turns=Limits(**limits), calls=NO_LIMITS)


async def test_one_over_the_limit_is_told_when_to_come_back(db: Database) -> None:
    clock = MovableClock()
    spending = budget(db, clock, person_hour=2)
    await spending.spend(person(), "turns")
    await spending.spend(person(), "turns")
    with pytest.raises(RetryLater) as refused:
        await spending.spend(person(), "turns")
    assert refused.value.sentence == "You have reached the limit of 2 requests an hour."
    assert refused.value.after == 30 * 60
    await spending.spend(person("U2"), "turns")
    await spending.spend(person(), "calls")
    clock.pass_by(minutes=30)
    await spending.spend(person(), "turns")


async def test_a_workspace_shares_its_limit_and_others_do_not_feel_it(db: Database) -> None:
    spending = budget(db, MovableClock(), workspace_day=2)
    await spending.spend(person("U1"), "turns")
    await spending.spend(person("U2"), "turns")
    with pytest.raises(RetryLater, match="Your company has reached the limit of 2 requests a day"):
        await spending.spend(person("U3"), "turns")
    await spending.spend(person("U1", "T2"), "turns")


async def test_processes_count_together_and_never_let_one_too_many_through(db: Database) -> None:
    clock = MovableClock()
    processes = [budget(db, clock, person_minute=10), budget(db, clock, person_minute=10)]
    outcomes = await asyncio.gather(
        *(one.spend(person(), "turns") for one in processes for _ in range(20)), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 10
    assert sum(isinstance(outcome, RetryLater) for outcome in outcomes) == 30
