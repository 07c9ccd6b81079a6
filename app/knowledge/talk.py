"""Pages and talk: what the company wrote down, and what people said on calls or noted.

A rule is looked up in pages, whatever was said about it; talk answers when a question asks what was said, or when no
page answers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from app.knowledge.passages import DocumentKind, Sight

TALK: Final = frozenset({DocumentKind.TRANSCRIPT, DocumentKind.NOTE})
_PAGES: Final = frozenset(DocumentKind) - TALK
_OF_TALK: Final = re.compile(
    r"\b(?:say|says|said|saying|mention\w*|told|talk\w*|spoke|discuss\w*|conversations?|calls?|called|recordings?|"
    r"brought up|came up|asked|notes?|noted)\b",
    re.IGNORECASE,
)
_OF_PAGES: Final = re.compile(
    r"\b(?:handbook|polic(?:y|ies)|procedures?|lease|rules?|documents?|guides?|guidelines?|manual|sop|pages?)\b",
    re.IGNORECASE,
)


def sights_for(question: str, sight: Sight) -> tuple[Sight, ...]:
    """Where to look, one after the other until something answers."""
    if _OF_TALK.search(question) and not _OF_PAGES.search(question):
        return (sight,)
    return (replace(sight, kinds=_PAGES), replace(sight, kinds=TALK))
