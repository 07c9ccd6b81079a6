"""What must be true in every demo portfolio: the people everyone asks about, and doors with a known state.

Not for: random life, which is in tenancies.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.sandbox.portfolio.records import Priority, WorkCategory, WorkOrderStatus
from app.sandbox.slack.seed import demo_workspace

TEAM = tuple(person.name for person in demo_workspace().people if person.seat != "guest")


@dataclass(frozen=True, slots=True)
class ResidentStory:
    """A current resident. `months` since they moved in; `unpaid_months` before this one, and what they owe today when
    a sum is given (it then includes everything posted so far)."""

    name: str
    property: str
    unit: str
    months: int
    unpaid_months: int = 0
    owes_cents: int | None = None
    pays: str = "prompt"  # prompt, late, partial
    leaving: bool = False
    pet: str = ""
    cars: int = 1
    occupants: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    phone: str = ""


RESIDENTS: tuple[ResidentStory, ...] = (
    ResidentStory("Maria Gonzalez", "Maple Grove", "204", 19, occupants=("Luz Gonzalez",), pet="dog"),
    ResidentStory("James Whitfield", "Oakwood Terrace", "305", 9, pays="late"),
    ResidentStory(
        "Priya Patel", "Parkview Tower", "12B", 8,
        clauses=(
            "Security deposit of two months' rent is held in an interest-bearing account and returned, less itemized"
            " deductions, within 30 days of move-out",
            "One half of the deposit is released early after 12 on-time payments",
            "Subletting needs written consent",
        ),
    ),
    ResidentStory("Devon Carter", "Stonegate", "204", 5),
    ResidentStory("Linda Nguyen", "Willow Creek", "7A", 10, cars=2, phone="+15125550143"),
    ResidentStory("Omar Haddad", "Harbor Point", "406", 14),
    ResidentStory("Stephanie Kowalski", "Riverside Lofts", "318", 7, pet="cat", cars=0),
    ResidentStory("Tyrone Banks", "Cedar Ridge", "118", 9, unpaid_months=3, pays="partial"),
    ResidentStory("Emily Chen", "Parkview Tower", "7A", 13, cars=0),
    ResidentStory("Robert Fitzgerald", "Magnolia Place", "41", 10, clauses=("Renewal offer valid for 60 days",)),
    ResidentStory("Aisha Mohammed", "Birchwood Commons", "406", 10, occupants=("Yusuf Mohammed",), cars=2),
    ResidentStory("Carlos Rivera", "Sunset Villas", "112", 6, unpaid_months=2, owes_cents=2_400_00),
    ResidentStory("Hannah Brooks", "Elm Street Flats", "304", 16, unpaid_months=1, owes_cents=900_00),
    ResidentStory("Kevin O'Donnell", "Stonegate", "318", 22, pays="late", pet="dog"),
    ResidentStory("Jasmine Lee", "Riverside Lofts", "507", 3, cars=0),
    ResidentStory("Victor Petrov", "Cedar Ridge", "305", 4, unpaid_months=1, pays="partial"),
    ResidentStory("Grace Kim", "Maple Grove", "117", 9),
    ResidentStory("Samuel Adeyemi", "Harbor Point", "812", 21, occupants=("Ngozi Adeyemi", "Tobi Adeyemi"), cars=2),
    ResidentStory(
        "Nicole Rossi", "Willow Creek", "12C", 6,
        occupants=("Matteo Rossi", "Giulia Rossi"), clauses=("No pets without a signed pet addendum",),
    ),
    ResidentStory("Brandon Hughes", "Birchwood Commons", "215", 11, leaving=True),
)  # fmt: skip

EMPTY_DOORS: dict[tuple[str, str], str] = {
    ("Maple Grove", "318"): "vacant",
    ("Magnolia Place", "88"): "vacant",
    ("Elm Street Flats", "507"): "vacant_leased",  # moving in on the first of next month
}

RESERVED_NAMES: frozenset[str] = frozenset(
    [
        *(story.name for story in RESIDENTS),
        *TEAM,
        "Dana Whitman", "Marcus Lindqvist", "Tessa Moreau", "Jake Sullivan", "Rebecca Stone", "Alan Park",
        "Fiona Doyle", "Greg Hammond",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkOrderStory:
    """A work order people ask about by its number."""

    number: int
    description: str
    category: WorkCategory
    priority: Priority
    status: WorkOrderStatus
    assignee: str


WORK_ORDERS: tuple[WorkOrderStory, ...] = (
    WorkOrderStory(1042, "Water heater leaking into the utility closet; replacement tank on back order", "plumbing",
                   "high", "on_hold", "AceFlow Plumbing"),
    WorkOrderStory(1188, "Bedroom window will not lock", "general", "normal", "completed", "Luis Ortega"),
    WorkOrderStory(1310, "Thermostat does not hold its setting", "hvac", "high", "in_progress", "CoolBreeze HVAC"),
    WorkOrderStory(1450, "Kitchen outlet sparks when the toaster is plugged in", "electrical", "high", "completed",
                   "BrightSpark Electric"),
    WorkOrderStory(1987, "Garbage disposal hums but does not turn", "appliance", "normal", "in_progress",
                   "Luis Ortega"),
    WorkOrderStory(2217, "Bathroom exhaust fan rattles", "electrical", "normal", "open", ""),
)  # fmt: skip
