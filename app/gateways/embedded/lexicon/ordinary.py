"""Ordinary English words: a name that is one of them ("Park", "Banks", "May") needs more than the bare word."""

from app.gateways.embedded.lexicon.files import sentences

_WORDS = frozenset(word for line in sentences("ordinary") for word in line.split())


def is_ordinary(word: str) -> bool:
    """True for a folded word that English uses for other things than names."""
    return word in _WORDS or (word.endswith("s") and word[:-1] in _WORDS) or word.isdigit()
