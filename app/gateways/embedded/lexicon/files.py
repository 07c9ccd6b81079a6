"""Reads the word and sentence lists that lie beside the code, one sentence a line."""

from importlib.resources import files


def sentences(name: str) -> tuple[str, ...]:
    """The lines of `lexicon/<name>.txt`, blank ones left out."""
    text = (files(__package__ or __name__) / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())
