"""What was said, as `[mm:ss] Speaker: words` lines.

Speakers are other people's words and so are their names: neither can make a line of its own, so nobody can put words
into somebody else's mouth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from app.domain.recording import mark
from app.integrations.base import Problems
from app.integrations.gong.client import GongClient, Operation
from app.integrations.gong.models import Monologue, Sentence, Transcript, named, parsed

TRANSCRIPTS: Final = Operation("transcripts", "POST", "/v2/calls/transcript", "callTranscripts")
NOBODY: Final = "Unknown speaker"
LONGEST: Final = 1_000_000  # characters of a transcript: a day of talk
LINE_WORDS: Final = 60  # a line is quoted with one time mark, so it stays short
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:]+")


async def read_transcripts(client: GongClient, call_ids: Iterable[str], problems: Problems) -> dict[str, Transcript]:
    """The transcripts that there are of these calls, by call id: they follow a call by minutes or hours."""
    wanted = sorted(set(call_ids))
    if not wanted:
        return {}
    items = await client.listing(TRANSCRIPTS, {"filter": {"callIds": wanted}}).whole()
    found = parsed(Transcript, items, problems, lambda item: named(item, "callId"))
    asked = set(wanted)
    for stray in (one for one in found if one.call_id not in asked):
        problems.add("transcript of a call that was not asked for", stray.call_id)
    return {one.call_id: one for one in found if one.call_id in asked}


def lines_of(transcript: Transcript, speakers: Mapping[str, str], problems: Problems) -> str:
    """The lines in the order of time; `speakers` are names by speaker id."""
    lines: list[tuple[int, str]] = []
    for monologue in parsed(Monologue, transcript.monologues, problems, lambda _: transcript.call_id):
        who = _NOT_IN_A_NAME.sub(" ", speakers.get(monologue.speaker_id, "")).strip()
        if not who:
            problems.add("words of a speaker who is not among the participants", transcript.call_id)
        sentences = parsed(Sentence, monologue.sentences, problems, lambda _: transcript.call_id)
        for start, words in _together(sorted(sentences, key=lambda one: one.start)):
            lines.append((start, f"[{mark(start // 1000)}] {who or NOBODY}: {words}"))
    whole = "\n".join(line for _, line in sorted(lines, key=lambda line: line[0]))
    if len(whole) <= LONGEST:
        return whole
    problems.add("transcript longer than a day of talk was cut", transcript.call_id)
    return whole[: whole.rindex("\n", 0, LONGEST)] if "\n" in whole[:LONGEST] else ""


def _together(sentences: Iterable[Sentence]) -> Iterator[tuple[int, str]]:
    """Sentences of one speaker gathered to lines of LINE_WORDS, each with the time of its first."""
    start, words = 0, list[str]()
    for sentence in sentences:
        said = sentence.text.split()
        if words and len(words) + len(said) > LINE_WORDS:
            yield start, " ".join(words)
            words = []
        if not words:
            start = sentence.start
        words += said
    if words:
        yield start, " ".join(words)
