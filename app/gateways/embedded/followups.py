"""Messages that change one thing of the last call: "and at Oakwood?", "what about 3 bedrooms?", "same for January"."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.domain.following import made_whole
from app.gateways.embedded.arguments import Shape
from app.gateways.embedded.clauses import starts_like_request
from app.gateways.embedded.filling import fill
from app.gateways.embedded.lexicon.synonyms import flag_pattern, pattern_of
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.neighbours import neighbouring_period
from app.gateways.embedded.plan import Call, Plan
from app.gateways.embedded.reading import Reader, Reading
from app.gateways.embedded.text import blank

CUE = re.compile(
    r"(?i)^(?:ok |okay |hm+ |cool |great |thanks,? |got it,? |perfect,? )*(?:and\b(?! also)|what about|how "
    r"about|wbu|same\b|the same|just\b|only\b|but\b|now\b|also\b|instead\b|or\b|plus\b|"
    r"what if|make (?:it|that)|change (?:it|that) to|switch to|try\b|anything\b|any\b|ok now|for\b|at\b|in\b|"
    r"with\b|without\b|by\b|from\b|since\b|under\b|over\b|between\b|do\b|then\b)"
)
#: The tool that looks into documents: what it is asked is a text, which a follow-up completes instead of changing.
DOCUMENTS = "search_knowledge"
#: What asks for something without saying of what: "how long do we have to answer", "who decides", "by when".
_THIN = re.compile(
    r"(?i)\b(?:how|long|much|many|often|soon|fast|late|far|what|when|where|which|who|whose|why|by|until|till|does|do|did|"
    r"is|are|was|be|can|could|may|must|should|would|will|shall|has|have|had|need|needs|we|us|our|i|me|my|"
    r"to|a|an|the|if|so|for|of|in|on|at|not|no|or|and|any|else|then|long|time|days?|hours?|weeks?|months?|deadline|"
    r"exceptions?|limit|answer|respond|reply|wait|decide|decides|approve|approves|sign|signs|say|tell|happens?|"
    r"refuse|refuses|apply|applies|count|counts|ask|written|writing)\b|[^\w\s]"
)
_ASKS = re.compile(r"(?i)\b(?:how|what|when|which|who|whose|why|where)\b")
LONGEST_ADDITION = 10  # words; a longer message says itself what it is about
_SURE, _SURE_WITH_A_NAME = 0.97, 0.85  # from which another request stands on its own
_REFERS = re.compile(
    r"(?i)\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|one|then|instead)\b"
)
_WHOLE = re.compile(
    r"(?i)\b(?:whole portfolio|entire portfolio|all (?:the )?properties|everywhere|every property|across the "
    r"board|company[ -]?wide|portfolio[ -]wide|overall|in total|the portfolio)\b"
)
_FILLER = re.compile(
    r"(?i)\b(?:and|what|about|how|the|same|thing|for|just|only|ones?|but|now|do|show|me|also|instead|or|make|"
    r"it|that|at|in|with|too|then|ok|okay|please|pls|those|them|of|to|on|is|are|"
    r"a|an|any|anything|over|there|again|by|as|well|can|you|i|want|need|give|get|try|switch|change|want|thanks|"
    r"cool|great|see|more|than|cheaper|less|under|'s|s|if|we|ask|sort|filter|narrow|limit|from|so|um|else|like|"
    r"let's|lets|go|run|pull|check|us|my|be|was|which|when|who|have|been|in|not|yes|no|hm+|all)\b|[^\w\s]"
)


def follow(text: str, context: Sequence[Call], reader: Reader, index: NameIndex, now: datetime) -> Plan | None:
    """The changed last call, or None when the message stands on its own."""
    last = context[-1]
    shape = reader.shapes.get(last.name)
    if shape is None:
        return None
    reading = reader.read(text, index, now, context)
    if last.name == DOCUMENTS:
        return _asked_further(text, last, reading)
    change = _change(shape, reading)
    neighbour = neighbouring_period(text, shape, last)
    if neighbour:
        return _changed(shape, last, {**last.arguments, **change, **neighbour}, 0.9)
    everywhere = bool(_WHOLE.search(text))
    if reading.unsupported or not (change or everywhere) or not _is_elliptic(text, reading, shape):
        return None
    arguments: dict[str, Any] = {**last.arguments, **change}
    if everywhere:
        arguments.pop("property", None)
    if arguments == dict(last.arguments):
        return None
    return _changed(shape, last, arguments, max(0.6, reading.best.probability))


def _asked_further(text: str, last: Call, reading: Reading) -> Plan | None:
    """ "And for cats?" after a look into documents: the question it goes on from, and the message behind it."""
    best = reading.best
    thin = bool(_ASKS.search(text)) and not _THIN.sub(" ", text).split() and not reading.found.names
    if len(text.split()) > LONGEST_ADDITION or not (thin or CUE.match(text) or _REFERS.search(text)):
        return None
    sure = _SURE if not reading.found.names else _SURE_WITH_A_NAME
    of_its_own = not thin and best.label != DOCUMENTS and best.probability >= sure and not _continues(text, reading)
    if of_its_own and (best.filled is None or not best.filled.missing):
        return None
    before = str(last.arguments.get("query", ""))
    return Plan("call", (Call(DOCUMENTS, {"query": made_whole(before, text)}),), 0.8) if before else None


def _continues(text: str, reading: Reading) -> bool:
    """ "What about a three bedroom?": a thing and no request of its own, wherever else such things are listed."""
    cue = CUE.match(text)
    return cue is not None and not reading.found.names and not starts_like_request(text[cue.end() :].strip())


def _changed(shape: Shape, last: Call, arguments: dict[str, Any], confidence: float) -> Plan:
    ordered = {a.name: arguments[a.name] for a in shape.arguments if a.name in arguments}
    return Plan("call", (Call(last.name, ordered),), confidence)


def _change(shape: Shape, reading: Reading) -> dict[str, Any]:
    """What the message says for the last call's tool, texts aside; a new period replaces both its ends."""
    filled = fill(shape, reading.found)
    kept: dict[str, Any] = {}
    for argument in shape.arguments:
        if argument.name in filled.arguments and argument.kind != "text":
            kept[argument.name] = filled.arguments[argument.name]
    if filled.choices:
        return {}
    return kept


def _is_elliptic(text: str, reading: Reading, shape: Shape) -> bool:
    """True when the message is too bare to be a request of its own."""
    residue = _residue(text, reading, shape)
    best = reading.best
    cue = bool(CUE.match(text))
    if best.label == shape.spec.name:
        return cue or len(residue) <= 2 or len(text.split()) <= 6
    stands = best.filled is not None and not best.filled.missing and best.probability >= 0.45
    if stands and residue:
        return False
    if stands and not cue and best.probability >= 0.9:
        return False
    return len(residue) <= (2 if cue else 1) and len(text.split()) <= 12


def _residue(text: str, reading: Reading, shape: Shape) -> list[str]:
    """Words that are neither found things, nor values of the last tool's arguments, nor glue."""
    found = reading.found
    spans = [m.span for m in found.names] + [d.span for d in found.dates] + [t.span for t in found.times]
    spans += [c.span for c in found.counts] + [a.span for a in found.amounts] + [i.span for i in found.ids]
    rest = blank(text, spans).lower()
    for argument in shape.arguments:
        for value in argument.values:
            rest = pattern_of(argument.name, value, changes=shape.changes).sub(" ", rest)
        if argument.kind == "flag":
            rest = flag_pattern(argument.name).sub(" ", rest)
    return _FILLER.sub(" ", rest).split()
