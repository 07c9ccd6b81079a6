"""Money, bounds, counts and identifiers as people write them."""

from __future__ import annotations

import pytest

from app.gateways.embedded.counts import find_counts
from app.gateways.embedded.ids import find_ids
from app.gateways.embedded.numbers import find_amounts


@pytest.mark.parametrize(
    ("words", "value", "limit"),
    [
        ("under 1800", 1800, "max"),
        ("for no more than 1.4k", 1400, "max"),
        ("$2,100", 2100, ""),
        ("above 250k", 250_000, "min"),
        ("over $1M", 1_000_000, "min"),
        ("over half a million", 500_000, "min"),
        ("to nineteen hundred", 1900, ""),
        ("twelve hundred dollars", 1200, ""),
        ("make it fifteen fifty", 1550, ""),
        ("two grand", 2000, ""),
        ("more than two grand", 2000, "min"),
        ("500 bucks or more", 500, "min"),
        ("1,795/mo", 1795, ""),
        ("2k or less", 2000, "max"),
        ("at least 45", 45, "min"),
        ("up to $2,250.50", 2250.5, "max"),
        ("budget 2200 tops", 2200, "max"),
        ("twenty five hundred", 2500, ""),
        ("three thousand two hundred", 3200, ""),
        ("a hundred", 100, ""),
    ],
)
def test_an_amount_and_its_bound_are_read(words: str, value: float, limit: str) -> None:
    found = find_amounts(words)
    assert [(a.value, a.limit) for a in found] == [(value, limit)]


@pytest.mark.parametrize("words", ["between $1,500 and $2,100", "from 1500 to 2100", "$1,500-2,100", "1.5k to 2.1k"])
def test_a_range_is_bounded_on_both_sides(words: str) -> None:
    assert [(a.value, a.limit) for a in find_amounts(words)] == [(1500, "min"), (2100, "max")]


@pytest.mark.parametrize("words", ["95%", "WO-1042", "4/15", "a dog and a cat", "#204", "10:30"])
def test_other_numbers_are_no_amounts(words: str) -> None:
    assert [a for a in find_amounts(words) if a.money] == []


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("2 bedrooms", "bedrooms", 2),
        ("one bed", "bedrooms", 1),
        ("3br", "bedrooms", 3),
        ("studios", "bedrooms", 0),
        ("two-bedroom", "bedrooms", 2),
        ("2.5 baths", "bathrooms", 2.5),
        ("within 3 miles", "miles", 3),
        ("a mile and a half", "miles", 1.5),
        ("half a mile", "miles", 0.5),
        ("30+ days late", "days", 30),
        ("more than 2 months behind", "days", 60),
        ("four installments", "installments", 4),
        ("6 month payment plan", "installments", 6),
    ],
)
def test_a_counted_thing_is_read(words: str, kind: str, value: float) -> None:
    assert (kind, value) in [(c.kind, c.value) for c in find_counts(words)]


def test_two_by_two_is_beds_and_baths() -> None:
    assert {(c.kind, c.value) for c in find_counts("a 2x2 please")} == {("bedrooms", 2), ("bathrooms", 2)}


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("WO-1042", "work_order", "WO-1042"),
        ("wo 1042", "work_order", "WO-1042"),
        ("work order 2217", "work_order", "WO-2217"),
        ("close out ticket #1987", "work_order", "WO-1987"),
        ("reassign #1422", "work_order", "WO-1422"),
        ("unit 7A", "unit", "7A"),
        ("apt. 318", "unit", "318"),
        ("12B in Parkview", "unit", "12B"),
        ("unit B-204", "unit", "B-204"),
        ("(512) 555-0199", "phone", "(512) 555-0199"),
        ("512.555.0143", "phone", "512.555.0143"),
        ("dana@greystonecap.com", "email", "dana@greystonecap.com"),
        ("in #exec-team", "channel", "#exec-team"),
    ],
)
def test_an_identifier_is_read(words: str, kind: str, value: str) -> None:
    assert (kind, value) in [(i.kind, i.value) for i in find_ids(words) if i.sure]
