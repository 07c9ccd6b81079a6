"""From a message (and the last calls) to a plan: split, read, combine, gate.

The only place where the parts meet. Executes nothing and keeps nothing between messages.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from app.domain.names import Names
from app.domain.samples import in_own_names
from app.domain.tooling import ToolSpec
from app.gateways.embedded import answers, corrections, followups, questions
from app.gateways.embedded.arguments import Shape, shape_of
from app.gateways.embedded.clauses import is_negated
from app.gateways.embedded.entities import Entities, find_entities
from app.gateways.embedded.exemplars import exemplars_of, labelled
from app.gateways.embedded.filling import Filled
from app.gateways.embedded.lexicon.out_of_scope import OUT_OF_SCOPE
from app.gateways.embedded.lexicon.small_talk import CHITCHAT as CHITCHAT_PHRASES
from app.gateways.embedded.lexicon.small_talk import VAGUE as VAGUE_PHRASES
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.plan import Action, Call, Conversation, Plan
from app.gateways.embedded.ranking import fingerprint, load_or_train
from app.gateways.embedded.reading import CHITCHAT, DECLINE, VAGUE, Reader, Reading
from app.gateways.embedded.segments import segments
from app.gateways.embedded.text import clean

#: Below these a request is asked about instead of done; reads harm nobody, writes go to an approval card anyway.
ACT_READ, ACT_WRITE = 0.42, 0.45
#: How many sets of names stay indexed: people of one company see few different ones.
_INDEXES = 16

_ACTIONS: Mapping[str, Action] = {CHITCHAT: "chitchat", DECLINE: "decline", VAGUE: "clarify"}


class Planner:
    """Plans messages. Built once per set of tools; names and time come with each message."""

    def __init__(self, specs: Sequence[ToolSpec], cache_dir: Path | None = None) -> None:
        self.shapes: dict[str, Shape] = {spec.name: shape_of(spec) for spec in specs}
        others = {CHITCHAT: CHITCHAT_PHRASES, DECLINE: OUT_OF_SCOPE, VAGUE: VAGUE_PHRASES}
        key = fingerprint(labelled(specs, others))
        self._reader = Reader(self.shapes, load_or_train(key, lambda: exemplars_of(specs, others), cache_dir))
        self._indexes: list[tuple[Names, NameIndex]] = []

    def index_of(self, names: Names) -> NameIndex:
        """The index of exactly these names; kept for the last few sets, so that nobody is matched to another's."""
        for at, (known, index) in enumerate(self._indexes):
            if known is names or (known.version == names.version and known == names):
                self._indexes.insert(0, self._indexes.pop(at))
                return index
        index = NameIndex(names)
        self._indexes = [(names, index), *self._indexes[: _INDEXES - 1]]
        return index

    def plan(
        self,
        message: str,
        names: Names,
        now: datetime,
        context: Sequence[Call] = (),
        allowed: frozenset[str] | None = None,
    ) -> Plan:
        """What to do about a message.

        `context` holds the calls made so far in the conversation, oldest first; `allowed` limits the tools. Never
        raises on any text, and takes bounded time.
        """
        text = clean(message)
        if not any(c.isalnum() for c in text):
            return Plan("chitchat" if text else "clarify", (), 1.0, "" if text else "What can I do for you?")
        index = self.index_of(names)
        text = corrections.applied(text, index, now)
        reader = self._reader if allowed is None else self._reader.limited(allowed)
        if context:
            followed = followups.follow(text, context, reader, index, now)
            if followed is not None:
                return followed
        readings = [r for r in segments(text, reader, index, now, context) if r.text.strip()]
        return _combined([(decide(reading), reading.text) for reading in readings])

    def plan_in(self, talk: Conversation, names: Names, now: datetime, allowed: frozenset[str] | None = None) -> Plan:
        """The plan for the newest message of a conversation, which may answer a question that was asked back."""
        if talk.asked_about:
            pending = self.plan(talk.asked_about, names, now, talk.calls_before_question, allowed)
            if pending.question:
                index = self.index_of(names)
                reader = self._reader if allowed is None else self._reader.limited(allowed)
                finished = answers.finish(pending, talk.message, reader, index, now, talk.asked_about)
                if finished is not None:
                    return finished
        return self.plan(talk.message, names, now, talk.calls, allowed)

    def entities_of(self, message: str, names: Names, now: datetime) -> Entities:
        """What a message names."""
        return find_entities(clean(message), self.index_of(names), now)

    def examples(self, names: Names) -> tuple[str, ...]:
        """A few whole questions from the tools' own files, in the person's own names, for "you could ask …"."""
        said = (in_own_names(shape.spec.examples, names) for shape in self.shapes.values())
        return tuple(question for question in said if question)


def decide(reading: Reading) -> Plan:
    """The plan for one request: act, ask, decline or chat."""
    if reading.unsupported:
        return Plan("decline", (), 0.9)
    if is_negated(reading.text):
        return Plan("clarify", (), 0.8, "Understood, I will leave that alone. What should I do instead?")
    best = reading.best
    if best.filled is None and _only_names(reading):
        return Plan("clarify", (), best.probability, f"What would you like to know about {_named(reading)}?")
    if best.filled is None:
        question = "What would you like me to do, and for which property or person?" if best.label == VAGUE else ""
        return Plan(_ACTIONS[best.label], (), best.probability, question)
    return _gate(best.filled, best.probability, reading)


def _only_names(reading: Reading) -> bool:
    """True for "Maple Grove" and nothing else."""
    return bool(reading.found.names) and all(
        word.endswith("x") for word in reading.found.delexical.strip(" ?.!").split()
    )


def _named(reading: Reading) -> str:
    return reading.found.names[0].entries[0].name


def _gate(filled: Filled, probability: float, reading: Reading) -> Plan:
    """Acts when sure enough and complete, else asks the one question that helps most."""
    if filled.missing:
        return questions.ask_missing(filled, probability)
    if probability < (ACT_WRITE if filled.shape.changes else ACT_READ):
        return questions.ask_meaning(_offers(reading), probability)
    if filled.choices:
        return questions.ask_which(filled, probability)
    return Plan("call", calls_of(filled), probability)


def calls_of(filled: Filled) -> tuple[Call, ...]:
    """The call, and one more for each further value of an argument that holds one ("noi and revenue")."""
    name = filled.shape.spec.name
    order = [a.name for a in filled.shape.arguments]
    base = {key: filled.arguments[key] for key in order if key in filled.arguments}
    calls = [Call(name, base)]
    for argument, values in filled.further.items():
        calls += [Call(name, {**call.arguments, argument: value}) for call in tuple(calls) for value in values]
    return tuple(calls[:6])


def _offers(reading: Reading) -> tuple[str, ...]:
    return tuple(questions.short(c.filled.shape.spec.description) for c in reading.tools()[:3] if c.filled)


def _combined(parts: list[tuple[Plan, str]]) -> Plan:
    """One plan for the whole message, from one for each of its parts with its text: calls first, then a question, then
    a refusal, then small talk."""
    plans = [plan for plan, _ in parts]
    calls = tuple({(c.name, repr(sorted(c.arguments.items(), key=str))): c for p in plans for c in p.calls}.values())
    if calls:
        acting = [p for p in plans if p.calls]
        left_out = tuple(text.strip(" .!?") for plan, text in parts if plan.action == "decline")
        asking = next((p for p in plans if p.action == "clarify" and p.partial), None)
        confidence = min(p.confidence for p in acting)
        if asking:
            return Plan(
                "call", calls, confidence, asking.question, asking.options, asking.partial, asking.asked, left_out
            )
        return Plan("call", calls, confidence, left_out=left_out)
    for action in ("clarify", "decline", "chitchat"):
        found = [p for p in plans if p.action == action]
        if action == "clarify" and found and any(p.action == "decline" for p in plans):
            continue
        if found:
            return max(found, key=lambda p: bool(p.partial))
    return plans[0] if plans else Plan("clarify", (), 0.0, "What can I do for you?")
