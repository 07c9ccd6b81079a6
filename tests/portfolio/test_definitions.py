"""Every definition's hand-worked example, as rows in a database, comes to what the definition says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from app.cli.define import page
from app.db.engine import Database
from app.db.models.finance import GlMonth
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.property import Property, Unit
from app.domain.errors import NotFound
from app.domain.money import Money
from app.domain.period import Period
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.portfolio.area import Area, area_of
from app.portfolio.balances import recompute_property
from app.portfolio.collections import delinquents
from app.portfolio.definitions import DEFINITIONS, cost_per_move_out, define
from app.portfolio.kpi import Metric, Reading, kpi
from app.portfolio.occupancy import occupancy_today
from app.portfolio.renewals import recompute_renewals
from app.tools.core.wording import percent
from tests.conftest import ROOT

WS, HOME, TODAY = WorkspaceId("ws"), "entrata:1", date(2026, 4, 10)
ADMIN = Principal(WS, UserId("U1"), "Sarah Jennings", frozenset({Role.ADMIN}))
AS_OF = datetime(2026, 4, 10, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def row(model: type[Any], row_id: str, **values: Any) -> Any:
    return model(workspace_id=WS, id=f"entrata:{row_id}", as_of=AS_OF, property_id=HOME, **values)


def unit(number: int, status: str) -> Any:
    return row(
        Unit, f"u{number}", number=str(number), bedrooms=1, bathrooms=1.0, square_feet=700,
        market_rent_cents=190_000, status=status,
    )  # fmt: skip


def lease(number: int, rent: int, **values: Any) -> Any:
    given = {"start_on": date(2025, 1, 1), "end_on": date(2026, 12, 31), "status": "current"} | values
    return row(
        Lease, given.pop("key", f"l{number}"), unit_id=f"entrata:u{number}", resident_id=f"entrata:r{number}",
        rent_cents=rent * 100, **given,
    )  # fmt: skip


def charge(number: int, dollars: int, due: date, lease_number: int = 1) -> Any:
    kind = "charge" if dollars > 0 else "payment"
    return row(
        LedgerEntry, f"e{number}", lease_id=f"entrata:l{lease_number}", kind=kind, code="rent",
        amount_cents=dollars * 100, posted_on=due, due_on=due if dollars > 0 else None,
    )  # fmt: skip


async def filled(db: Database, *rows: Any) -> Database:
    async with db.transaction() as session:
        session.add(Property(workspace_id=WS, id=HOME, name="Maple Grove", as_of=AS_OF))
        session.add_all(rows)
        await session.flush()
        await recompute_property(session, WS, HOME, TODAY)
        await recompute_renewals(session, WS, HOME)
    return db


async def metric(db: Database, name: Metric, period: Period = MARCH) -> Reading:
    async with db.reading() as session:
        return (await kpi(session, await _area(session), name, period, TODAY)).value


async def _area(session: Any) -> Area:
    return await area_of(session, ADMIN, "Maple Grove")


async def test_occupancy(db: Database) -> None:
    states = ["occupied"] * 88 + ["notice"] * 4 + ["vacant"] * 5 + ["vacant_leased"] + ["down"] * 2
    units = [unit(number, state) for number, state in enumerate(states, start=1)]
    coming = [lease(number, 1500, status="future", start_on=date(2026, 5, 1)) for number in (89, 93)]
    await filled(db, *units, *coming)
    async with db.reading() as session:
        total = (await occupancy_today(session, await _area(session))).total
    shares = [total.physical, total.leased or 0, total.exposure or 0]
    assert (total.units, total.lived_in, total.leased_units, total.exposed) == (98, 92, 94, 7)
    physical, leased, exposure = (percent(one) for one in shares)
    assert f"{physical} physical, {leased} leased, {exposure} exposure" == DEFINITIONS["occupancy"].result


async def test_delinquency_by_the_age_of_the_oldest_open_charge(db: Database) -> None:
    await filled(
        db,
        row(Resident, "r1", name="Ana Ruiz", search_name="ana ruiz"),
        unit(1, "occupied"),
        lease(1, 1400),
        charge(1, 1400, date(2026, 3, 1)),
        charge(2, 60, date(2026, 3, 15)),
        charge(3, 1400, date(2026, 4, 1)),
        charge(4, -1000, date(2026, 3, 5)),
    )
    async with db.reading() as session:
        found = await delinquents(session, await _area(session), TODAY, Money(0), 0, 10)
    (who,) = found.residents
    (bucket,) = (one.bucket for one in found.ageing if one.residents)
    assert who.oldest_open_on == date(2026, 3, 1)
    said = f"{who.past_due} past due, {who.days_late} days late, in the bucket {bucket}"
    assert said == DEFINITIONS["delinquency"].result


async def test_delinquency_rate_and_average_rent(db: Database) -> None:
    await filled(
        db,
        *(unit(number, state) for number, state in ((1, "occupied"), (2, "occupied"), (3, "occupied"), (4, "vacant"))),
        *(lease(number, rent) for number, rent in ((1, 1500), (2, 1500), (3, 2000))),
        charge(1, 350, date(2026, 3, 1), 1),
        charge(2, 150, date(2026, 3, 1), 2),
        lease(4, 1900, status="past", end_on=date(2026, 2, 28), move_out_on=date(2026, 2, 28)),
        charge(3, 800, date(2026, 2, 1), 4),  # owed by somebody who moved out
    )
    assert percent((await metric(db, "delinquency_rate")).fraction or 0) == DEFINITIONS["delinquency_rate"].result
    assert str((await metric(db, "average_rent")).money) == DEFINITIONS["average_rent"].result
    today = Period(date(2026, 4, 1), TODAY)
    assert percent((await metric(db, "delinquency_rate", today)).fraction or 0) == "10%"


async def test_renewal_rate(db: Database) -> None:
    ended = [lease(number, 1500, end_on=date(2026, 3, 31), status="past") for number in range(1, 6)]
    moved_out = {"end_on": date(2026, 3, 15), "move_out_on": date(2026, 3, 15), "status": "past"}
    left = [lease(number, 1500, **moved_out) for number in (6, 7)]
    stays = [lease(8, 1500, end_on=date(2026, 3, 31))]
    renewals = [
        lease(number, 1550, key=f"n{number}", start_on=date(2026, 4, 1), end_on=date(2027, 3, 31),
              renewed_from_id=f"entrata:l{number}")
        for number in range(1, 6)
    ]  # fmt: skip
    never = [lease(9, 1500, end_on=date(2026, 3, 31), status="cancelled")]
    await filled(db, *ended, *left, *stays, *renewals, *never)
    value = await metric(db, "renewal_rate")
    assert (value.part, value.of) == (5, 8)
    assert percent(value.fraction or 0) == DEFINITIONS["renewal_rate"].result


BOOKS = {"rent": 120, "other_income": 9, "payroll": 20, "repairs": 12, "taxes": 15, "insurance": 6, "bad_debt": 1}


async def test_noi_revenue_and_operating_expenses(db: Database) -> None:
    await filled(db, *(_booked(account, thousands * 100_000) for account, thousands in BOOKS.items()))
    for name in ("noi", "revenue", "operating_expenses"):
        assert str((await metric(db, name)).money) == DEFINITIONS[name].result


async def test_turnover_cost(db: Database) -> None:
    gone = {"end_on": date(2026, 3, 15), "move_out_on": date(2026, 3, 15), "status": "past"}
    await filled(db, _booked("turnover", 900_000), *(lease(number, 1500, **gone) for number in range(1, 5)))
    value = await metric(db, "turnover_cost")
    assert value.money is not None
    each = cost_per_move_out(value.money, value.part)
    assert f"{value.money}, {each} a move-out" == DEFINITIONS["turnover_cost"].result


def _booked(account: str, cents: int) -> Any:
    income = account in ("rent", "other_income")
    return row(
        GlMonth, f"g-{account}", month=MARCH.start, account=account, is_income=income, actual_cents=cents,
        budget_cents=0,
    )  # fmt: skip


def test_every_metric_is_defined_with_rules_and_an_example() -> None:
    assert set(get_args(Metric)) | {"occupancy", "delinquency"} == set(DEFINITIONS)
    for key, one in DEFINITIONS.items():
        assert key == one.key
        assert all((one.name, one.sentence, one.counting, one.example, one.result))


def test_the_page_is_made_from_the_definitions() -> None:
    written = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    assert written == page(), "run: sophia define --markdown > docs/definitions.md"


@pytest.mark.parametrize(
    ("words", "key"),
    [("NOI", "noi"), ("exposure", "occupancy"), ("Renewal Rate", "renewal_rate"), ("past-due", "delinquency")],
)
def test_a_definition_is_found_by_what_people_call_it(words: str, key: str) -> None:
    assert define(words).key == key


def test_an_unknown_word_names_what_is_defined() -> None:
    with pytest.raises(NotFound) as unknown:
        define("happiness")
    assert "renewal_rate" in unknown.value.next_step
