"""No link, image or call to everybody that a model made reaches a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agent.cleaning import cleaned


@pytest.mark.parametrize(
    ("made", "left"),
    [
        ("See ![chart](https://evil.example/x.png?d=rent) here.", "See chart here."),
        ("See ![](https://evil.example/x.png) here.", "See here."),
        ("See [the report](https://evil.example/?q=94.7) now.", "See the report now."),
        ("See [the report](<https://evil.example/a b>) now.", "See the report now."),
        ("See [the report][1] now.\n[1]: https://evil.example/?q=1\nBye.", "See the report now.\nBye."),
        ("Go to https://evil.example/a?b=c, then rest.", "Go to then rest."),
        ("Go to <https://evil.example|the portal> now.", "Go to the portal now."),
        ("Go to <https://evil.example> now.", "Go to now."),
        ("Go to www.evil.example/path now.", "Go to now."),
        ("Go to evil.example/path?x=1 now.", "Go to now."),
        ("Go to //evil.example/x now.", "Go to now."),
        ("<img src=https://evil.example/x> fine", " fine"),
        ("Hey <!channel> and @here, look.", "Hey and, look."),
        ("Mail mailto:a@evil.example now.", "Mail now."),
        ("[click](javascript:alert(1)) me", "click) me"),
    ],
)
def test_links_images_and_calls_to_everybody_are_removed(made: str, left: str) -> None:
    assert cleaned(made) == left


@pytest.mark.parametrize(
    "text",
    [
        "Maple Grove is 94.7% occupied: 228 of 241 units.",
        "**Bold**, _italic_, `code`, and a list:\n- one\n- two",
        "Write to maria.lopez@example.com about unit 12B and/or 14C.",
        "Rent is $1,450/month (was $1,395).",
        "The lease [draft] is ready.",
        "Line one\n\n  indented line",
        "It costs < $5 and > $3.",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert cleaned(text) == text


@given(st.text(alphabet="ab.:/[]()<>|! \nhttps@w-", max_size=120))
def test_nothing_that_opens_an_address_is_left_whatever_the_text(text: str) -> None:
    left = cleaned(text)
    assert "https://a" not in left
    assert "](" not in left


def test_what_nobody_sees_is_removed_and_what_writing_needs_is_kept() -> None:
    assert cleaned("\x00\x1b[31mred\x1b[0m \u202ereversed\u202c") == "red reversed"
    assert "evil.example" not in cleaned("ht\u200btps://evil.example/?q=1")
    kept = "Line one\n\tline two 👩‍👩‍👧 שלום\u200f ."
    assert cleaned(kept) == kept
