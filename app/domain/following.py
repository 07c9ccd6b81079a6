"""A question that goes on from an earlier one, made whole: "what is the pet rent; and for cats?"."""

from __future__ import annotations

THEN = "; "


def made_whole(before: str, asked: str) -> str:
    """Both in one, what was asked before first; of a chain of questions the first says what it is all about."""
    return f"{before.split(THEN, maxsplit=1)[0].rstrip('?!. ')}{THEN}{asked}"


def asked_from(question: str) -> int:
    """The character from which it says what is asked now: 0 when it goes on from none."""
    found = question.rfind(THEN)
    return 0 if found < 0 else found + len(THEN)
