"""Guest cards and tours: what Entrata calls leads, with the appointments and tours among what happened with them.

Entrata says how far a lead came from its guest card to its lease; before an application, the events tell whether
anybody got in touch with it or it came to see the place. Events are listed only for the (up to five) types that are
asked for by their ids. Times are in Mountain Time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.db.models.leasing import GuestCard as GuestCardRow
from app.db.models.leasing import Tour as TourRow
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, attributes, inside, mountain_day, text, wire_day
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import LEAD, LEAD_EVENT, VISIT
from app.integrations.entrata.windows import Window, window
from app.integrations.records import canonical, parsed, phone, sample_of

LEADS: Final = Method("leads", "getLeads")
PICK_LISTS: Final = Method("leads", "getLeadPickLists", "r2")
LOOK_BACK: Final = timedelta(days=60)  # leads are asked for by the day they were made; what came of them follows
_WINDOW: Final = timedelta(days=183)
_MOST_TYPES: Final = 5  # of events in one request
_VISITS: Final = ("tour", "appointment")


@dataclass(frozen=True)
class _Visit:
    """An appointment or a tour; `kind` is which."""

    id: str
    kind: str
    starts: datetime
    status: str


class ProspectReader:
    """Reads leads by the day they were made: a full reading by half-years since the horizon, an incremental one those
    of the last weeks."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._types: dict[str, Mapping[str, str]] = {}

    async def read(self, reading: Reading) -> Page:
        """A page of guest cards with their tours."""
        problems = Problems()
        types = self._types.get(reading.property_id) if reading.cursor else None  # a new reading asks anew
        if types is None:
            types = self._types[reading.property_id] = await self._event_types(reading.property_id, problems)
        first, last, cursor = self._days(reading)
        params: dict[str, Any] = {"propertyId": int(reading.property_id), "createdOnDateFrom": wire_day(first)}
        if last is not None:
            params["createdOnDateTo"] = wire_day(last)
        if types:
            params["eventTypeIds"] = ",".join(types)
        found = await self._client.call(LEADS, params)
        if not cursor:
            self._types.pop(reading.property_id, None)
        items = as_list(inside(found, "prospects", "prospect"))
        home, now = read_model_id(reading.property_id), self._clock.now()
        cards: dict[str, Row] = {}
        tours: dict[str, Row] = {}
        gone: list[tuple[type[TourRow], str]] = []
        for lead in parsed(models.Lead, items, problems, id_key="applicationId"):
            events = parsed(models.LeadEvent, lead.events, problems, id_key="eventId")
            visits = _visits(events, types, now, problems)
            kept = _once(visits)
            gone.extend((TourRow, read_model_id(one.id)) for one in visits if one not in kept)
            kinds = {types.get(event.kind, "") for event in events}
            card = _card(lead, home, _came_to(lead, kinds, kept, problems), problems)
            if card is not None:
                cards[card["id"]] = card
                tours |= {row["id"]: row for row in _tours(lead, card, kept)}
        batches = (Batch(GuestCardRow, list(cards.values())), Batch(TourRow, list(tours.values())))
        return Page(batches, cursor, problems.all(), tuple(gone), sample_of(items, "applicationId"))

    def _days(self, reading: Reading) -> Window:
        if reading.since is None:
            return window(reading, mountain_day(self._clock.now()), _WINDOW)
        return Window(max(reading.horizon, mountain_day(reading.since) - LOOK_BACK), None, "")

    async def _event_types(self, property_id: str, problems: Problems) -> Mapping[str, str]:
        """What the event types mean that are worth asking for, by id."""
        found = await self._client.call(PICK_LISTS, {"propertyId": int(property_id)})
        listed: dict[str, tuple[str, str]] = {}
        for item in as_list(inside(found, "eventTypes", "eventType")):
            said = attributes(item)
            number = text(said.get("id"))
            name = next((n for n in _names(said) if n in LEAD_EVENT), None)
            if name is not None and number.isdecimal():
                listed[number] = (name, LEAD_EVENT[name])
        if not any(kind in _VISITS for _, kind in listed.values()):
            problems.add("no tour or appointment among the types of lead events", property_id)
        order = list(LEAD_EVENT)
        first = sorted(listed, key=lambda number: order.index(listed[number][0]))
        for number in first[_MOST_TYPES:]:
            problems.add(f"type of lead events left out, as only five can be asked for: {listed[number][0]}", number)
        return {number: listed[number][1] for number in first[:_MOST_TYPES]}


def _names(said: Mapping[str, Any]) -> Iterable[str]:
    """Entrata's own name of a type, and the client's."""
    return (" ".join(text(said.get(key)).lower().split()) for key in ("entrataName", "name"))


def _visits(
    events: Sequence[models.LeadEvent], types: Mapping[str, str], now: datetime, problems: Problems
) -> list[_Visit]:
    """Appointments and tours. A tour is entered when somebody came, so that one in the past needs no result."""
    found: list[_Visit] = []
    for event in events:
        kind = types.get(event.kind, "")
        if kind not in _VISITS:
            continue
        try:
            starts = event.starts
        except ValueError:
            starts = None
        if starts is None:
            problems.add("tour without a readable time", event.id)
            continue
        if kind == "tour" and not event.result and starts <= now:
            status = "done"
        else:
            status = canonical(event.result, VISIT, "tour result", event.id, problems)
        found.append(_Visit(event.id, kind, starts, status))
    return found


def _once(visits: Sequence[_Visit]) -> list[_Visit]:
    """Each visit once: a tour stands for the appointment of its day."""
    toured = {mountain_day(one.starts) for one in visits if one.kind == "tour"}
    return [one for one in visits if one.kind == "tour" or mountain_day(one.starts) not in toured]


def _came_to(lead: models.Lead, kinds: set[str], visits: Sequence[_Visit], problems: Problems) -> str:
    """What came of a lead, the furthest first."""
    said = canonical(lead.status, LEAD, "lead status", lead.id, problems)
    if said != "open":
        return said
    if any(one.status == "done" for one in visits):
        return "toured"
    return "contacted" if "contact" in kinds else "new"


def _card(lead: models.Lead, home: str, status: str, problems: Problems) -> Row | None:
    if lead.created is None:
        problems.add("lead without the day it was made", lead.id)
        return None
    person = lead.people[0] if lead.people else models.Person()
    name = person.name[:120] or "Unnamed prospect"
    return {
        "id": read_model_id(lead.id),
        "property_id": home,
        "name": name,
        "search_name": name.lower(),
        "email": person.email[:200],
        "phone": next((found for one in (person.cell, person.personal, person.office) if (found := phone(one))), ""),
        "bedrooms": lead.bedrooms,
        "status": status,
        "lead_source": lead.source[:60],
        "inquired_on": lead.created,
    }


def _tours(lead: models.Lead, card: Row, visits: Sequence[_Visit]) -> list[Row]:
    return [
        {
            "id": read_model_id(one.id),
            "property_id": card["property_id"],
            "prospect": card["name"],
            "guest_card_id": card["id"],
            "starts_at": one.starts,
            "status": one.status,
            "agent": lead.agent[:120],
        }
        for one in visits
    ]
