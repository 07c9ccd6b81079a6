"""The resource `leads`: everyone who asked about a community, with their appointments and tours."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import MOUNTAIN, Answer, Params, Refused, Request, mountain_day, php, us_day
from app.sandbox.portfolio.register import GuestCard, Tour

STATUSES: Final = {
    1: "Guest Card Completed",
    2: "Guest Card Cancelled",
    3: "Application Completed",
    4: "Lease Approved",
}
EVENT_TYPES: Final = {
    2: "Outgoing Call",
    3: "Incoming Call",
    4: "Outgoing Email",
    5: "Incoming Email",
    6: "Outgoing Text",
    9: "Notes",
    17: "Appointment",
    18: "Tour",
}
RESULTS: Final = {1: ("Completed", 18), 2: ("No Show", 17), 3: ("Cancelled", 17)}
_STATUS: Final = {"new": 1, "contacted": 1, "toured": 1, "applied": 3, "leased": 4, "lost": 2}
_RESULT: Final = {"booked": None, "done": 1, "no_show": 2, "cancelled": 3}
_MOST_TYPES: Final = 5
_CONTACTS: Final = 1_000_000_000  # added to a lead's number: its first e-mail


def get_leads(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    if (params.get("fromDate") is None) != (params.get("toDate") is None):
        raise Refused(106, "Required parameter fromDate or toDate is missing.")
    types: set[int] = set(params.get("eventTypeIds") or ())
    if len(types) > _MOST_TYPES:
        raise Refused(107, f"Parameter eventTypeIds accepts {_MOST_TYPES} values.")
    register = store.office(home.community.property.id)
    tours: dict[int | None, list[Tour]] = defaultdict(list)
    for tour in register.tours:
        tours[tour.guest_card_id].append(tour)
    agent = next((tour.agent for tour in register.tours), "")
    shown = [
        _lead(card, _events(card, tours[card.id], types, params), agent)
        for card in register.guest_cards
        if _is_wanted(card, params)
    ]
    return Answer(
        {"propertyId": str(params["propertyId"]), "currencyCode": "USD", "prospects": {"prospect": php(shown)}}
    )


def _is_wanted(card: GuestCard, params: Params) -> bool:
    within = (("fromDate", "toDate"), ("createdOnDateFrom", "createdOnDateTo"))
    return (
        params.get("leadId") in (None, card.id)
        and params.get("email") in (None, card.email)
        and params.get("name") in (None, card.name)
        and (params.get("telephone") is None or card.phone.endswith(str(params["telephone"])))
        and (params.get("leadStatusIds") is None or _STATUS[card.status] in params["leadStatusIds"])
        and all(_lies(card.inquired_on, params.get(first), params.get(last)) for first, last in within)
    )


def _lies(on: date, first: date | None, last: date | None) -> bool:
    return (first is None or on >= first) and (last is None or on <= last)


def _lead(card: GuestCard, events: list[dict[str, Any]], agent: str) -> dict[str, Any]:
    first, _, last = card.name.partition(" ")
    status = _STATUS[card.status]
    return {
        "applicationId": str(card.id),
        "status": STATUSES[status],
        "statusId": str(status),
        "leadSource": card.lead_source,
        "leasingAgent": agent,
        "lastUpdatedDate": us_day(card.inquired_on),
        "createdOn": us_day(card.inquired_on),
        "lease": "",
        "customers": {
            "customer": php(
                [
                    {
                        "customerId": str(card.id),
                        "namePrefix": "",
                        "firstName": first,
                        "lastName": last,
                        "cellPhoneNumber": card.phone.removeprefix("+1"),
                        "email": card.email,
                    }
                ]
            )
        },
        "customerPreferences": {"desiredNumBedrooms": [str(card.bedrooms)], "desiredUnit": ""},
        "events": {"event": php(events)},
    }


def _events(card: GuestCard, tours: list[Tour], types: set[int], params: Params) -> list[dict[str, Any]]:
    """Those of the types that are asked for: without any, none are listed."""
    made = [_visit(tour) for tour in tours]
    if card.status == "contacted":
        made.append(
            {
                "eventId": str(_CONTACTS + card.id),
                "typeId": "4",
                "type": "Outgoing Email",
                "date": us_day(card.inquired_on),
            }
        )
    days = (params.get("eventDateFrom"), params.get("eventDateTo"))
    return [one for one in made if int(one["typeId"]) in types and _lies(_day(one["date"]), *days)]


def _visit(tour: Tour) -> dict[str, Any]:
    kind = 18 if tour.status == "done" else 17
    result = _RESULT[tour.status]
    starts = tour.starts_at.astimezone(MOUNTAIN)
    made: dict[str, Any] = {
        "eventId": str(tour.id),
        "type": EVENT_TYPES[kind],
        "typeId": str(kind),
        "comments": "",
        "date": us_day(mountain_day(tour.starts_at)),
        "appointmentDate": us_day(starts.date()),
        "timeFrom": f"{starts:%H:%M:%S}",
        "timeTo": f"{starts + timedelta(minutes=30):%H:%M:%S}",
    }
    if result is not None:
        made |= {"eventResultId": str(result), "eventResult": RESULTS[result][0]}
    return made


def _day(plain: str) -> date:
    month, day, year = plain.split("/")
    return date(int(year), int(month), int(day))


def get_lead_pick_lists(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    types = [{"@attributes": {"id": str(n), "name": name, "entrataName": name}} for n, name in EVENT_TYPES.items()]
    results = [
        {"@attributes": {"id": str(n), "name": name, "eventTypeId": str(kind)}} for n, (name, kind) in RESULTS.items()
    ]
    statuses = [{"@attributes": {"id": str(n), "name": name}} for n, name in STATUSES.items()]
    return Answer(
        {
            "eventTypes": {"eventType": types},
            "eventResults": {"eventResult": results},
            "leadStatuses": {"leadStatus": statuses},
            "property": {"@attributes": {"id": str(home.community.property.id)}, "leasingAgents": ""},
        }
    )
