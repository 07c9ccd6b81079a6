"""Search company policies, procedures and documents to answer how-to and policy questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from app.domain.answer import Source
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.knowledge.asked import PHRASES
from app.knowledge.passages import DocumentKind, sight_of
from app.knowledge.quoting import as_prose, disagree, quote_of
from app.knowledge.reading.transcript import place_of
from app.knowledge.search import Findings, Found
from app.knowledge.surroundings import around
from app.knowledge.talk import TALK, sights_for
from app.portfolio.people import askable
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, joined, sentence

LONGEST_SECTION = 4_000  # characters of a section that a model is shown
WORDS_ONLY = "I could only look for your words this time, not for their meaning, so I may have missed a page."
MORE = 2  # further passages that are named


class Args(ToolArgs):
    query: str = Field(
        description="The question or topic, with its subject: whole also when the message goes on from another"
    )


class Cited(BaseModel):
    """A passage that answers, under the number it is cited by. `quote` is a verbatim part of it; `section` is the text
    around it. `place` says of a call when the quote was said and by whom ("12:34 Dana Whitman")."""

    model_config = ConfigDict(frozen=True)

    number: int
    title: str
    header: str
    page: int | None
    kind: DocumentKind
    place: str
    dated: datetime
    link: str
    quote: str
    section: str

    @property
    def heading(self) -> str:
        """What it is called: the headings above it, or the call with the moment and the speaker."""
        return f"{self.title}, {self.place}" if self.place else self.header

    @property
    def name(self) -> str:
        """What it is cited as."""
        return f"{self.heading}, p. {self.page}" if self.page else self.heading

    def contradicts(self, other: Self) -> bool:
        """True when both are pages that say it differently. What people say on calls is no rule to differ from."""
        return self.kind not in TALK and other.kind not in TALK and disagree(self.quote, other.quote)


class Result(ToolOutput):
    """What the company's documents say. `documents` is how many the person may read; `ask` names teammates who are
    likely to know when nothing was found, and `near` the titles of pages about something like it; `differing` are
    numbers of citations that contradict the first; `shared_with` are the reader tokens of all that is named;
    `words_only`: why the meaning could not be searched by."""

    query: str
    documents: int
    found: tuple[Cited, ...] = ()
    differing: tuple[int, ...] = ()
    ask: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    shared_with: tuple[str, ...] | None = None
    words_only: str = ""

    @override
    def numbered_after(self, last: int) -> Self:
        return self.model_copy(
            update={
                "found": tuple(one.model_copy(update={"number": one.number + last}) for one in self.found),
                "differing": tuple(number + last for number in self.differing),
                "sources": tuple(replace(source, number=source.number + last) for source in self.sources),
            }
        )

    @override
    def readers(self) -> frozenset[str] | None:
        return None if self.shared_with is None else frozenset(self.shared_with)

    @override
    def passages(self) -> tuple[str, ...]:
        return (*self.near, *(text for one in self.found for text in (one.title, one.header, one.quote, one.section)))


async def run(ctx: ToolContext, args: Args) -> Result:
    findings = await _find(ctx, args.query)
    found = tuple(_cited(args.query, number, one) for number, one in enumerate(findings.found, start=1))
    shared_with = None if findings.readers is None else tuple(sorted(findings.readers))
    if found:
        return Result(
            query=args.query,
            documents=findings.documents,
            found=found,
            differing=tuple(one.number for one in found[1:] if one.contradicts(found[0])),
            sources=tuple(_source(one) for one in found),
            shared_with=shared_with,
            words_only=findings.words_only,
        )
    async with ctx.db.reading() as session:
        ask = await askable(session, ctx.principal)
    return Result(
        query=args.query,
        documents=findings.documents,
        ask=ask,
        near=findings.near,
        shared_with=shared_with,
        words_only=findings.words_only,
    )


async def _find(ctx: ToolContext, query: str) -> Findings:
    """What answers, from the first place that holds an answer; what the first place says when none does."""
    whole = sight_of(ctx.principal, await ctx.services.channels_of(ctx.principal))
    first, *others = sights_for(query, whole)
    findings = await ctx.services.documents.find(first, query)
    for sight in others if not findings.found else ():
        more = await ctx.services.documents.find(sight, query)
        if more.found:
            return more
    return findings


def _cited(question: str, number: int, found: Found) -> Cited:
    document, passage = found.shelved.document, found.shelved.passage
    quote = quote_of(question, passage.text)
    spoken = place_of(quote, passage.text) if document.kind is DocumentKind.TRANSCRIPT else None
    anchor = spoken.anchor if spoken else passage.anchor
    return Cited(
        number=number,
        title=document.title,
        header=passage.header,
        page=passage.page,
        dated=document.dated,
        kind=document.kind,
        place=f"{spoken.mark} {spoken.who}" if spoken else "",
        link=f"{document.link}{anchor}" if document.link else "",
        quote=as_prose(spoken.stripped(quote) if spoken else quote),
        section=around(passage, found.section, LONGEST_SECTION),
    )


def _source(one: Cited) -> Source:
    return Source("Documents", one.name, one.dated, link=one.link, number=one.number)


def present(args: Args, result: Result) -> Presentation:
    if not result.found:
        return Presentation(text=_nothing(result))
    first, *others = result.found
    lines = [f"**{first.heading}** says: “{first.quote}” [{first.number}]"]
    for one in (other for other in others if other.number in result.differing):
        newer = max((first, one), key=lambda cited: cited.dated)
        lines.append(
            f"But **{one.header}** says: “{one.quote}” [{one.number}] They differ; the newer one is "
            f"“{newer.title}” of {day(newer.dated.date())}."
        )
    rest = [one for one in others if one.number not in result.differing][:MORE]
    if rest:
        lines.append("See also " + joined([f"{one.heading} [{one.number}]" for one in rest], "and") + ".")
    if result.words_only:
        lines.append(_words_only(result))
    return Presentation(text="\n\n".join(lines))


def _words_only(result: Result) -> str:
    return f"{WORDS_ONLY} {result.words_only}" if result.words_only else ""


def _nothing(result: Result) -> str:
    ask = f"{joined(result.ask, 'or')} may know." if result.ask else "Your manager may know."
    if result.documents == 0:
        return sentence(f"I have no company documents to look “{result.query}” up in yet, so I won't guess.", ask)
    return sentence(
        f"None of the {counted(result.documents, 'document')} you may read clearly answers “{result.query}”, "
        "so I won't guess.",
        f"The nearest {'pages are' if len(result.near) > 1 else 'page is'} {joined(result.near, 'and')}."
        if result.near
        else "",
        _words_only(result),
        ask,
    )


TOOL = Tool(
    name="search_knowledge",
    title="Company documents",
    description="Search company policies, procedures and documents to answer how-to and policy questions",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.KNOWLEDGE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the company documents",
    examples=(
        "How do I process a security deposit refund?",
        "What is the procedure for an after-hours lockout?",
        "Can residents sublet?",
    ),
)
