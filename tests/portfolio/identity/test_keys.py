"""What makes two records one thing, and what does not."""

from __future__ import annotations

import pytest

from app.portfolio.identity.keys import Card, same_company, same_person, same_property


def person(name: str, mail: str = "", phone: str = "") -> Card:
    return Card("a:1", name, mail, phone)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (person("Dana Whitman", "dana@x.com"), person("Dana  Whitman", "DANA@x.com"), "same name and e-mail"),
        (person("D. Whitman", "d@x.c"), person("Dana Whitman Jr.", "d@x.c"), "same e-mail, initial and family name"),
        (person("José Núñez", phone="+15125550100"), person("josé núñez", phone="+15125550100"), "same name and phone"),
        (person("Dana Whitman", "us@x.com"), person("Eric Whitman", "us@x.com"), ""),  # a couple
        (person("Dana Whitman", "info@x.com"), person("Dana Whitman", "info@x.com"), ""),  # an office's mailbox
        (person("Dana Whitman"), person("Dana Whitman"), ""),  # a name alone says nothing
        (person("", "a@x.com"), person("", "a@x.com"), "same name and e-mail"),
        (person("Dana Whitman", phone="+15125550100"), person("Dan Brown", phone="+15125550100"), ""),
    ],
)  # fmt: skip
def test_people(one: Card, other: Card, why: str) -> None:
    assert same_person(one, other) == why
    assert same_person(other, one) == why


def company(name: str, domain: str = "") -> Card:
    return Card("a:1", name, domain)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (company("Greystone", "greystone.com"), company("Greystone Capital LLC", "Greystone.com"), "same web domain"),
        (company("Nordhaven, Inc."), company("NORDHAVEN", "nordhaven.com"), "same name, and no other domain"),
        (company("Summit", "summit.com"), company("Summit", "summit-homes.com"), ""),
        (company("A", "gmail.com"), company("B", "gmail.com"), ""),
        (company("LLC"), company("Inc"), ""),
    ],
)
def test_companies(one: Card, other: Card, why: str) -> None:
    assert same_company(one, other) == why
    assert same_company(other, one) == why


def home(name: str, street: str, code: str) -> Card:
    return Card("a:1", name, place=(street, code))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (home("A", "1 North Main Street", "78701"), home("B", "1 N. Main St", "78701"), "same street and postal code"),
        (home("Maple Grove", "", "78701"), home("MAPLE GROVE", "1 Elm St", "78701"), "same name and postal code"),
        (home("Maple Grove", "100 Main St", "78701"), home("Oak Park", "200 Main St", "78701"), ""),
        (home("Maple Grove", "100 Main St", "78701"), home("Maple Grove", "100 Main St", "10001"), ""),
        (home("Maple Grove", "100 Main St", ""), home("Maple Grove", "100 Main St", ""), ""),
    ],
)  # fmt: skip
def test_properties(one: Card, other: Card, why: str) -> None:
    assert same_property(one, other) == why
    assert same_property(other, one) == why
