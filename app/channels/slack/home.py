"""The Home tab: what Sophia can do for this person, what waits for approval, how fresh the data is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from app.channels.slack import actions
from app.channels.slack.elements import Run, button, context, plain, rich
from app.channels.slack.limits import HEADER
from app.channels.text import Reader, moment_text, shorten
from app.domain.answer import ApprovalCard

View = dict[str, Any]
ABILITIES_SHOWN = 12
WAITING_SHOWN = 5
QUESTION = 140


class SourceLine(Protocol):
    """A system and how fresh its data is."""

    @property
    def system(self) -> str: ...

    @property
    def read_at(self) -> datetime | None: ...

    @property
    def failing(self) -> bool: ...

    @property
    def reading(self) -> int | None: ...


def home_view(
    *,
    name: str,
    company: str,
    abilities: Sequence[tuple[str, str]],
    waiting: Sequence[ApprovalCard],
    sources: Sequence[SourceLine],
    reader: Reader,
    found: int = 0,
) -> View:
    """The view for `views.publish`. `abilities` are pairs of a title and an example question; `found` counts what does
    not fit in the systems' data, for those who can do something about it."""
    blocks: list[View] = [{"type": "header", "text": plain(f"Hello {name}".strip(), HEADER)}]
    blocks += _abilities(abilities, company)
    if waiting:
        blocks += [{"type": "divider"}, {"type": "header", "text": plain("Waiting for approval", HEADER)}]
        blocks += [_waiting(card, reader) for card in waiting[:WAITING_SHOWN]]
    if sources:
        blocks += [{"type": "divider"}, {"type": "header", "text": plain("Data", HEADER)}]
        blocks.append(rich(*[_source(source, reader) for source in sources]))
        if found:
            things = "One thing in the data does" if found == 1 else f"{found} things in the data do"
            blocks.append(context([f"{things} not fit. `sophia sources` on the server lists them with an example."]))
    return {"type": "home", "blocks": blocks}


def _abilities(abilities: Sequence[tuple[str, str]], company: str) -> list[View]:
    if not abilities:
        words = f"I don't have you on {company}'s team yet. Your administrator can add you."
        return [rich([words])]
    blocks: list[View] = [rich(["Ask me in a direct message, or mention me in a channel. You could start with:"])]
    for number, (title, question) in enumerate(abilities[:ABILITIES_SHOWN], start=1):
        ask = button("Ask", f"{actions.ASK_EXAMPLE}.{number}", question)
        ask["accessibility_label"] = shorten(f"Ask: {question}", 75)
        text = {"type": "plain_text", "text": f"{title}: {shorten(question, QUESTION)}", "emoji": False}
        blocks.append({"type": "section", "text": text, "accessory": ask})
    if len(abilities) > ABILITIES_SHOWN:
        blocks.append(context([f"… and {len(abilities) - ABILITIES_SHOWN} more things. Just ask."]))
    return blocks


def _waiting(card: ApprovalCard, reader: Reader) -> View:
    changes = ", ".join(f"{change.label}: {change.after}" for change in card.changes[:3])
    return rich(
        [(card.title, "bold"), f" · {shorten(changes, QUESTION)}"],
        [f"May be approved by {card.approvers} until {moment_text(card.expires_at, reader)}"],
    )


def _source(source: SourceLine, reader: Reader) -> list[Run]:
    age = f"as of {moment_text(source.read_at, reader)}" if source.read_at else "not read in full yet"
    trouble = " · the last attempt failed" if source.failing else ""
    now = "" if source.reading is None else f" · reading now, {source.reading:,} rows so far"
    return [(source.system, "bold"), f" · {age}{now}{trouble}"]
