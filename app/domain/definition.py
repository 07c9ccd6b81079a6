"""What a figure means, in words that a person can check by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """One definition. `sentence` is the short of it. `counting` are the rules, `example` a case worked by hand, line by
    line, `result` what it comes to."""

    key: str  # "renewal_rate": what commands and buttons call it
    name: str  # "Renewal rate"
    sentence: str
    counting: tuple[str, ...]
    example: tuple[str, ...]
    result: str
