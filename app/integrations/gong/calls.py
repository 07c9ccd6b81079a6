"""Calls as canonical rows, with who took part and what was said.

Gong can't be asked what changed, only which calls started when: a reading goes through windows of start times, one page
after the other. An incremental one looks back some days, as transcripts follow a call by minutes to hours and titles,
privacy and participants are edited afterwards; what is older is brought by the full reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import orjson

from app.db.models.business import Call as CallRow
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.gong import fields
from app.integrations.gong.client import CursorRefused, GongClient, GongPage, Operation
from app.integrations.gong.ids import read_model_id
from app.integrations.gong.models import LONGEST_SUMMARY, About, Party, named, parsed, title
from app.integrations.gong.transcripts import lines_of, read_transcripts
from app.integrations.gong.users import Colleague, Directory
from app.integrations.records import sample_of

CALLS: Final = Operation("calls", "POST", "/v2/calls/extensive", "calls")
WINDOW: Final = timedelta(days=90)
_SELECTOR: Final = {"context": "Basic", "exposedFields": {"parties": True, "content": {"brief": True}}}
_MOST_RESTARTS: Final = 3


@dataclass(frozen=True)
class Window:
    """Where a reading stands: calls that started in [start, end), of all up to `until`. `restarts` counts how often
    Gong forgot the cursor of this window."""

    start: datetime
    end: datetime
    until: datetime
    cursor: str = ""
    restarts: int = 0

    @classmethod
    def first(cls, reading: Reading, now: datetime) -> Window:
        start = reading.since or datetime.combine(reading.horizon, time(), UTC)
        return cls(start, min(start + WINDOW, now), now)

    @classmethod
    def loaded(cls, text: str) -> Window:
        raw = orjson.loads(text)
        start, end, until = (datetime.fromisoformat(raw[name]) for name in ("start", "end", "until"))
        return cls(start, end, until, raw["cursor"], raw["restarts"])

    def dumped(self) -> str:
        return orjson.dumps(self).decode()

    def after(self, cursor: str) -> str:
        """The place after a page that named `cursor`; "" at the end of the reading."""
        if cursor:
            return replace(self, cursor=cursor).dumped()
        if self.end >= self.until:
            return ""
        return Window(self.end, min(self.end + WINDOW, self.until), self.until).dumped()

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
        window = Window.loaded(reading.cursor) if reading.cursor else Window.first(reading, self._clock.now())
        window, page = await self._page(window)
        people = await self._directory.people(problems) if page.records else {}
        calls = [(item, about) for item in page.records for about in self._about(item, problems)]
        found = await read_transcripts(self._client, (about.id for _, about in calls), problems)
        rows: list[Row] = []
        for item, about in calls:
            parties = self._parties(item, about, problems)
            row = self._row(item, about, problems) | _people(item, about, parties, people)
            said = found.get(about.id)
            speakers = {party.speaker_id: _name(party, people) for party in parties if party.speaker_id}
            rows.append(row | {"transcript": lines_of(said, speakers, problems) if said else ""})
        sample = sample_of([item["metaData"] for item, _ in calls], "id")
        return Page((Batch(CallRow, rows),), window.after(page.cursor), problems.all(), sample=sample)

    async def _page(self, window: Window) -> tuple[Window, GongPage]:
        """The page, and the window it belongs to. A cursor that died costs the window a new beginning."""
        try:
            return window, await self._client.page(CALLS, window.asked, window.cursor)
        except CursorRefused:
            if window.restarts >= _MOST_RESTARTS:
                raise self._client.looped(CALLS) from None
            again = replace(window, cursor="", restarts=window.restarts + 1)
            return again, await self._client.page(CALLS, again.asked)

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
