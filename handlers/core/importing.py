"""*Import this*: a spreadsheet that came with such words is put before a person as a card, and is no document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from app.db.models.property import Property
from app.domain.answer import Answer, AnswerKind
from app.domain.principal import Principal
from app.portfolio.find import folded
from app.portfolio.visible import visible
from app.tools.core.outcomes import CallOrigin, Refused, Waiting
from app.tools.handed.import_file import TOOL
from handlers.core.deps import Deps

_WORDS: Final = re.compile(r"\bimport\b", re.IGNORECASE)
_TABLES: Final = (".csv", ".tsv", ".xlsx", ".xlsm")


def to_import(words: str, files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files that are to be imported; none unless the words say so."""
    if not _WORDS.search(words):
        return []
    return [file for file in files if str(file.get("name", "")).lower().endswith(_TABLES)]


async def import_answer(
    deps: Deps, person: Principal, words: str, files: Sequence[dict[str, Any]], origin: CallOrigin
) -> Answer:
    """A card for each file that can be imported, and the reason for each that can't."""
    community = await _community_in(deps, person, words)
    outcomes = [
        await deps.gate.call(person, TOOL.name, {"file": str(file["id"]), "property": community}, origin)
        for file in files
    ]
    cards = tuple(one.card for one in outcomes if isinstance(one, Waiting))
    refusals = [one.error.for_people for one in outcomes if isinstance(one, Refused)]
    if not cards:
        return Answer(AnswerKind.DECLINED, "\n".join(refusals))
    text = "I read the file; nothing is imported before it is approved."
    need = (TOOL.scope.value,)  # refused rows tell of persons
    return Answer(AnswerKind.APPROVAL, text, approvals=cards, notes=tuple(refusals), readers_need=need)


async def _community_in(deps: Deps, person: Principal, words: str) -> str:
    """The only community that the words name, "" when there is none or more than one."""
    async with deps.db.reading() as session:
        names = await session.scalars(select(Property.name).where(visible(person, Property)))
        said = folded(words)
        named = {name for name in names if folded(name) and folded(name) in said}
    return named.pop() if len(named) == 1 else ""
