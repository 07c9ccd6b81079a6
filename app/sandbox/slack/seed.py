"""Who works in the local workspace: the team, its people and channels, with ids that never change.

Sophia's own role assignment can use the same user ids, so a person picked on the page has the same
rights in the agent. This is data about people and places, not behavior.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

ChannelKind: TypeAlias = Literal["channel", "group", "im", "mpim"]
Seat: TypeAlias = Literal["owner", "admin", "member", "guest"]


@dataclass(frozen=True, slots=True)
class Person:
    """One member. `seat` is the Slack account type; `role` is the job, used by role assignment."""

    id: str
    handle: str
    name: str
    title: str
    role: str
    color: str
    seat: Seat = "member"
    timezone: str = "America/Chicago"
    properties: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper()


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel at the start. `members` are people's ids; the app joins when `with_app` is true."""

    id: str
    name: str
    topic: str
    members: tuple[str, ...]
    kind: ChannelKind = "channel"
    with_app: bool = True


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team as it is before anyone has said a word."""

    id: str
    name: str
    domain: str
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    app_id: str = "A07SOPHIA01"
    app_name: str = "Sophia"
    bot_id: str = "B07SOPHIA01"
    bot_user_id: str = "U07SOPHIA01"
    suggestions: tuple[str, ...] = ()
    email_domain: str = "example.com"

    def dm_id(self, user_id: str) -> str:
        """The id of the direct message between this person and the app."""
        return "D" + user_id[1:]

    def email(self, person: Person) -> str:
        return f"{person.handle}@{self.email_domain}"


SARAH = Person("U07SARAH01", "sarah", "Sarah Whitcombe", "Chief Operating Officer", "executive", "#7c3aed", "owner")
TOM = Person("U07TOMOK01", "tom", "Tom Okafor", "IT & Systems Administrator", "admin", "#475569", "admin")
MIKE = Person(
    "U07MIKE001",
    "mike",
    "Mike Delgado",
    "Regional Manager",
    "regional_manager",
    "#0f766e",
    properties=("Maple Grove", "Oakwood Terrace", "Cedar Ridge", "Willow Creek"),
)
JEN = Person(
    "U07JENNY01",
    "jen",
    "Jen Park",
    "Property Manager, Maple Grove",
    "property_manager",
    "#c2410c",
    properties=("Maple Grove",),
)
LUIS = Person(
    "U07LUIS001",
    "luis",
    "Luis Ortega",
    "Maintenance Supervisor",
    "maintenance_supervisor",
    "#a16207",
    properties=("Maple Grove", "Oakwood Terrace", "Cedar Ridge"),
)
RACHEL = Person(
    "U07RACHEL1",
    "rachel",
    "Rachel Goldstein",
    "Collections Specialist",
    "collections_specialist",
    "#be185d",
    timezone="America/New_York",
)
BEN = Person("U07BENJA01", "ben", "Ben Achterberg", "Director of Sales", "sales", "#1d4ed8")
ANGELA = Person(
    "U07ANGELA1",
    "angela",
    "Angela Brandt",
    "Leasing Agent, Riverside Lofts",
    "leasing_agent",
    "#15803d",
    properties=("Riverside Lofts",),
)
PETE = Person("U07PETEG01", "pete", "Pete Granger", "Guest · AceFlow Plumbing", "guest", "#64748b", "guest")

_STAFF = tuple(p.id for p in (SARAH, TOM, MIKE, JEN, LUIS, RACHEL, BEN, ANGELA))

DEMO = Workspace(
    id="T07HEARTH1",
    name="Hearthstone Living",
    domain="hearthstone-living",
    people=(SARAH, TOM, MIKE, JEN, LUIS, RACHEL, BEN, ANGELA, PETE),
    channels=(
        Channel("C07GENERAL", "general", "Company-wide news", _STAFF),
        Channel(
            "C07LEASING",
            "leasing",
            "Tours, guest cards, renewals",
            (SARAH.id, MIKE.id, JEN.id, ANGELA.id, BEN.id),
        ),
        Channel(
            "C07MAINTNC",
            "maintenance",
            "Work orders, turns, vendors",
            (MIKE.id, JEN.id, LUIS.id, ANGELA.id, PETE.id),
        ),
        Channel("C07OPSOPS1", "ops", "Day-to-day operations", (SARAH.id, TOM.id, MIKE.id, JEN.id, LUIS.id)),
        Channel(
            "C07FINANCE",
            "finance",
            "Collections, budgets, invoices",
            (SARAH.id, MIKE.id, RACHEL.id),
            kind="group",
        ),
        Channel(
            "C07EXECTM1",
            "exec-team",
            "Portfolio and owners",
            (SARAH.id, TOM.id, MIKE.id, BEN.id),
            kind="group",
        ),
        Channel("C07REGION1", "regional", "Regional managers' stand-up", (SARAH.id, MIKE.id, JEN.id)),
        Channel("C07RANDOM1", "random", "Everything else", _STAFF, with_app=False),
    ),
    suggestions=(
        "What's our occupancy across the portfolio?",
        "Who is more than 30 days late at Maple Grove?",
        "Show open work orders at Oakwood Terrace",
        "Which leases end in the next 60 days at Riverside Lofts?",
    ),
)


def demo_workspace() -> Workspace:
    """The default team: nine people in nine seats, eight channels, one of them without Sophia."""
    return DEMO
