"""The telling words of a question."""

from __future__ import annotations

import re

MOST_WORDS = 32  # of a question; what follows adds little and costs time
_WORD = re.compile(r"\w+")
_STOP = frozenset(
    "a about all am an and any are as at be because been but by can could did do does for from had has have how i if "
    "in into is it its me my no not of on or our should so some than that the their them then there these they this "
    "to was we were what when where which who whom why will with would you your".split()
)


def words_of(question: str) -> list[str]:
    """The words that are searched for: each once, in order, without those that stand in every text."""
    found = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    telling = [word for word in found if word not in _STOP]
    return (telling or list(found))[:MOST_WORDS]


def is_telling(word: str) -> bool:
    """False for what stands in every text: the little words and punctuation."""
    return word not in _STOP and any(letter.isalnum() for letter in word)


def stem_of(word: str) -> str:
    """Enough of a word to find its other forms inside a text."""
    return word if len(word) <= 4 else word[: max(4, len(word) - 2)]
