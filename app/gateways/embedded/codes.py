"""Names that systems give (`us-west-1`, `WEB-4F`, `training-1`): found by the pattern that an argument's schema holds.

A plain word can match such a pattern too, so it counts only right after the argument's own name ("project billing").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.gateways.embedded.text import Span

if TYPE_CHECKING:
    from app.gateways.embedded.arguments import Argument
    from app.gateways.embedded.filling import Filled

_TOKEN = re.compile(r"[A-Za-z0-9][\w.@-]*[A-Za-z0-9]|[A-Za-z0-9]")
_CODED = re.compile(r"[\d_]|\w-\w")
LONGEST_MESSAGE = 4000
"""Characters of a message in which codes are looked for."""


def fill_code(filled: Filled, argument: Argument) -> None:
    """Takes the code that follows the argument's name, else the first that no other argument's pattern fits better."""
    message = filled.found.message[:LONGEST_MESSAGE]
    tokens = list(_TOKEN.finditer(message))
    taken = [token for token in tokens if _may_be(filled, argument, token)]
    named = [token for token in taken if _follows_its_name(argument, message[: token.start()])]
    rivals = _narrower(filled, argument, [token[0] for token in tokens])
    coded = [
        token
        for token in taken
        if _CODED.search(token[0]) and not any(re.fullmatch(pattern, token[0]) for pattern in rivals)
    ]
    for token in (*named, *coded):
        filled.take(argument, token[0], Span(token.start(), token.end()))
        return


def _may_be(filled: Filled, argument: Argument, token: re.Match[str]) -> bool:
    span = Span(token.start(), token.end())
    known = any(one.sure and one.span.overlaps(span) for one in filled.found.ids)
    return filled.is_free(span) and not known and re.fullmatch(argument.pattern, token[0]) is not None


def _narrower(filled: Filled, argument: Argument, words: Sequence[str]) -> list[str]:
    """The patterns of other arguments still to be filled that take fewer of the message's words than this one's."""
    patterns = [
        other.pattern
        for other in filled.shape.arguments
        if other.kind == "code" and other is not argument and other.name not in filled.arguments
    ]
    own = _takes(argument.pattern, words)
    return [pattern for pattern in patterns if _takes(pattern, words) < own]


def _takes(pattern: str, words: Sequence[str]) -> int:
    return sum(re.fullmatch(pattern, word) is not None for word in words)


def _follows_its_name(argument: Argument, before: str) -> bool:
    words = [re.escape(word) for word in argument.name.split("_")]
    spoken = "(?:" + "|".join(["[ _-]".join(words), words[-1]]) + ")"
    return re.search(rf"(?i)\b{spoken}\b(?: (?:is|called|named|number|no\.?))?[:\s]*$", before[-80:]) is not None
