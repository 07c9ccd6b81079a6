"""From the `pages` of a service file to the pager of a connector (app/integrations/pagers)."""

from __future__ import annotations

from typing import Any

from app.integrations.declared.definition import Pages
from app.integrations.declared.paths import found
from app.integrations.pagers import ByAddress, ByCursor, ByHeader, ByNumber, ByOffset, Pager


def pager_of(pages: Pages) -> Pager:
    """How the list goes on."""
    match pages.by:
        case "link":
            return ByHeader(pages.parameter, pages.only_if)
        case "cursor":
            return ByCursor(lambda answer: _first(answer, pages.field))
        case "address":
            return ByAddress(lambda answer: _first(answer, pages.field), pages.parameter)
        case "number":
            return ByNumber(pages.first, pages.size if pages.size_parameter else 0)
        case "offset":
            return ByOffset(pages.size)


def asked_for(pages: Pages, place: str) -> dict[str, str]:
    """The parameters that ask for the page at a place."""
    made = {pages.size_parameter: str(pages.size)} if pages.size_parameter else {}
    if not place and pages.by == "number":
        place = str(pages.first)
    return made | ({pages.parameter: place} if place else {})


def _first(answer: Any, path: str) -> Any:
    return next(iter(found(answer, path)), None)
