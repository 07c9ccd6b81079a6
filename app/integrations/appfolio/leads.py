"""Guest cards, from the report `guest_card_inquiries`: the Database API lists leads without names or communities.

AppFolio says whether a card is active; what came of it is in its other columns. A card may hold several inquiries, and
is one prospect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.db.models.leasing import GuestCard as GuestCardRow
from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.directory import Directory, Places
from app.integrations.appfolio.fields import given_first, plain_name
from app.integrations.appfolio.ids import read_model_id
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.appfolio.statuses import GUEST_CARD
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import UNKNOWN, canonical, parsed, phone, sample_of

INQUIRIES: Final = "guest_card_inquiries"
LOOK_BACK: Final = timedelta(days=60)  # the report asks by the day of the inquiry; what came of it follows
_BEDROOMS: Final = re.compile(r"\d")


class LeadReader:
    """Reads guest cards by the day of their inquiry."""

    def __init__(self, reports: ReportsClient, directory: Directory, clock: Clock) -> None:
        self._reports, self._directory, self._clock = reports, directory, clock

    async def read(self, reading: Reading) -> Page:
        """A page of the cards since the horizon, or of those that may have changed."""
        today = self._clock.now().date()
        first = reading.horizon if reading.since is None else max(reading.horizon, reading.since.date() - LOOK_BACK)
        filters = {
            "received_on_from": first.isoformat(),
            "received_on_to": (today + timedelta(days=1)).isoformat(),  # the account's day may be ahead of ours
            "guest_card_statuses": ["all"],
        }
        step = await self._reports.listing(INQUIRIES, filters).step(Mark.of(reading.cursor))
        homes = _homes(await self._directory.places())
        problems = Problems()
        rows: dict[str, Row] = {}
        for card in parsed(models.GuestCard, step.records, problems, id_key="guest_card_id"):
            row = _row(card, homes, problems)
            if row is not None:
                known = rows.get(row["id"], row)
                rows[row["id"]] = row | {"inquired_on": min(row["inquired_on"], known["inquired_on"])}
        sample = sample_of(step.records, "guest_card_id")
        return Page((Batch(GuestCardRow, list(rows.values())),), step.cursor(), problems.all(), sample=sample)


def _homes(places: Places) -> Mapping[str, str]:
    """Properties by plain name; those of one name lead nowhere."""
    names = [plain_name(one.name) for one in places.properties.values()]
    return {
        plain_name(one.name): one.id for one in places.properties.values() if names.count(plain_name(one.name)) == 1
    }


def _home(card: models.GuestCard, homes: Mapping[str, str]) -> str | None:
    """The property: the report writes its name, with the address behind it."""
    said = plain_name(card.property)
    fitting = [name for name in homes if said == name or said.startswith(f"{name} - ")]
    return homes[max(fitting, key=len)] if fitting else None


def _row(card: models.GuestCard, homes: Mapping[str, str], problems: Problems) -> Row | None:
    home, received = _home(card, homes), card.received or card.latest
    if home is None or received is None:
        problems.add(f"guest card without {'a known property' if home is None else 'a day'}", card.id)
        return None
    bedrooms = _BEDROOMS.match(card.wish)
    name = given_first(card.name)[:120] or "Unnamed prospect"
    return {
        "id": read_model_id(f"card-{card.id}"),
        "property_id": read_model_id(home),
        "name": name,
        "search_name": name.lower(),
        "email": card.email[:200],
        "phone": phone(card.phone),
        "bedrooms": int(bedrooms[0]) if bedrooms else None,
        "status": _status(card, problems),
        "lead_source": (card.source or card.latest_source)[:60],
        "inquired_on": received,
    }


def _status(card: models.GuestCard, problems: Problems) -> str:
    """What came of it, the furthest first."""
    said = canonical(card.status, GUEST_CARD, "guest card status", card.id, problems)
    if said in ("leased", "lost", UNKNOWN):
        return said
    if card.application:
        return "applied"
    if card.showings:
        return "toured"
    return "contacted" if card.last_activity else "new"
