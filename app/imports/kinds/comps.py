"""Rent surveys of competitors: one row for each competitor and bedroom count, or, as CoStar exports them, one row for
each competitor with rents by bedroom count in columns. `sophia import --property` says whose competitors they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from app.db.models.property import MarketComp
from app.imports.home import Home
from app.imports.kind import Column, Kind, Line, Record, day_column
from app.imports.layout import MOST_ROOMS, MOST_SQUARE_FEET
from app.imports.values import Refused, number_of, shown

_WORDS = ("studio", "one bedroom", "two bedroom", "three bedroom", "four bedroom")
_SHORT = ("studio", "1 bed", "2 bed", "3 bed", "4 bed")
_SLUG = re.compile(r"[^a-z0-9]+")


def _by_bedrooms() -> Iterator[Column]:
    """`One Bedroom Asking Rent/Unit` and its like."""
    for beds, (word, short) in enumerate(zip(_WORDS, _SHORT, strict=True)):
        for key, words in (
            ("asking", ("asking rent/unit", "asking rent", "asking")),
            ("effective", ("effective rent/unit", "effective rent", "effective")),
            ("size", ("avg sf", "avg sq ft", "average sf", "sf")),
        ):
            names = [f"{start} {one}" for start in (word, short) for one in words]
            yield Column(f"{key} {beds}", names[0].title(), tuple(names[1:]))


def take(line: Line, home: Home) -> Iterable[Record]:
    competitor = line.needed("competitor", line.text("competitor"))
    if competitor.casefold() == home.name.casefold():
        home.notes.add(f"{home.name} itself was in the survey and was left out.")
        return
    surveyed = line.day("surveyed_on") or home.as_of
    wide = [beds for beds in range(len(_WORDS)) if not line.blank(f"asking {beds}")]
    if wide:
        for beds in wide:
            size = line.whole(f"size {beds}", MOST_SQUARE_FEET)
            asking = line.cents(f"asking {beds}", rounded=True) or 0
            effective = line.cents(f"effective {beds}", rounded=True)
            yield _record(line, home, competitor, surveyed, _Plan(beds, size, asking, effective))
        return
    if line.blank("bedrooms"):
        raise Refused("rents by bedroom count are missing; an average over all of them can't be compared")
    beds = _beds(line)
    asking = line.needed("asking", line.cents("asking", rounded=True))
    plan = _Plan(beds, line.whole("square_feet", MOST_SQUARE_FEET), asking, line.cents("effective", rounded=True))
    yield _record(line, home, competitor, surveyed, plan)


class _Plan:
    """What one bedroom count of a competitor is offered for."""

    def __init__(self, beds: int, square_feet: int | None, asking: int, effective: int | None) -> None:
        self.beds, self.square_feet, self.asking, self.effective = beds, square_feet, asking, effective


def _record(line: Line, home: Home, competitor: str, surveyed: date, plan: _Plan) -> Record:
    if plan.asking <= 0:
        raise Refused("the asking rent is nothing")
    if (competitor.casefold(), plan.beds, surveyed) in home.taken:
        other = home.taken[competitor.casefold(), plan.beds, surveyed]
        raise Refused(f"{other} holds a survey of {competitor} of {surveyed} already")
    if plan.effective is None:
        home.notes.add("Where no effective rent is given, the asking rent is kept as both.")
    name = line.text("reference", 30) or _SLUG.sub("-", competitor.casefold()).strip("-")[:40]
    return Record(
        MarketComp,
        {
            "id": home.row_id("comp", name, str(plan.beds), surveyed.isoformat()),
            "property_id": home.id,
            "competitor": competitor,
            "distance_miles": _miles(line),
            "bedrooms": plan.beds,
            "square_feet": plan.square_feet,
            "asking_rent_cents": plan.asking,
            "effective_rent_cents": plan.asking if plan.effective is None else plan.effective,
            "occupancy": _occupancy(line),
            "concession": _concession(line),
            "surveyed_on": surveyed,
        },
    )


def _beds(line: Line) -> int:
    said = line.text("bedrooms").casefold()
    if said in ("studio", "efficiency", "0br"):
        return 0
    found = re.fullmatch(r"(\d{1,2})\s*(?:br|bd|beds?|bedrooms?)?", said)
    if not found or int(found[1]) > MOST_ROOMS:
        raise Refused(f"{line.labels['bedrooms']}: “{shown(said)}” is no number of bedrooms")
    return int(found[1])


def _miles(line: Line) -> float | None:
    said = line.text("distance").casefold().removesuffix("miles").removesuffix("mi").strip()
    miles = number_of(said)
    if miles is not None and not 0 <= miles <= 500:
        raise Refused(f"{line.labels['distance']}: “{shown(said)}” is no distance in miles")
    return None if miles is None else float(miles)


def _occupancy(line: Line) -> float | None:
    """From occupancy, else from vacancy."""
    for key in ("occupancy", "leased"):
        if not line.blank(key):
            return line.share(key, fraction_below_one=True)
    vacant = line.share("vacancy", fraction_below_one=False)
    return None if vacant is None else round(1 - vacant, 6)


def _concession(line: Line) -> str:
    if not line.blank("concession"):
        return line.text("concession", 200)
    share = line.share("concession_share", fraction_below_one=False) if not line.blank("concession_share") else None
    return f"{share:.1%} off on average" if share else ""


KIND = Kind(
    key="comps",
    label="a rent survey",
    rank=6,
    columns=(
        Column("property", "Our property", ("subject", "subject property", "our community", "compared with")),
        Column(
            "competitor",
            "Competitor",
            ("property name", "comp", "comp name", "competitor name", "community", "property"),
        ),
        Column("reference", "PropertyID", ("property id", "costar id", "costar property id")),
        Column("bedrooms", "Bedrooms", ("bed", "beds", "br", "bedroom count", "unit type")),
        Column("square_feet", "Sq ft", ("avg sq ft", "size", "avg unit sf", "average sf")),
        Column("asking", "Asking rent", ("asking", "rent", "avg asking/unit", "market rent", "avg asking rent")),
        Column(
            "effective",
            "Effective rent",
            ("effective", "net effective", "net effective rent", "avg effective/unit", "avg effective rent"),
        ),
        Column("distance", "Distance", ("miles", "distance mi", "distance miles", "mi")),
        Column("occupancy", "Occupancy", ("occupied", "occupancy %", "occ", "occ %", "% occupied")),
        Column("leased", "Percent leased", ("leased", "leased %", "% leased")),
        Column("vacancy", "Vacancy %", ("vacancy", "vacancy rate")),
        Column("concession", "Concession", ("concessions", "special", "specials", "move in special")),
        Column("concession_share", "Avg Concessions %", ("concession %", "concessions %")),
        day_column("surveyed_on", "Surveyed", ("survey date", "surveyed on", "date surveyed", "as of", "date")),
        *_by_bedrooms(),
    ),
    needs=(
        ("competitor",),
        ("bedrooms", *(f"asking {beds}" for beds in range(len(_WORDS)))),
        ("asking", *(f"asking {beds}" for beds in range(len(_WORDS)))),
    ),
    models=(MarketComp,),
    resources=("market_comps",),
    take=take,
)
