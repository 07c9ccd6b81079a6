"""Budgets hold room before a call: a thousand callers at once never overspend, on either database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.spending import SpendReservation, SpendWindow
from app.domain.clock import RandomIds
from app.domain.errors import Fixable
from app.gateways.money.alerts import BudgetAlert, forecast, tell_budgets
from app.gateways.money.budgets import Budget, Budgets, Kind, default_budget
from app.gateways.money.holdings import LEASE, Holdings
from app.gateways.money.ledger import Ledger
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.spend import AttemptUse, CallContext, Outcome, OverBudget, RouteFacts, TokenEstimate
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from tests.gateways.standins import Uses
from tests.tools.gatehouse import MovableClock

CALL = CallContext("turn-1", "T1", "U1", "C1")
ROUTE = RouteFacts("direct", "acme", "cheap", "1")
DEARER = RouteFacts("portkey", "acme", "dear", "1")
UNPRICED = RouteFacts("direct", "acme", "unpriced", "1")
ESTIMATE = TokenEstimate(1_000, 1_000)  # 2,000 microdollars at `cheap`
PRICES = "cheap=1/1,dear=100/100"


@dataclass
class House:
    db: Database
    clock: MovableClock = field(default_factory=MovableClock)
    uses: Uses = field(default_factory=Uses)
    timezone: str = "UTC"

    def budgets(self, default: Budget | None = None) -> Budgets:
        audit = AuditLog(self.db, KeyRing(b"k" * 32, ()).signer("audit"), self.clock, lambda value: value)
        return Budgets(self.db, self.clock, audit, timezone=self.timezone, default=default)

    def ledger(self, default: Budget | None = None) -> Ledger:
        """A process of its own."""
        holdings = Holdings(self.db, self.clock, RandomIds())
        return Ledger(self.budgets(default), holdings, PriceTables(own_prices(PRICES)), self.uses, self.clock)

    async def window(self) -> tuple[int, int]:
        """Spent and held of the only window."""
        async with self.db.reading() as session:
            row = (await session.execute(select(SpendWindow))).scalar_one()
        return row.spent_microdollars, row.held_microdollars


def limit(microdollars: int, kind: Kind = Kind.WORKSPACE, subject: str = "*") -> Budget:
    return Budget("T1", kind, subject, "month", microdollars)


async def test_who_goes_away_while_room_is_being_held_leaves_none_held(db: Database) -> None:
    ledger = House(db).ledger(limit(100_000))
    await (await ledger.reserve(CALL, ROUTE, ESTIMATE)).release()  # budgets are read
    leaving = [asyncio.create_task(ledger.reserve(CALL, ROUTE, ESTIMATE)) for _ in range(3)]
    await asyncio.sleep(0)
    for one in leaving:
        one.cancel()
    await asyncio.gather(*leaving, return_exceptions=True)
    after = await ledger.reserve(CALL, ROUTE, ESTIMATE)  # comes behind them
    await after.release()
    assert await House(db).window() == (0, 0)


async def test_a_thousand_callers_in_two_processes_never_hold_more_than_the_budget(db: Database) -> None:
    house = House(db)
    processes = [house.ledger(limit(100_999)), house.ledger(limit(100_999))]
    asked = [processes[number % 2].reserve(CALL, ROUTE, ESTIMATE) for number in range(1_000)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    held = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(held) == 50
    assert sum(isinstance(answer, OverBudget) for answer in answers) == 950
    assert await house.window() == (0, 100_000)
    used = AttemptUse(Outcome.ANSWERED, input_tokens=1_000, output_tokens=1_000)
    await asyncio.gather(*(one.settle(used) for one in held))
    assert await house.window() == (100_000, 0)
    assert sum(row.cost_microdollars for row in house.uses.rows) == 100_000


async def test_what_was_not_used_comes_free_again(sqlite_db: Database) -> None:
    house = House(sqlite_db)
    ledger = house.ledger(limit(3_000))
    first = await ledger.reserve(CALL, ROUTE, ESTIMATE)
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(CALL, ROUTE, ESTIMATE)
    assert refused.value.sentence == "Your company's AI budget of $0.00 a month has no room for this."
    await first.settle(AttemptUse(Outcome.ANSWERED, input_tokens=900, output_tokens=50))
    second = await ledger.reserve(CALL, ROUTE, ESTIMATE)
    await second.release()
    assert await house.window() == (950, 0)


@pytest.mark.parametrize(
    ("kind", "subject", "route", "counts"),
    [
        (Kind.CHANNEL, "C1", ROUTE, True),
        (Kind.CHANNEL, "C2", ROUTE, False),
        (Kind.USER, "U1", ROUTE, True),
        (Kind.USER, "U2", ROUTE, False),
        (Kind.MODEL, "cheap", ROUTE, True),
        (Kind.MODEL, "dear", ROUTE, False),
        (Kind.INTEGRATION, "portkey", DEARER, True),
        (Kind.INTEGRATION, "portkey", ROUTE, False),
        (Kind.INTEGRATION, "acme", ROUTE, True),
    ],
)
async def test_a_budget_holds_for_what_it_names(
    sqlite_db: Database, kind: Kind, subject: str, route: RouteFacts, *, counts: bool
) -> None:
    ledger = House(sqlite_db).ledger(limit(0, kind, subject))
    if counts:
        with pytest.raises(OverBudget):
            await ledger.reserve(CALL, route, ESTIMATE)
    else:
        await (await ledger.reserve(CALL, route, ESTIMATE)).release()


async def test_a_dearer_target_of_a_failover_must_fit_by_itself(sqlite_db: Database) -> None:
    ledger = House(sqlite_db).ledger(limit(10_000))
    await (await ledger.reserve(CALL, ROUTE, ESTIMATE)).release()
    with pytest.raises(OverBudget):
        await ledger.reserve(CALL, DEARER, ESTIMATE)


async def test_an_unknown_price_is_refused_only_where_a_budget_applies(sqlite_db: Database) -> None:
    house = House(sqlite_db)
    with pytest.raises(OverBudget, match="is not known"):
        await house.ledger(limit(1_000_000)).reserve(CALL, UNPRICED, ESTIMATE)
    free = await house.ledger().reserve(CALL, UNPRICED, ESTIMATE)
    await free.settle(AttemptUse(Outcome.ANSWERED, input_tokens=5, output_tokens=5))
    assert (house.uses.rows[0].cost_microdollars, house.uses.rows[0].priced_microdollars) == (0, None)


async def test_what_a_dead_process_held_comes_free_when_its_lease_ends(db: Database) -> None:
    house = House(db)
    lost = await house.ledger(limit(2_000)).reserve(CALL, ROUTE, ESTIMATE)
    heir = house.ledger(limit(2_000))
    with pytest.raises(OverBudget):
        await heir.reserve(CALL, ROUTE, ESTIMATE)
    house.clock.at += LEASE + timedelta(minutes=1)
    await (await heir.reserve(CALL, ROUTE, ESTIMATE)).release()
    assert await house.window() == (0, 0)
    await lost.settle(AttemptUse(Outcome.ANSWERED, input_tokens=10, output_tokens=10))  # it was alive after all
    assert await house.window() == (20, 0)
    async with db.reading() as session:
        assert (await session.execute(select(SpendReservation))).all() == []


async def test_a_caller_who_left_before_a_word_came_pays_for_the_question(sqlite_db: Database) -> None:
    house = House(sqlite_db)
    held = await house.ledger(limit(5_000)).reserve(CALL, ROUTE, ESTIMATE)
    await held.settle(AttemptUse(Outcome.ABANDONED))
    assert await house.window() == (1_000, 0)
    assert house.uses.rows[0].counted_here


async def test_a_budget_that_is_set_replaces_the_default_and_stands_in_the_record(sqlite_db: Database) -> None:
    house = House(sqlite_db)
    default = default_budget("T1", Decimal(20), "C9")
    budgets = house.budgets(default)
    assert [one.limit_microdollars for one in await budgets.all()] == [20_000_000]
    await budgets.set(limit(5_000_000), by="U1")
    assert [one.limit_microdollars for one in await budgets.all()] == [5_000_000]
    assert await budgets.remove("T1", "workspace:*", by="U1")
    assert not await budgets.remove("T1", "workspace:*", by="U1")
    assert [one.limit_microdollars for one in await budgets.all()] == [20_000_000]
    with pytest.raises(Fixable):
        await budgets.set(limit(5, Kind.CHANNEL, ""), by="U1")


async def test_half_four_fifths_and_all_of_a_budget_are_told_once_each_to_its_channel(db: Database) -> None:
    house = House(db)
    owned = Budget("T1", Kind.CHANNEL, "C1", "month", 10_000)
    told: list[BudgetAlert] = []

    async def tell(alert: BudgetAlert) -> None:
        told.append(alert)

    async def spend(tokens: int) -> None:
        held = await house.ledger(owned).reserve(CALL, ROUTE, TokenEstimate(tokens, 0))
        await held.settle(AttemptUse(Outcome.ANSWERED, input_tokens=tokens))
        for _ in range(2):
            await tell_budgets(db, house.clock, house.budgets(owned), tell)

    for tokens in (4_900, 100, 3_000, 2_000):
        await spend(tokens)
    assert [(alert.percent, alert.spent, alert.channel) for alert in told] == [
        (50, 5_000, "C1"),
        (80, 8_000, "C1"),
        (100, 10_000, "C1"),
    ]
    # 17 days and 15.5 hours of 31 days are gone
    assert told[0].forecast == 8_784
    assert len({alert.key for alert in told}) == 3


async def test_a_month_ends_at_the_companys_midnight(sqlite_db: Database) -> None:
    house = House(sqlite_db, MovableClock(datetime(2026, 12, 1, 3, 0, tzinfo=UTC)), timezone="America/Chicago")
    month = house.budgets().window(limit(1_000))
    assert month.id == "workspace:*@2026-11-01"
    assert (month.starts_at.astimezone(UTC), month.ends_at.astimezone(UTC)) == (
        datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 6, 0, tzinfo=UTC),
    )
    house.clock.pass_by(hours=3)
    assert house.budgets().window(limit(1_000)).id == "workspace:*@2026-12-01"


async def test_the_day_the_clocks_change_is_forecast_by_its_own_length(sqlite_db: Database) -> None:
    house = House(sqlite_db, MovableClock(datetime(2026, 11, 1, 17, 30, tzinfo=UTC)), timezone="America/Chicago")
    day = house.budgets().window(Budget("T1", Kind.WORKSPACE, "*", "day", 1_000))
    assert forecast(100, day, house.clock.now()) == 200  # 12.5 of 25 hours are gone


async def test_an_alert_that_could_not_be_posted_is_told_at_the_next_look(sqlite_db: Database) -> None:
    house = House(sqlite_db)
    owned = Budget("T1", Kind.CHANNEL, "C1", "day", 1_000)
    held = await house.ledger(owned).reserve(CALL, ROUTE, TokenEstimate(900, 0))
    await held.settle(AttemptUse(Outcome.ANSWERED, input_tokens=900))
    heard: list[str] = []

    async def refuse(alert: BudgetAlert) -> None:
        raise OSError

    async def tell(alert: BudgetAlert) -> None:
        heard.append(alert.text)

    with pytest.raises(OSError):
        await tell_budgets(sqlite_db, house.clock, house.budgets(owned), refuse)
    assert await tell_budgets(sqlite_db, house.clock, house.budgets(owned), tell) == 1
    assert heard[0].startswith("This channel's AI budget for this day is 80 % used")
