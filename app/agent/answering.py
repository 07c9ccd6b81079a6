"""From a finished run to the Answer: text, tables, cards, sources, small print.

Where the model left no words (it asked back, was stopped, or only asked for approvals) plain sentences are said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.agent import figures, quotations
from app.agent.run import TurnRun
from app.agent.toolbox import ASK_PERSON
from app.domain.answer import ASKER_ALONE, Answer, AnswerKind, ApprovalCard, Choice, Source, merged
from app.domain.errors import Ambiguous, NotAllowed, NotFound, SophiaError

MOST_FOLLOW_UPS = 3
MOST_CHOICES = 5
FELL_BACK = "My language models can’t be reached right now, so I answered without one."
STOPPED = "I stopped here: this took more steps than I allow myself for one question."
CUT = "The answer reached its length limit and was cut."
_NOTHING_SAID = "I couldn’t put an answer together. Could you ask in other words?"
_TOO_MUCH = "That took longer than I allow myself for one question. Could you ask for a smaller part of it?"
_REFUSED_BY_MODEL = "I can’t help with that one. Ask me about your properties, residents, work orders or deals."


async def answer_of(run: TurnRun) -> Answer:
    """The turn's answer. Says through the run's speaker what is not said yet, so that it is checked like the rest."""
    await _say_the_rest(run)
    done = run.done
    return Answer(
        kind=_kind(run),
        text=run.speaker.said,
        tables=tuple(one.presentation.table for one in done if one.presentation.table is not None),
        charts=tuple(chart for one in done for chart in one.presentation.charts),
        choices=_choices(run),
        approvals=tuple(one.card for one in run.waiting),
        sources=_cited(merged(source for one in done for source in one.result.sources), run.speaker.said),
        notes=_notes(run),
        follow_ups=_follow_ups((text for one in done for text in one.presentation.follow_ups), run.turn.text),
        definitions=tuple(dict.fromkeys(key for one in done for key in one.presentation.definitions)),
        readers_need=_readers_need(run),
        calls=_calls(run),
    )


def failure(error: SophiaError) -> Answer:
    """An error as an answer: its own sentence and next step."""
    kind = AnswerKind.DECLINED if isinstance(error, NotAllowed) else AnswerKind.FAILED
    return Answer(kind, error.for_people)


async def _say_the_rest(run: TurnRun) -> None:
    if run.asked is not None:
        await run.speaker.say(run.asked.question)
    elif run.waiting and not run.speaker.said:
        await run.speaker.say(_waiting_words([one.card for one in run.waiting]))
    elif not run.speaker.said:
        await run.speaker.say(_words_for_nothing(run))


def _waiting_words(cards: Sequence[ApprovalCard]) -> str:
    if len(cards) == 1:
        return f"**{cards[0].title}** waits for approval. Once approved: {cards[0].consequence}"
    listed = "\n".join(f"- **{card.title}**: {card.consequence}" for card in cards)
    return f"These wait for approval; nothing happens before.\n{listed}"


def _words_for_nothing(run: TurnRun) -> str:
    """What the tools themselves said, when the model said nothing."""
    said = [one.presentation.text for one in run.done] or [one.error.for_people for one in run.refused]
    if said:
        return "\n\n".join(dict.fromkeys(said))
    if run.stopped:
        return _TOO_MUCH
    return _REFUSED_BY_MODEL if run.finish == "content_filter" else _NOTHING_SAID


def _kind(run: TurnRun) -> AnswerKind:
    kind = AnswerKind.ANSWER
    if run.asked is not None or (not run.waiting and not run.done and _options(run)):
        kind = AnswerKind.QUESTION
    elif run.waiting:
        kind = AnswerKind.APPROVAL
    elif run.refused and not run.done:
        forbidden = all(isinstance(one.error, NotAllowed) for one in run.refused)
        kind = AnswerKind.DECLINED if forbidden else AnswerKind.FAILED
    elif not run.done and (run.action == "decline" or run.finish == "content_filter"):
        kind = AnswerKind.DECLINED
    elif not run.done and run.action == "clarify":
        kind = AnswerKind.QUESTION
    elif not run.done and run.stopped:
        kind = AnswerKind.FAILED
    return kind


def _choices(run: TurnRun) -> tuple[Choice, ...]:
    """Buttons: the options of a question back, or the names a refused call could have meant."""
    if run.asked is not None:
        return tuple(Choice(option, option) for option in run.asked.options)
    if run.done or run.waiting:
        return ()
    asked = run.turn.text.strip().rstrip("?!. ")
    return tuple(Choice(option, f"{asked} – I mean {option}") for option in _options(run))


def _options(run: TurnRun) -> tuple[str, ...]:
    for one in reversed(run.refused):
        if isinstance(one.error, Ambiguous):
            return one.error.options[:MOST_CHOICES]
        if isinstance(one.error, NotFound):
            return one.error.near[:MOST_CHOICES]
    return ()


def _cited(sources: tuple[Source, ...], text: str) -> tuple[Source, ...]:
    """Numbered sources only where the text cites them."""
    return tuple(source for source in sources if not source.number or f"[{source.number}]" in text)


def _notes(run: TurnRun) -> tuple[str, ...]:
    notes: list[str] = []
    if run.model.fell_back:
        notes.append(FELL_BACK)
    if run.speaker.unconfirmed:
        notes.append(figures.note_for(len(run.speaker.unconfirmed)))
    if run.speaker.unfounded:
        notes.append(quotations.note_for(len(run.speaker.unfounded)))
    if run.stopped and (run.done or run.waiting):
        notes.append(STOPPED)
    if run.finish == "length":
        notes.append(CUT)
    return (*notes, *_left_out(run))


def _left_out(run: TurnRun) -> list[str]:
    """What was refused while something else was done, unless the answer says it: half a request is never dropped
    silently, whatever the model chose to say."""
    if not (run.done or run.waiting):
        return []
    sentences = dict.fromkeys(one.error.for_people for one in run.refused)
    return [f"Not done: {sentence}" for sentence in sentences if sentence not in run.speaker.said]


def _follow_ups(suggested: Iterable[str], question: str) -> tuple[str, ...]:
    asked = question.strip().casefold()
    fresh = (text for text in dict.fromkeys(suggested) if text.strip().casefold() != asked)
    return tuple(fresh)[:MOST_FOLLOW_UPS]


def _readers_need(run: TurnRun) -> tuple[str, ...]:
    """The rights behind everything in the answer that tells of persons or rests on documents that are not for all. A
    refusal may name a person, so it counts too."""
    tools = [run.tools[name] for name, _, _ in run.outcomes]
    needed = {str(tool.scope) for tool in tools if tool.personal}
    return tuple(sorted(needed | {ASKER_ALONE} if run.for_asker_alone else needed))


def _calls(run: TurnRun) -> tuple[tuple[str, dict[str, object]], ...]:
    calls: list[tuple[str, dict[str, object]]] = [(name, arguments) for name, arguments, _ in run.outcomes]
    if run.asked is not None:
        calls.append((ASK_PERSON, {"question": run.asked.question, "options": list(run.asked.options)}))
    return tuple(calls)
