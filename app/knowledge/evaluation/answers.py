"""How good answers are: whether the right documents are cited, first and only, and nothing is said when none answers.

Works on whole answers, so that the thread, the rights, the search and whatever model phrases them are all measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from app.domain.answer import Answer
from app.knowledge.evaluation.measures import ndcg
from app.knowledge.evaluation.questions import Expected
from app.knowledge.passages import Document
from app.knowledge.quoting import is_verbatim

DEPTH = 5  # cited documents that count
DOCUMENTS = "search_knowledge"


@dataclass(frozen=True)
class Judged:
    """One question with what came of it. `cited` are names of documents, in the order of their numbers; `called` the
    tools that were asked; `facts` is the part of the expected ones that the answer says, None when none is expected."""

    question: Expected
    cited: tuple[str, ...]
    called: tuple[str, ...]
    facts: float | None

    @property
    def place(self) -> int:
        """Where the first right document stands, from 1; 0 when it is not cited."""
        right = (number for number, name in enumerate(self.cited, start=1) if name in self.question.documents)
        return next(right, 0)

    @property
    def well(self) -> bool:
        """A right document among the first, or no document where none answers; from the systems, a right tool's
        words, and documents only where they are asked for as well."""
        if not self.question.tools:
            return 0 < self.place <= DEPTH if self.question.answerable else not self.cited
        asked = set(self.called) & set(self.question.tools)
        return bool(asked) and self.facts in {None, 1.0} and (not self.cited or DOCUMENTS in self.question.tools)


def judge(question: Expected, answer: Answer, documents: Mapping[str, Document]) -> Judged:
    """`documents` are those of the library by the name that question sets call them (`named`)."""
    numbered = sorted((source for source in answer.sources if source.number), key=lambda source: source.number)
    cited = [
        name
        for source in numbered
        for name, one in documents.items()
        if source.record == one.title or source.record.startswith((f"{one.title} ›", f"{one.title},"))
    ]
    said = [answer.text, *(str(cell) for table in answer.tables for row in table.rows for cell in row)]
    told = [is_verbatim(fact, said) for fact in question.facts]
    called = tuple(name for name, _ in answer.calls)
    return Judged(question, tuple(dict.fromkeys(cited)), called, fmean(told) if told else None)


def named(documents: Sequence[Document], expected: Sequence[Expected]) -> dict[str, Document]:
    """The library's documents by name: as a set names them (by title, or by the end of their id), else by the id."""
    wanted = {name for question in expected for name in question.documents}
    by_name: dict[str, Document] = {}
    for document in documents:
        place = f"/{document.id.partition(':')[2]}"
        fitting = (name for name in wanted if document.title == name or place.endswith(f"/{name}"))
        by_name[next(fitting, document.id)] = document
    return by_name


@dataclass(frozen=True)
class Figures:
    """Means over a set, 0…1; None where no question of the kind was asked.

    `hit_1`, `hit_5`: answerable questions whose right document is cited first, or among the first five. `precision`:
    the part of the cited documents that answer. `facts`: expected facts that are said. `live`: questions to the systems
    that a right tool answered. `refused`: questions without an answer that got none.
    """

    answerable: int
    from_systems: int
    unanswerable: int
    hit_1: float | None
    hit_5: float | None
    ndcg_5: float | None
    precision: float | None
    facts: float | None
    live: float | None
    refused: float | None


def figures(judged: Sequence[Judged]) -> Figures:
    """The figures of a set."""
    able = [one for one in judged if one.question.documents]
    live = [one for one in judged if one.question.tools]
    unable = [one for one in judged if not one.question.answerable]
    cited = [one for one in able if one.cited]
    facts = [one.facts for one in able if one.facts is not None]
    return Figures(
        answerable=len(able),
        from_systems=len(live),
        unanswerable=len(unable),
        hit_1=_mean([one.place == 1 for one in able]),
        hit_5=_mean([one.well for one in able]),
        ndcg_5=_mean([ndcg(one.cited, dict.fromkeys(one.question.documents, 1), DEPTH) for one in able]),
        precision=_mean([sum(name in one.question.documents for name in one.cited) / len(one.cited) for one in cited]),
        facts=_mean(facts),
        live=_mean([one.well for one in live]),
        refused=_mean([one.well for one in unable]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
