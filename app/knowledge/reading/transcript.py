"""Call and meeting transcripts: lines with a time mark and a speaker, as `[mm:ss] Speaker: words` or WebVTT.

Turns are gathered into sections of some minutes, so that a quote stands in its talk. Each block starts with the mark
and the speaker; the anchor is the second in the recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.recording import mark
from app.knowledge.reading.base import About, Block, Material, Section, Unreadable
from app.knowledge.reading.plain import decoded

MINUTES = 3  # of talk in one section
_LINE = re.compile(r"^\[(?P<at>(?:\d+:)?\d{1,2}:\d{2})(?:\.\d+)?\]\s*(?P<who>[^:]{1,60}):\s*(?P<words>.*)$")
_SPOKEN = re.compile(r"^\[(?P<at>(?:\d+:)?\d{1,2}:\d{2})\] (?P<who>[^:\n]{1,60}):", re.MULTILINE)
_CUE = re.compile(r"^(?P<at>(?:\d+:)?\d{2}:\d{2})[.,]\d{3}\s+-->")
_VOICE = re.compile(r"^<v(?:\.[^ >]+)?\s+(?P<who>[^>]+)>(?P<words>.*)$")
_NAMED = re.compile(r"^(?P<who>[^:]{1,60}):\s+(?P<words>.+)$")
_TAG = re.compile(r"</?[^<>]+>")


@dataclass(frozen=True)
class Turn:
    """What one speaker said, from `at` seconds on."""

    at: int
    who: str
    words: str


class Transcript:
    """`app.knowledge.reading.base.Reader` for WebVTT and for transcripts in plain text."""

    label = "call transcript"
    suffixes = (".vtt", ".transcript")

    def recognises(self, content: bytes) -> bool:
        return is_transcript(content[:8192].decode("utf-8", "replace"))

    def sections(self, material: Material) -> Iterator[Section]:
        turns = [*turns_of(decoded(material))]
        if not turns:
            raise Unreadable(
                f"“{material.name}” has no lines with a time and a speaker.",
                next_step="Lines look like “[02:15] Dana: we allow two cats”; or share it as a text file.",
            )
        yield from sections_of(turns)

    def about(self, material: Material) -> About:
        return About()


def is_transcript(text: str) -> bool:
    """True when most of the first lines carry a time mark and a speaker, or it is WebVTT."""
    if text.lstrip("\ufeff").startswith("WEBVTT"):
        return True
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    marked = sum(_LINE.match(line) is not None for line in lines)
    return marked >= 3 and marked * 2 >= len(lines)


def turns_of(text: str) -> Iterator[Turn]:
    """The turns in order; a line without a mark goes on with the turn before it."""
    cues = text.lstrip("\ufeff").startswith("WEBVTT")
    current: Turn | None = None
    for turn in _cues(text) if cues else _lines(text):
        if current is None or turn.who != current.who or turn.at != current.at:
            if current is not None and current.words:
                yield current
            current = turn
        else:
            current = Turn(current.at, current.who, f"{current.words} {turn.words}".strip())
    if current is not None and current.words:
        yield current


def _lines(text: str) -> Iterator[Turn]:
    last = Turn(0, "", "")
    for line in text.splitlines():
        match = _LINE.match(line.strip())
        if match:
            last = Turn(_seconds(match["at"]), match["who"].strip(), match["words"].strip())
            yield last
        elif line.strip():
            yield Turn(last.at, last.who, line.strip())


def _cues(text: str) -> Iterator[Turn]:
    """WebVTT (W3C Recommendation candidate, section 4.1): cues with a voice tag, or `Name: words`."""
    at, who = 0, ""
    in_cue = False
    for line in text.splitlines():
        cue = _CUE.match(line.strip())
        if cue:
            at, in_cue = _seconds(cue["at"]), True
        elif not line.strip():
            in_cue = False
        elif in_cue:
            named = _VOICE.match(line.strip()) or _NAMED.match(line.strip())
            who = named["who"].strip() if named else who
            yield Turn(at, who, _TAG.sub("", named["words"] if named else line).strip())


def sections_of(turns: Iterable[Turn]) -> Iterator[Section]:
    """The turns gathered into sections of MINUTES."""
    kept: list[Turn] = []
    for turn in turns:
        if kept and turn.at - kept[0].at >= MINUTES * 60:
            yield _section(kept)
            kept = []
        kept.append(turn)
    if kept:
        yield _section(kept)


def _section(turns: list[Turn]) -> Section:
    blocks = tuple(
        Block(f"[{mark(turn.at)}] {turn.who}: {turn.words}" if turn.who else turn.words, anchor=f"#t={turn.at}")
        for turn in turns
    )
    return Section((f"from {mark(turns[0].at)}",), blocks, f"#t={turns[0].at}")


@dataclass(frozen=True)
class Place:
    """Who said something, at which mark of the recording ("12:34")."""

    mark: str
    who: str

    @property
    def anchor(self) -> str:
        return f"#t={_seconds(self.mark)}"

    def stripped(self, quote: str) -> str:
        """The quote without mark and speaker before its first words, for where they stand beside it."""
        return quote.removeprefix(f"[{self.mark}] {self.who}:").lstrip()


def place_of(quote: str, text: str) -> Place | None:
    """Where in a passage of talk a verbatim part of it begins; None when it is no such part."""
    start = text.find(quote.strip())
    if start < 0:
        return None
    spoken = [match for match in _SPOKEN.finditer(text) if match.start() <= start]
    return Place(spoken[-1]["at"], spoken[-1]["who"].strip()) if spoken else None


def _seconds(at: str) -> int:
    parts = [int(one) for one in at.split(":")]
    return sum(one * 60**power for power, one in enumerate(reversed(parts)))


READER = Transcript()
