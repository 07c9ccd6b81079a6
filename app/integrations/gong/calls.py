"""Calls as canonical rows, with who took part and what was said.

Gong can't be asked what changed, only which calls started when: a reading goes through windows of start times, one page
after the other. An incremental one looks back some days, as transcripts follow a call by minutes to hours and titles,
privacy and participants are edited afterwards; what is older is brought by the full reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from app.db.models.business import Call as CallRow
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.gong import fields
from app.integrations.gong.client import GongClient, Operation
from app.integrations.gong.ids import read_model_id
from app.integrations.gong.models import LONGEST_SUMMARY, About, Party, named, parsed, title
from app.integrations.gong.transcripts import lines_of, read_transcripts
from app.integrations.gong.users import Colleague, Directory
from app.integrations.paging import Mark
from app.integrations.records import sample_of

CALLS: Final = Operation("calls", "POST", "/v2/calls/extensive", "calls")
WINDOW: Final = timedelta(days=90)
_SELECTOR: Final = {"context": "Basic", "exposedFields": {"parties": True, "content": {"brief": True}}}


@dataclass(frozen=True)
class Window:
    """The part of a reading: calls that started in [start, end), of all up to `until`."""

    start: datetime
    end: datetime
    until: datetime

    @classmethod
    def first(cls, reading: Reading, now: datetime) -> Window:
        start = reading.since or datetime.combine(reading.horizon, time(), UTC)
        return cls(start, min(start + WINDOW, now), now)

    @classmethod
    def of(cls, part: str) -> Window:
        return cls(*map(datetime.fromisoformat, part.split()))

    @property
    def part(self) -> str:
        return " ".join(moment.isoformat() for moment in (self.start, self.end, self.until))

    @property
    def next(self) -> str | None:
        """The part that follows; None at the end of the reading."""
        if self.end >= self.until:
            return None
        return Window(self.end, min(self.end + WINDOW, self.until), self.until).part

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "filter": {"fromDateTime": self.start.isoformat(), "toDateTime": self.end.isoformat()},
            "contentSelector": _SELECTOR,
        }


class CallReader:
    """Reads calls. `base_url` is where Gong is reached: links may lead there."""

    def __init__(self, client: GongClient, clock: Clock, base_url: str) -> None:
        self._client = client
        self._clock = clock
        self._directory = Directory(client, clock)
        self._link = fields.own_address(base_url)

    async def read(self, reading: Reading) -> Page:
        """One page of calls with their transcripts. Raises SophiaErrors."""
        problems = Problems()
        mark = Mark.of(reading.cursor, Window.first(reading, self._clock.now()).part)
        window = Window.of(mark.part)
        step = await self._client.listing(CALLS, window.asked).step(mark)
        people = await self._directory.people(problems) if step.records else {}
        calls = [(item, about) for item in step.records for about in self._about(item, problems)]
        found = await read_transcripts(self._client, (about.id for _, about in calls), problems)
        rows: list[Row] = []
        for item, about in calls:
            parties = self._parties(item, about, problems)
            row = self._row(item, about, problems) | _people(item, about, parties, people)
            said = found.get(about.id)
            speakers = {party.speaker_id: _name(party, people) for party in parties if party.speaker_id}
            rows.append(row | {"transcript": lines_of(said, speakers, problems) if said else ""})
        sample = sample_of([item["metaData"] for item, _ in calls], "id")
        return Page((Batch(CallRow, rows),), step.cursor(window.next), problems.all(), sample=sample)

    def _about(self, item: Any, problems: Problems) -> Sequence[About]:
        """What a call can't do without, or nothing and a problem."""
        about = item.get("metaData") if isinstance(item, dict) else None
        return parsed(About, [about], problems, lambda _: named(about, "id"))

    def _parties(self, item: dict[str, Any], about: About, problems: Problems) -> list[Party]:
        given = item.get("parties")
        if not isinstance(given, list):
            problems.add("call without a list of participants", about.id)
            return []
        return parsed(Party, given, problems, lambda _: about.id)

    def _row(self, item: dict[str, Any], about: About, problems: Problems) -> Row:
        meta, content = item["metaData"], item.get("content")

        def read(name: str, value: Any, reader: Any, default: Any) -> Any:
            try:
                return reader(value)
            except ValueError as wrong:
                problems.add(f"unreadable {name} of a call: {wrong}", about.id)
                return default

        private = meta.get("isPrivate")
        if not isinstance(private, bool):
            problems.add("call that does not say whether it is private, taken for private", about.id)
        brief = content.get("brief") if isinstance(content, dict) else None
        return {
            "id": read_model_id(about.id),
            "title": read("title", meta.get("title"), title, "") or "Untitled call",
            "started_at": about.started,
            "seconds": read("duration", meta.get("duration"), fields.seconds, 0),
            "link": read("link", meta.get("url"), self._link, ""),
            "is_private": private is not False,
            "summary": read("brief", brief, lambda value: fields.text(value, LONGEST_SUMMARY), ""),
        }


def _people(item: dict[str, Any], about: About, parties: Sequence[Party], people: Mapping[str, Colleague]) -> Row:
    """Host, own people who took part, and the others."""
    host_id = item["metaData"].get("primaryUserId")
    host = people.get(host_id) if isinstance(host_id, str) else None
    own = [party for party in parties if _is_own(party, people)]
    attendees: set[str] = set(host.emails if host else ())
    for party in own:
        if party.took_part or (party.user_id and party.user_id == host_id):
            attendees |= {party.email, *(people[party.user_id].emails if party.user_id in people else ())}
    others = {party.email for party in parties if not _is_own(party, people)}
    by_party = next((party.name for party in own if party.user_id and party.user_id == host_id), "")
    return {
        "host": (host.name if host else "") or by_party,
        "attendees": _listed(attendees),
        "participants": _listed(others),
    }


def _is_own(party: Party, people: Mapping[str, Colleague]) -> bool:
    return party.affiliation == "Internal" or party.user_id in people


def _name(party: Party, people: Mapping[str, Colleague]) -> str:
    return party.name or (people[party.user_id].name if party.user_id in people else "") or party.email


def _listed(emails: set[str]) -> str:
    """Addresses between bars, in order: `|a@x.com|b@x.com|`; "" for none."""
    plain = sorted(emails - {""})
    return f"|{'|'.join(plain)}|" if plain else ""
