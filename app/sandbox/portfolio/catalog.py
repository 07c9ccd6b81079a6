"""The communities themselves: the twelve that everyone knows by name, and as many more as a bench asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """A floor plan and its share of the units."""

    name: str
    bedrooms: int
    bathrooms: float
    square_feet: int
    rent: int  # dollars a month
    share: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How doors are numbered. `floors`: 101, 102 … 201 …; `tower`: 1A … 24L; `plain`: 1, 2, 3 …"""

    style: str
    rows: int  # floors, or building numbers
    doors: int  # per row

    def numbers(self) -> Iterator[tuple[str, str, int]]:
        """Unit number, building, floor."""
        for row in range(1, self.rows + 1):
            for door in range(1, self.doors + 1):
                if self.style == "floors":
                    yield f"{row}{door:02d}", "ABCDEFGH"[(door - 1) * 4 // self.doors], row
                elif self.style == "tower":
                    yield f"{row}{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[door - 1]}", "", row
                else:
                    yield str((row - 1) * self.doors + door), str(row), (door - 1) % 2 + 1


@dataclass(frozen=True, slots=True)
class CommunitySpec:
    """What makes one community different from the next. `renewal` is the share of households that stay; `gap_days`
    is the mean vacancy between two households; `pay` scales how many pay late."""

    name: str
    aliases: tuple[str, ...]
    street: str
    city: str
    postal_code: str
    area_code: str
    year_built: int
    layout: Layout
    plans: tuple[PlanSpec, ...]
    renewal: float
    gap_days: int
    pay: float
    pet_friendly: bool
    amenities: tuple[str, ...]

    @property
    def units(self) -> int:
        return self.layout.rows * self.layout.doors


_GARDEN = ("in-unit washer/dryer", "patio or balcony", "dishwasher", "walk-in closet")
_CLASSIC = ("dishwasher", "ceiling fans", "patio or balcony")
_LOFT = ("in-unit washer/dryer", "exposed brick", "12-foot ceilings", "quartz counters")
_TOWER = ("in-unit washer/dryer", "floor-to-ceiling windows", "quartz counters", "smart lock")
_BAY = ("in-unit washer/dryer", "water view", "stainless appliances", "balcony")

TWELVE: tuple[CommunitySpec, ...] = (
    CommunitySpec(
        "Maple Grove", ("Maple Grove Apartments", "Maple"), "4100 Maple Grove Ln", "Austin", "78745", "512", 1998,
        Layout("floors", 4, 60),
        (
            PlanSpec("The Sapling", 1, 1, 690, 1395, 40),
            PlanSpec("The Sugar Maple", 2, 2, 985, 1725, 42),
            PlanSpec("The Grove", 3, 2, 1240, 2095, 18),
        ),
        0.60, 40, 1.0, True, _GARDEN,
    ),
    CommunitySpec(
        "Riverside Lofts", ("The Lofts at Riverside", "Riverside", "the Lofts"), "88 Riverside Dr", "Austin", "78704",
        "512", 2014, Layout("floors", 6, 30),
        (
            PlanSpec("Loft Studio", 0, 1, 560, 1525, 30),
            PlanSpec("Loft One", 1, 1, 760, 1845, 45),
            PlanSpec("Loft Two", 2, 2, 1090, 2480, 25),
        ),
        0.54, 42, 0.8, True, _LOFT,
    ),
    CommunitySpec(
        "Oakwood Terrace", ("Oakwood",), "2250 Oakwood Blvd", "Round Rock", "78664", "512", 2004,
        Layout("floors", 4, 55),
        (
            PlanSpec("Acorn", 1, 1, 705, 1340, 38),
            PlanSpec("Live Oak", 2, 2, 1010, 1650, 42),
            PlanSpec("Red Oak", 3, 2, 1275, 2010, 20),
        ),
        0.58, 45, 1.0, True, _GARDEN,
    ),
    CommunitySpec(
        "Cedar Ridge", ("Cedar",), "700 Cedar Ridge Rd", "Cedar Park", "78613", "512", 1989, Layout("floors", 3, 72),
        (
            PlanSpec("Juniper", 1, 1, 640, 1180, 45),
            PlanSpec("Cedar", 2, 1.5, 905, 1445, 40),
            PlanSpec("Ridge", 3, 2, 1120, 1760, 15),
        ),
        0.50, 78, 1.8, True, _CLASSIC,
    ),
    CommunitySpec(
        "Willow Creek", ("Willow",), "1520 Willow Creek Dr", "San Marcos", "78666", "512", 2009,
        Layout("tower", 20, 10),
        (
            PlanSpec("Weeping Willow", 1, 1, 720, 1310, 30),
            PlanSpec("Creekside", 2, 2, 1005, 1620, 42),
            PlanSpec("Headwaters", 3, 2, 1290, 1985, 28),
        ),
        0.57, 44, 1.1, True, _GARDEN,
    ),
    CommunitySpec(
        "Harbor Point", ("Harbor", "Harbour Point"), "1 Harbor Point Way", "Corpus Christi", "78401", "361", 2017,
        Layout("floors", 8, 32),
        (
            PlanSpec("Skiff", 0, 1, 525, 1325, 22),
            PlanSpec("Sloop", 1, 1, 735, 1590, 43),
            PlanSpec("Schooner", 2, 2, 1080, 2140, 35),
        ),
        0.59, 38, 0.7, True, _BAY,
    ),
    CommunitySpec(
        "Sunset Villas", ("Sunset",), "9000 Sunset Villas Cir", "San Antonio", "78230", "210", 1985,
        Layout("floors", 2, 60),
        (
            PlanSpec("Dusk", 1, 1, 655, 1095, 45),
            PlanSpec("Amber", 2, 1, 880, 1345, 40),
            PlanSpec("Horizon", 3, 2, 1105, 1640, 15),
        ),
        0.49, 80, 2.2, False, _CLASSIC,
    ),
    CommunitySpec(
        "Parkview Tower", ("Parkview", "Park View"), "300 Park Ave", "Dallas", "75201", "214", 2019,
        Layout("tower", 24, 12),
        (
            PlanSpec("Studio A", 0, 1, 545, 1690, 25),
            PlanSpec("One B", 1, 1, 765, 2090, 45),
            PlanSpec("Two C", 2, 2, 1120, 2890, 25),
            PlanSpec("Penthouse D", 3, 2.5, 1580, 4250, 5),
        ),
        0.61, 36, 0.6, True, _TOWER,
    ),
    CommunitySpec(
        "Birchwood Commons", ("Birchwood",), "615 Birchwood Ct", "Pflugerville", "78660", "512", 2001,
        Layout("floors", 4, 50),
        (
            PlanSpec("River Birch", 1, 1, 700, 1285, 40),
            PlanSpec("Silver Birch", 2, 2, 990, 1585, 44),
            PlanSpec("White Birch", 3, 2, 1230, 1925, 16),
        ),
        0.57, 46, 1.1, True, _GARDEN,
    ),
    CommunitySpec(
        "Magnolia Place", ("Magnolia",), "42 Magnolia Pl", "Houston", "77006", "713", 2011, Layout("plain", 12, 15),
        (
            PlanSpec("Star", 1, 1, 745, 1495, 38),
            PlanSpec("Saucer", 2, 2, 1045, 1875, 44),
            PlanSpec("Southern", 3, 2, 1320, 2290, 18),
        ),
        0.58, 42, 0.9, True, _GARDEN,
    ),
    CommunitySpec(
        "Stonegate", ("Stone Gate",), "1800 Stonegate Pkwy", "Georgetown", "78628", "512", 2007,
        Layout("floors", 3, 60),
        (
            PlanSpec("Pebble", 0, 1, 495, 1095, 18),
            PlanSpec("Flint", 1, 1, 690, 1295, 40),
            PlanSpec("Granite", 2, 2, 995, 1615, 30),
            PlanSpec("Keystone", 3, 2, 1260, 1960, 12),
        ),
        0.56, 46, 1.2, True, _GARDEN,
    ),
    CommunitySpec(
        "Elm Street Flats", ("Elm Street", "Elm St"), "210 Elm St", "San Antonio", "78202", "210", 1962,
        Layout("floors", 5, 28),
        (
            PlanSpec("Flat Zero", 0, 1, 430, 1045, 30),
            PlanSpec("Flat One", 1, 1, 590, 1295, 50),
            PlanSpec("Flat Two", 2, 1, 820, 1595, 20),
        ),
        0.53, 55, 1.4, True, ("hardwood floors", "shared laundry", "high ceilings"),
    ),
)  # fmt: skip

_TREES = (
    "Alder", "Ash", "Aspen", "Beech", "Cypress", "Dogwood", "Fern", "Fir", "Hawthorn", "Hazel", "Hickory",
    "Holly", "Ivy", "Juniper", "Larch", "Laurel", "Linden", "Locust", "Mesquite", "Mulberry", "Myrtle",
    "Orchard", "Palmetto", "Pecan", "Pine", "Poplar", "Redwood", "Rowan", "Sage", "Sequoia", "Spruce", "Sumac",
    "Sycamore", "Teak", "Thistle", "Walnut", "Wisteria", "Yew", "Amber", "Canyon", "Coral", "Crystal", "Eagle",
    "Falcon", "Granite", "Heron", "Hunters", "Indigo", "Lakeshore", "Lantern", "Meadow", "Mesa", "Prairie",
    "Quail", "Ridgeline", "Silver", "Summit", "Timber", "Valley", "Westwind",
)  # fmt: skip
_PLACES = (
    "Arbor", "Bend", "Bluff", "Commons", "Court", "Crossing", "Estates", "Farms", "Flats", "Gardens", "Gate",
    "Glen", "Heights", "Hill", "Hollow", "Landing", "Manor", "Park", "Point", "Preserve", "Ridge", "Springs",
    "Square", "Station", "Terrace", "Trace", "View", "Village", "Vista", "Woods",
)  # fmt: skip
_RIVALS = (
    "Ladera", "Solana", "Verano", "Highline", "Broadstreet", "Novella", "Marlowe", "Ridgecrest", "Cielo", "Bexley",
    "Tribeca", "Larkspur", "Fairmont", "Halcyon", "Everly", "Corso", "Briarcliff", "Monterra", "Wexford", "Alameda",
)  # fmt: skip
_RIVAL_ENDINGS = ("Apartments", "at the Lake", "on Main", "Residences", "Station", "House", "Flats", "Heights")
_CITIES = (
    ("Austin", "78745", "512"),
    ("Dallas", "75201", "214"),
    ("Houston", "77006", "713"),
    ("San Antonio", "78230", "210"),
    ("Fort Worth", "76107", "817"),
    ("Corpus Christi", "78401", "361"),
)


def communities(count: int, seed: int) -> tuple[CommunitySpec, ...]:
    """The first `count` communities: the twelve, then invented ones with names of their own."""
    return TWELVE[:count] + tuple(_invented(number, seed) for number in range(len(TWELVE), count))


def _invented(number: int, seed: int) -> CommunitySpec:
    """A community much like one of the twelve under another name in another place."""
    rng = Random(f"{seed}|community|{number}")
    like = TWELVE[number % len(TWELVE)]
    turn, tree = divmod(number, len(_TREES))
    name = f"{_TREES[tree]} {_PLACES[(turn + tree) % len(_PLACES)]}"
    if turn >= len(_PLACES):
        name += f" {turn // len(_PLACES) + 1}"
    city, postal_code, area_code = _CITIES[int(rng.random() * len(_CITIES))]
    factor = 0.85 + 0.35 * rng.random()
    return replace(
        like,
        name=name,
        aliases=(f"{name} Apartments",),
        street=f"{int(rng.random() * 8900) + 100} {name} Dr",
        city=city,
        postal_code=postal_code,
        area_code=area_code,
        year_built=1975 + int(rng.random() * 48),
        plans=tuple(replace(plan, rent=round(plan.rent * factor / 5) * 5) for plan in like.plans),
    )


def competitor_names(number: int, seed: int) -> list[str]:
    """Names of communities near the `number`-th that belong to other companies."""
    rng = Random(f"{seed}|competitors|{number}")
    return [f"{name} {rng.choice(_RIVAL_ENDINGS)}" for name in rng.sample(_RIVALS, 6)]
