"""The business side: companies, contacts and deals.

Sophia's company manages apartment communities for their owners and lets blocks of homes to companies; deals are
management contracts, corporate leases and acquisitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from app.sandbox.portfolio.calendar import local_moment
from app.sandbox.portfolio.people import People
from app.sandbox.portfolio.register import Company, Contact, Deal

STAGES = ("prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost")
OPEN_STAGES = STAGES[:4]
_OWNERS = ("Sarah Whitcombe", "Ben Achterberg", "Ben Achterberg", "Mike Delgado")

# name, e-mail domain, kind
_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("Greystone Capital", "greystonecap.com", "investor"),
    ("Nordhaven Partners", "nordhaven.com", "investor"),
    ("BlueHarbor REIT", "blueharbor-reit.example", "owner"),
    ("Pinnacle Living", "pinnacle-living.example", "owner"),
    ("Summit Ridge Holdings", "summitridge.example", "owner"),
    ("Keystone Property Group", "keystonepg.example", "corporate housing"),
    ("Crestline Equity", "crestline-equity.example", "investor"),
    ("Lakeshore Management", "lakeshore-mgmt.example", "management company"),
)
_WORDS = """Ironwood Bluestem Pecos Sabine Brazos Guadalupe Redbud Cardinal Harrow Kestrel Longhorn Mockingbird Palisade
Quarry Saltillo Tamarack Vantage Westover Anchor Beacon Copper Driftwood Ember Fulcrum""".split()
_KINDS = (
    ("Capital Partners", "investor"),
    ("Realty Trust", "owner"),
    ("Residential", "owner"),
    ("Relocation", "corporate housing"),
    ("Asset Management", "management company"),
    ("Family Office", "investor"),
)
_ROLES = (
    "CFO", "CEO", "VP Acquisitions", "Asset Manager", "Director of Operations", "Regional Director", "Controller",
    "General Counsel", "Corporate Housing Manager", "Managing Partner", "Development Director",
)  # fmt: skip
_PEOPLE = {
    "Dana Whitman": ("Greystone Capital", "VP Acquisitions", "dana@greystonecap.com"),
    "Marcus Lindqvist": ("Nordhaven Partners", "Managing Partner", "marcus@nordhaven.com"),
    "Tessa Moreau": ("Crestline Equity", "Asset Manager", "tessa@crestline-equity.example"),
    "Jake Sullivan": ("BlueHarbor REIT", "Director of Asset Management", "jake@blueharbor-reit.example"),
    "Rebecca Stone": ("Pinnacle Living", "CFO", "rebecca@pinnacle-living.example"),
    "Alan Park": ("Keystone Property Group", "Corporate Housing Manager", "alan@keystonepg.example"),
    "Fiona Doyle": ("Lakeshore Management", "Regional Director", "fiona@lakeshore-mgmt.example"),
    "Greg Hammond": ("Summit Ridge Holdings", "CFO", "greg@summitridge.example"),
}
# company, what, owner, stage, dollars, days until it should close
_DEALS: tuple[tuple[str, str, str, str, int, int], ...] = (
    ("Greystone Capital", "Round Rock portfolio, 412 homes", "Sarah Whitcombe", "proposal", 2_400_000, 38),
    ("Nordhaven Partners", "Rent guarantee, Georgetown lease-up", "Ben Achterberg", "negotiation", 1_150_000, 12),
    ("Nordhaven Partners", "Second phase, 96 homes", "Sarah Whitcombe", "prospecting", 640_000, 140),
    ("BlueHarbor REIT", "Gulf Coast management, 3 communities", "Sarah Whitcombe", "negotiation", 3_750_000, 21),
    ("Pinnacle Living", "Management take-over, Pecan Valley", "Ben Achterberg", "prospecting", 480_000, 95),
    ("Summit Ridge Holdings", "Hillside acquisition, 188 homes", "Sarah Whitcombe", "qualified", 31_500_000, 120),
    ("Keystone Property Group", "40 corporate homes, 12 months", "Ben Achterberg", "proposal", 912_000, 17),
    ("Crestline Equity", "Due diligence and take-over, Mesa Park", "Mike Delgado", "qualified", 275_000, 60),
    ("Lakeshore Management", "Sub-management, Lake Travis", "Ben Achterberg", "closed_lost", 390_000, -26),
    ("Crestline Equity", "Riverwalk repositioning", "Ben Achterberg", "closed_lost", 1_020_000, -71),
    ("Pinnacle Living", "Birchwood renovation oversight", "Sarah Whitcombe", "closed_won", 560_000, -44),
)
_SUBJECTS = (
    "Management contract, {n} homes", "Corporate lease, {n} homes", "Lease-up support, {n} homes",
    "Take-over of {n} homes", "Renovation oversight, {n} homes",
)  # fmt: skip


@dataclass(frozen=True)
class Crm:
    companies: tuple[Company, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]


def crm(today: date, rng: Random, people: People) -> Crm:
    """Companies, contacts and deals about today. Ids start at 1 in each list."""
    companies = tuple(_companies(rng))
    contacts = tuple(_contacts(companies, rng, people))
    deals = tuple(_deals(companies, today, rng))
    return Crm(companies, contacts, deals)


def _companies(rng: Random) -> Iterator[Company]:
    ids = count(1)
    for name, domain, kind in _KNOWN:
        yield Company(next(ids), name, domain, kind)
    for word in _WORDS:
        ending, kind = _KINDS[int(rng.random() * len(_KINDS))]
        yield Company(next(ids), f"{word} {ending}", f"{word.lower()}.example", kind)


def _contacts(companies: tuple[Company, ...], rng: Random, people: People) -> Iterator[Contact]:
    ids = count(1)
    company_ids = {company.name: company.id for company in companies}
    for name, (company, role, email) in _PEOPLE.items():
        yield Contact(next(ids), name, company_ids[company], role, email, people.someone(name).phone)
    for company in companies:
        for _ in range(1 + int(rng.random() * 3)):
            someone = people.someone()
            mailbox = someone.name.lower().replace("'", "").replace(" ", ".")
            role = _ROLES[int(rng.random() * len(_ROLES))]
            yield Contact(next(ids), someone.name, company.id, role, f"{mailbox}@{company.domain}", someone.phone)


def _deals(companies: tuple[Company, ...], today: date, rng: Random) -> Iterator[Deal]:
    ids = count(1)
    by_name = {company.name: company for company in companies}
    for company, what, owner, stage, dollars, days in _DEALS:
        yield _deal(next(ids), by_name[company], what, owner, stage, dollars, today + timedelta(days=days), today, rng)
    for company in companies[len(_KNOWN) :]:
        homes = 20 + int(rng.random() * 300)
        what = _SUBJECTS[int(rng.random() * len(_SUBJECTS))].format(n=homes)
        stage = STAGES[int(rng.random() * len(STAGES))]
        days = 5 + int(rng.random() * 150)
        close_on = today + timedelta(days=days if stage in OPEN_STAGES else -days)
        owner = _OWNERS[int(rng.random() * len(_OWNERS))]
        dollars = homes * (1_200 + int(rng.random() * 9_000)) // 1_000 * 1_000
        yield _deal(next(ids), company, what, owner, stage, dollars, close_on, today, rng)


def _deal(
    deal_id: int,
    company: Company,
    what: str,
    owner: str,
    stage: str,
    dollars: int,
    close_on: date,
    today: date,
    rng: Random,
) -> Deal:
    touched = min(close_on, today - timedelta(days=1 + int(rng.random() * 20)))
    updated_at = local_moment(touched, 9 * 60 + int(rng.random() * 480))
    return Deal(deal_id, f"{company.name}: {what}", company.id, owner, stage, dollars * 100, close_on, updated_at)
