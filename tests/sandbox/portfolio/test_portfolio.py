"""The demo portfolio tells one coherent story, whatever the seed and the day."""

from __future__ import annotations

import json
import pickle
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from app.sandbox.portfolio.calendar import HOME, add_months, history_start
from app.sandbox.portfolio.portfolio import Community, CommunityRegister, Portfolio
from app.sandbox.portfolio.records import Lease
from tests import demo

ELM_STREET = 10_012  # a small community with residents everyone knows and a door that waits for someone
WORLDS = {
    "a day in spring": (7, date(2026, 3, 18)),
    "leap day": (1, date(2028, 2, 29)),
    "last day of the year": (2, date(2026, 12, 31)),
    "first day of the year": (3, date(2027, 1, 1)),
    "first of a month": (11, date(2026, 8, 1)),
    "end of February": (5, date(2027, 2, 28)),
}


@cache
def made(seed: int, today: date, *ids: int) -> tuple[tuple[Community, CommunityRegister], ...]:
    portfolio = Portfolio(seed, today)
    communities = [portfolio.community(number) for number in ids or [prop.id for prop in portfolio.properties]]
    return tuple((community, portfolio.register_of(community)) for community in communities)


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def world(request: pytest.FixtureRequest) -> tuple[date, tuple[tuple[Community, CommunityRegister], ...]]:
    seed, today = request.param
    return today, made(seed, today, ELM_STREET)


@pytest.fixture(scope="module")
def twelve() -> tuple[tuple[Community, CommunityRegister], ...]:
    return made(demo.PORTFOLIO.seed, demo.TODAY)


def by_unit(community: Community) -> dict[int, list[Lease]]:
    terms: dict[int, list[Lease]] = defaultdict(list)
    for lease in community.leases:
        terms[lease.unit_id].append(lease)
    return terms


def test_terms_of_a_unit_never_overlap(world) -> None:
    for community, _ in world[1]:
        for terms in by_unit(community).values():
            for before, after in pairwise(sorted(terms, key=lambda lease: lease.start_on)):
                assert before.end_on < after.start_on


def test_lease_dates_are_in_order(world) -> None:
    today, communities = world
    for community, _ in communities:
        for lease in community.leases:
            assert lease.start_on <= lease.end_on
            assert lease.move_in_on in (None, lease.start_on)
            assert lease.move_out_on in (None, lease.end_on)
            if lease.notice_given_on is not None:
                assert lease.notice_given_on <= lease.end_on
                assert lease.notice_given_on <= today


def test_lease_status_follows_from_its_dates(world) -> None:
    today, communities = world
    for community, _ in communities:
        for lease in community.leases:
            expected = "past" if lease.end_on < today else "future" if lease.start_on > today else "current"
            if lease.move_out_on is not None and expected == "current":
                expected = "notice"
            assert lease.status == expected, lease


def test_a_renewal_continues_the_same_household_the_next_day(world) -> None:
    for community, _ in world[1]:
        known = {lease.id: lease for lease in community.leases}
        renewals = [lease for lease in community.leases if lease.renewed_from_id is not None]
        assert renewals
        for lease in renewals:
            before = known[lease.renewed_from_id or 0]
            assert before.end_on + timedelta(days=1) == lease.start_on
            assert (before.resident_id, before.tenancy_id) == (lease.resident_id, lease.tenancy_id)
            assert lease.move_in_on is None and before.move_out_on is None


def test_unit_status_follows_from_its_leases(world) -> None:
    for community, _ in world[1]:
        terms = by_unit(community)
        for unit in community.units:
            statuses = Counter(lease.status for lease in terms[unit.id])
            here = statuses["current"] + statuses["notice"]
            assert here == (1 if unit.status in ("occupied", "notice") else 0)
            assert (statuses["notice"] == 1) == (unit.status == "notice")
            if unit.status == "vacant_leased":
                assert statuses["future"] == 1
            if unit.status in ("vacant", "down"):
                assert statuses["future"] == 0


def test_ledgers_stay_inside_their_term_and_the_past(world) -> None:
    today, communities = world
    for community, _ in communities:
        leases = {lease.id: lease for lease in community.leases}
        for entry in community.ledger:
            lease = leases[entry.lease_id]
            assert history_start(today) <= entry.posted_on <= today
            if entry.kind == "charge":
                assert entry.amount_cents > 0
                assert lease.start_on <= entry.posted_on <= lease.end_on + timedelta(days=7)
            else:
                assert entry.amount_cents < 0


def test_nobody_pays_more_than_they_owe(world) -> None:
    for community, _ in world[1]:
        balances: Counter[int] = Counter()
        for entry in community.ledger:
            balances[entry.lease_id] += entry.amount_cents
        assert min(balances.values()) >= 0


def test_every_full_month_of_a_lease_is_charged_its_rent_once(world) -> None:
    today, communities = world
    month = add_months(today.replace(day=1), -1)
    last = today.replace(day=1) - timedelta(days=1)
    for community, _ in communities:
        charged: Counter[int] = Counter()
        for entry in community.ledger:
            if entry.code == "rent" and entry.posted_on == month and "special" not in entry.description:
                charged[entry.lease_id] += entry.amount_cents
        for lease in community.leases:
            if lease.start_on <= month and lease.end_on >= last:
                assert charged[lease.id] == lease.rent_cents


def test_work_orders_run_forward_in_time(world) -> None:
    today, communities = world
    for community, _ in communities:
        assert [one.created_at for one in community.work_orders] == sorted(o.created_at for o in community.work_orders)
        for order in community.work_orders:
            assert order.created_at.astimezone(HOME).date() <= today
            assert order.updated_at >= order.created_at
            assert (order.completed_at is not None) == (order.status == "completed")
            if order.completed_at is not None:
                assert order.created_at < order.completed_at


def test_the_books_repeat_the_ledgers(world) -> None:
    today, communities = world
    month = add_months(today.replace(day=1), -1)
    for community, register in communities:
        billed = sum(
            entry.amount_cents
            for entry in community.ledger
            if entry.code in ("rent", "concession") and entry.posted_on.replace(day=1) == month
        )
        booked = [line.actual_cents for line in register.gl_months if (line.month, line.account) == (month, "rent")]
        assert booked == [billed]


def test_two_years_are_closed_and_the_budget_reaches_to_december(world) -> None:
    today, communities = world
    for _, register in communities:
        months = sorted({line.month for line in register.gl_months})
        closed = {line.month for line in register.gl_months if line.actual_cents is not None}
        assert months[-1] == today.replace(month=12, day=1)
        assert sorted(closed) == [add_months(today.replace(day=1), -age) for age in range(24, 0, -1)]


def test_invoices_are_paid_after_they_came_and_before_now(world) -> None:
    today, communities = world
    for _, register in communities:
        for invoice in register.invoices:
            assert invoice.invoiced_on <= min(today, invoice.due_on)
            assert (invoice.paid_on is not None) == (invoice.status == "paid")
            if invoice.paid_on is not None:
                assert invoice.invoiced_on <= invoice.paid_on <= today


def test_tours_that_are_over_have_an_outcome(world) -> None:
    today, communities = world
    for community, register in communities:
        cards = {card.id for card in register.guest_cards}
        for tour in register.tours:
            day = tour.starts_at.astimezone(HOME).date()
            assert (day < today) == (tour.status != "booked")
            assert tour.guest_card_id is None or tour.guest_card_id in cards
            assert tour.property_id == community.property.id


def test_the_same_seed_and_day_give_the_same_bytes() -> None:
    def all_of_it() -> bytes:
        portfolio = Portfolio(9, date(2026, 3, 18), 1)
        community = portfolio.community(portfolio.properties[0].id)
        return pickle.dumps((community, portfolio.register_of(community), portfolio.company_register()))

    assert all_of_it() == all_of_it()


def test_another_seed_gives_other_lives() -> None:
    one, other = (Portfolio(seed, demo.TODAY, 1).community(10_001) for seed in (1, 2))
    assert [resident.name for resident in one.residents] != [resident.name for resident in other.residents]


def test_ids_are_unique(twelve) -> None:
    for kind in ("units", "residents", "leases", "ledger", "work_orders", "floor_plans"):
        ids = [record.id for community, _ in twelve for record in getattr(community, kind)]
        assert len(ids) == len(set(ids)), kind
    for kind in ("guest_cards", "tours", "comps", "invoices", "gl_months"):
        ids = [record.id for _, register in twelve for record in getattr(register, kind)]
        assert len(ids) == len(set(ids)), kind


def test_phone_numbers_are_unique_and_belong_to_nobody(twelve) -> None:
    phones = [resident.phone for community, _ in twelve for resident in community.residents]
    phones += [card.phone for _, register in twelve for card in register.guest_cards if card.status != "leased"]
    assert len(phones) == len(set(phones))
    assert all(phone[5:10] == "55501" for phone in phones)


def test_occupancy_is_believable_at_every_season(twelve) -> None:
    units = sum(len(community.units) for community, _ in twelve)
    assert 2_300 <= units <= 2_500
    for months_ago in range(25):
        day = add_months(demo.TODAY, -months_ago)
        occupied = sum(
            lease.start_on <= day <= lease.end_on and lease.status != "future"
            for community, _ in twelve
            for lease in community.leases
        )
        assert 0.92 <= occupied / units <= 0.965, day


def test_a_few_households_are_behind_and_most_are_not(twelve) -> None:
    balances: Counter[int] = Counter()
    for community, _ in twelve:
        for entry in community.ledger:
            balances[entry.lease_id] += entry.amount_cents
    living = [lease for c, _ in twelve for lease in c.leases if lease.status in ("current", "notice")]
    behind = sum(balances[lease.id] > 0 for lease in living)
    assert 0.02 <= behind / len(living) <= 0.08


def test_margins_are_believable(twelve) -> None:
    for community, register in twelve:
        closed = [line for line in register.gl_months if line.actual_cents is not None]
        income = sum(line.actual_cents or 0 for line in closed if line.is_income)
        expenses = sum(line.actual_cents or 0 for line in closed if not line.is_income)
        assert 0.45 <= 1 - expenses / income <= 0.72, community.property.name


def test_the_residents_everyone_asks_about_live_there(twelve, shared: Path) -> None:
    gazetteer = json.loads((shared / "data/planner/gazetteer.json").read_text())
    living: Counter[str] = Counter()
    for community, _ in twelve:
        names = {resident.id: resident.name for resident in community.residents}
        living.update(names[lease.resident_id] for lease in community.leases if lease.status in ("current", "notice"))
    assert {name: living[name] for name in gazetteer["residents"]} == dict.fromkeys(gazetteer["residents"], 1)


def test_every_unit_of_the_development_set_exists(twelve, shared: Path) -> None:
    doors = {(c.property.name, unit.number) for c, _ in twelve for unit in c.units}
    numbers = {number for _, number in doors}
    for line in (shared / "data/planner/dev.jsonl").read_text().splitlines():
        for call in json.loads(line)["calls"]:
            given = call["arguments"]
            if "unit" in given and given["unit"][0]:
                where = (given.get("property") or [None])[0]
                unit = given["unit"][0]
                assert (where, unit) in doors if where else unit in numbers, line


def test_every_work_order_of_the_development_set_exists(twelve, shared: Path) -> None:
    numbers = {f"WO-{order.id}" for community, _ in twelve for order in community.work_orders}
    for line in (shared / "data/planner/dev.jsonl").read_text().splitlines():
        for call in json.loads(line)["calls"]:
            if "work_order_id" in call["arguments"]:
                assert call["arguments"]["work_order_id"][0] in numbers, line


def test_calls_mention_what_people_search_for() -> None:
    register = demo.PORTFOLIO.company_register()
    words = {contact.id: contact.name for contact in register.contacts}
    said = {(words.get(call.contact_id or 0, ""), call.transcript.lower()) for call in register.calls}
    assert any(name == "Dana Whitman" and "cap rates" in text for name, text in said)
    assert any(name == "Marcus Lindqvist" and "rent guarantee" in text for name, text in said)
    assert any("noise" in text for _, text in said)
    monday = demo.TODAY - timedelta(days=demo.TODAY.weekday())
    week = [call for call in register.calls if call.started_at.date() >= monday]
    assert any("elevator" in call.transcript.lower() for call in week)


def test_a_hundred_times_larger_portfolio_has_names_of_its_own() -> None:
    names = [prop.name for prop in Portfolio(7, demo.TODAY, 1_200).properties]
    assert len(set(names)) == 1_200


def test_communities_far_out_have_their_own_ids_and_numbers() -> None:
    large = Portfolio(7, demo.TODAY, 1_200)
    near, far = (large.community(large.properties[place].id) for place in (0, 1_199))
    for kind in ("units", "residents", "leases", "ledger", "work_orders"):
        assert not {r.id for r in getattr(near, kind)} & {r.id for r in getattr(far, kind)}, kind
        assert max(r.id for r in getattr(far, kind)) < 2**31, kind
