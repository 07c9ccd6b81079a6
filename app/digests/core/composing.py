"""A digest as an answer: what its parts say to the person who scheduled it, today, with their rights of today."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from app.digests.core.digest import Digest
from app.domain.answer import Answer, AnswerKind, merged
from app.domain.principal import Principal
from app.tools.core.outcomes import CallOrigin, Done, Outcome, Refused
from app.tools.core.registry import AnyTool

Call = Callable[[Principal, str, dict[str, Any], CallOrigin], Awaitable[Outcome]]


async def compose(
    digest: Digest,
    person: Principal,
    origin: CallOrigin,
    today: date,
    *,
    alone: bool,
    call: Call,
    tools: Mapping[str, AnyTool],
) -> Answer:
    """`alone`: nobody but the person reads it, so that it may tell of persons. Of kind FAILED when no part could be
    read; a part that couldn't is named in the small print."""
    done: list[Done] = []
    missing: list[str] = []
    for part in digest.parts:
        if tools[part.tool].personal and not alone:
            continue
        outcome = await call(person, part.tool, dict(part.arguments), origin)
        if isinstance(outcome, Done):
            done.append(outcome)
        elif isinstance(outcome, Refused):
            missing.append(outcome.error.sentence)
    reasons = tuple(dict.fromkeys(missing))
    if not done:
        return Answer(AnswerKind.FAILED, " ".join(reasons))
    said = "\n".join(f"- {one.presentation.text}" for one in done)
    return Answer(
        AnswerKind.ANSWER,
        f"**{digest.title} digest, {today:%A, %B %-d}**\n\n{said}",
        sources=merged(source for one in done for source in one.result.sources),
        notes=tuple(f"Left out: {reason}" for reason in reasons),
        follow_ups=digest.questions,
        definitions=tuple(dict.fromkeys(key for one in done for key in one.presentation.definitions)),
    )
