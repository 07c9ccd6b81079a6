"""A tiny portfolio made by hand, small enough that every answer in these tests was worked out on paper.

It is March 18, 2026, 10:30 in Chicago. Four communities: Maple Grove (8 units), Oakwood Terrace (3), Maple Court (1)
and Harbor Point (1), which the manager may not see.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.models.business import Call, Company, Contact, Deal, Task
from app.db.models.finance import GlMonth, Invoice
from app.db.models.leasing import GuestCard, Lease, LedgerEntry, Resident, Tour
from app.db.models.maintenance import Vendor, WorkOrder
from app.db.models.property import FloorPlan, MarketComp, Property, Unit
from app.db.models.security import Person
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.portfolio.renewals import recompute_renewals

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
SYNCED = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)
WS = WorkspaceId("ws")
MAPLE, OAKWOOD, COURT, HARBOR = "entrata:1", "entrata:2", "entrata:3", "entrata:4"

ADMIN = Principal(WS, UserId("U1"), "Sarah Jennings", frozenset({Role.ADMIN}))
MANAGER = Principal(
    WS, UserId("U2"), "Mike Torres", frozenset({Role.PROPERTY_MANAGER}), frozenset({MAPLE, OAKWOOD, COURT})
)
NEWCOMER = Principal(WS, UserId("U9"), "Nora Blank", frozenset({Role.PROPERTY_MANAGER}), frozenset())


def at(month: int, day: int, hour: int = 15, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)


def _row(model: type[Any], row_id: str, /, **values: Any) -> Any:
    if hasattr(model, "as_of"):
        values.setdefault("as_of", SYNCED)
    return model(workspace_id=WS, id=row_id, **values)


def _properties() -> list[Any]:
    named = ((MAPLE, "Maple Grove", "Maple Grove Apartments|Maple"), (OAKWOOD, "Oakwood Terrace", "Oakwood"))
    named += ((COURT, "Maple Court", ""), (HARBOR, "Harbor Point", "Harbor"))
    return [_row(Property, key, name=name, aliases=aliases, city="Austin", state="TX") for key, name, aliases in named]


def _units() -> list[Any]:
    plans = [
        _row(FloorPlan, "entrata:f0", property_id=MAPLE, name="Studio S", bedrooms=0, bathrooms=1.0,
             square_feet=480, market_rent_cents=125_000, amenities="dishwasher"),
        _row(FloorPlan, "entrata:f1", property_id=MAPLE, name="A1", bedrooms=1, bathrooms=1.0,
             square_feet=700, market_rent_cents=150_000, amenities="dishwasher"),
        _row(FloorPlan, "entrata:f2", property_id=MAPLE, name="B2", bedrooms=2, bathrooms=2.0,
             square_feet=1_000, market_rent_cents=180_000, amenities="dishwasher|washer and dryer"),
    ]  # fmt: skip
    rows = (
        # property, number, bedrooms, status, rent, available_on, pets
        (MAPLE, "101", 1, "occupied", 1_500, None, False),
        (MAPLE, "102", 1, "occupied", 1_520, None, False),
        (MAPLE, "103", 2, "notice", 1_820, "2026-04-10", True),
        (MAPLE, "104", 2, "vacant", 1_750, "2026-02-05", True),
        (MAPLE, "105", 2, "vacant", 1_795, None, False),
        (MAPLE, "106", 0, "vacant_leased", 1_250, "2026-03-25", False),
        (MAPLE, "107", 2, "down", 1_780, None, False),
        (MAPLE, "108", 1, "occupied", 1_495, None, False),
        (OAKWOOD, "101", 2, "occupied", 1_600, None, False),
        (OAKWOOD, "102", 2, "vacant", 1_600, "2026-03-01", False),
        (OAKWOOD, "201", 2, "occupied", 1_650, None, False),
        (COURT, "12B", 1, "vacant", 1_300, None, False),
        (HARBOR, "318", 2, "occupied", 2_000, None, False),
    )
    units = [
        _row(
            Unit, unit_id(home, number), property_id=home, number=number, bedrooms=beds, status=status,
            floor_plan_id=f"entrata:f{beds}" if home == MAPLE else None, bathrooms=2.0 if beds == 2 else 1.0,
            square_feet={0: 480, 1: 700, 2: 1_000}[beds], market_rent_cents=rent * 100,
            available_on=on(free) if free else None, pet_friendly=pets, amenities="balcony" if number == "104" else "",
        )
        for home, number, beds, status, rent, free, pets in rows
    ]  # fmt: skip
    return [*plans, *units]


def unit_id(home: str, number: str) -> str:
    return f"{home}-{number}"


def _people() -> list[Any]:
    residents = (
        ("r1", MAPLE, "Maria Gonzalez", "+15125550101", "maria@example.com"),
        ("r2", MAPLE, "Tyrone Banks", "+15125550102", "tyrone@example.com"),
        ("r3", MAPLE, "Priya Patel", "+15125550103", "priya@example.com"),
        ("r4", MAPLE, "Carlos Rivera", "+15125550104", ""),
        ("r5", MAPLE, "Emily Chen", "", "emily@example.com"),
        ("r6", MAPLE, "Omar Haddad", "+15125550106", ""),
        ("r7", OAKWOOD, "Grace Kim", "+15125550143", "grace@example.com"),
        ("r8", OAKWOOD, "Maria Gonzalez", "+15125550108", "mg@example.com"),
        ("r9", HARBOR, "Devon Carter", "+15125550109", ""),
    )
    rows = [
        _row(Resident, f"entrata:{key}", property_id=home, name=name, search_name=name.lower(), phone=phone, email=mail)
        for key, home, name, phone, mail in residents
    ]
    team = (
        ("U1", "Sarah Jennings"),
        ("U2", "Mike Torres"),
        ("U3", "Jen Wu"),
        ("U4", "Ben Fox"),
        ("U5", "Luis Ortega"),
    )
    rows += [_row(Person, key, name=name, email=f"{key.lower()}@sophia.test") for key, name in team]
    return rows


def _leases() -> list[Any]:
    return [
        _lease("l0", "101", "r1", "past", "2024-06-01", "2025-05-31", rent=1_450),
        _lease("l1", "101", "r1", "current", "2025-06-01", "2026-05-31", rent=1_500, from_="l0"),
        _lease("l2", "102", "r2", "current", "2025-09-01", "2026-08-31", rent=1_520,
             owed=2_140, since="2026-02-01"),
        _lease("l3", "103", "r3", "notice", "2025-04-11", "2026-04-10", rent=1_810,
             out="2026-04-10", told="2026-02-20"),
        _lease("l4", "108", "r4", "current", "2025-12-15", "2026-12-14", rent=1_495,
             owed=300, since="2026-03-01"),
        _lease("l5", "106", "r5", "future", "2026-03-25", "2027-03-24", rent=1_250),
        _lease("l6", "104", "r6", "past", "2025-02-01", "2026-01-31", rent=1_700,
             out="2026-01-31"),
        _lease("l7", "101", "r7", "current", "2025-07-01", "2026-06-30", home=OAKWOOD, rent=1_600),
        _lease("l8", "201", "r8", "current", "2025-05-01", "2026-04-30", home=OAKWOOD, rent=1_650,
             owed=1_000, since="2025-12-01"),
        _lease("l9", "318", "r9", "current", "2025-08-01", "2026-07-31", home=HARBOR, rent=2_000,
             owed=500, since="2026-03-01"),
    ]  # fmt: skip


def _lease(key: str, unit: str, resident: str, status: str, start: str, end: str, **row: Any) -> Any:
    home, owed = row.get("home", MAPLE), row.get("owed", 0) * 100
    moved_in = None if row.get("from_") else on(start)
    return _row(
        Lease, f"entrata:{key}", property_id=home, unit_id=unit_id(home, unit),
        resident_id=f"entrata:{resident}", status=status, start_on=on(start), end_on=on(end),
        move_in_on=moved_in, move_out_on=on(row["out"]) if "out" in row else None,
        notice_given_on=on(row["told"]) if "told" in row else None, rent_cents=row["rent"] * 100,
        deposit_cents=50_000, renewed_from_id=f"entrata:{row['from_']}" if "from_" in row else None,
        occupants="Maria Gonzalez|Luis Gonzalez" if key == "l1" else "",
        clauses="No smoking|One cat allowed" if key == "l1" else "",
        balance_cents=owed, past_due_cents=owed, oldest_open_charge_on=on(row["since"]) if "since" in row else None,
    )  # fmt: skip


def _ledger() -> list[Any]:
    lines = (
        # Tyrone Banks: charges 4,660, payments 2,520; January is paid, 520 of February's rent is the oldest open
        ("l2", "charge", "rent", "January rent", 1_520, "2026-01-01"),
        ("l2", "payment", "payment", "Card payment", -1_000, "2026-01-05"),
        ("l2", "charge", "rent", "February rent", 1_520, "2026-02-01"),
        ("l2", "charge", "late_fee", "Late fee", 100, "2026-02-06"),
        ("l2", "charge", "rent", "March rent", 1_520, "2026-03-01"),
        ("l2", "payment", "payment", "Card payment", -1_520, "2026-03-03"),
        ("l4", "charge", "rent", "March rent", 1_495, "2026-03-01"),
        ("l4", "payment", "payment", "Check 118", -1_195, "2026-03-04"),
    )
    return [
        _row(LedgerEntry, f"entrata:e{n}", lease_id=f"entrata:{lease}", property_id=MAPLE, kind=kind, code=code,
             description=text, amount_cents=dollars * 100, posted_on=on(when), due_on=on(when))
        for n, (lease, kind, code, text, dollars, when) in enumerate(lines)
    ]  # fmt: skip


def _maintenance() -> list[Any]:
    orders = (
        ("1042", MAPLE, "101", "Kitchen sink leaking", "plumbing", "high", "open", at(3, 10), None),
        ("1043", MAPLE, "102", "No heat", "hvac", "emergency", "in_progress", at(3, 17), None),
        ("1044", MAPLE, "103", "Oven door loose", "appliance", "normal", "on_hold", at(2, 16), None),
        ("1045", OAKWOOD, "101", "Repaint hallway", "general", "low", "completed", at(3, 1), at(3, 5)),
        ("1046", MAPLE, "101", "Entered twice", "general", "low", "cancelled", at(3, 2), None),
        ("2001", HARBOR, "318", "Toilet overflowing", "plumbing", "normal", "open", at(3, 16), None),
    )
    rows = [
        _row(WorkOrder, f"entrata:wo{number}", number=number, property_id=home, unit_id=unit_id(home, unit),
             description=text, category=trade, priority=priority, status=status, created_at=opened, updated_at=opened,
             completed_at=done, resident_id="entrata:r1" if number == "1042" else None,
             assignee="Luis Ortega" if number == "1043" else "")
        for number, home, unit, text, trade, priority, status, opened, done in orders
    ]  # fmt: skip
    rows += [
        _row(Vendor, "entrata:v1", name="AceFlow Plumbing", category="plumbing", phone="+15125550201", rating=4.6,
             email="desk@aceflow.example", insured_until=on("2026-12-31")),
        _row(Vendor, "entrata:v2", name="BrightSpark Electric", category="electrical", rating=4.1,
             property_ids=f"{MAPLE}|{OAKWOOD}", insured_until=on("2026-02-28")),
        _row(Vendor, "entrata:v3", name="PipeWorks", category="plumbing", property_ids=HARBOR, rating=3.9),
    ]  # fmt: skip
    return rows


def _finance() -> list[Any]:
    invoices = (
        ("INV-1", "v1", MAPLE, 45_000, "2026-01-30", "2026-03-01", "unpaid"),
        ("INV-2", "v1", OAKWOOD, 120_050, "2026-03-02", "2026-04-01", "unpaid"),
        ("INV-3", "v2", MAPLE, 30_000, "2026-02-10", "2026-03-10", "paid"),
        ("INV-4", "v2", None, 500_000, "2026-03-12", "2026-04-12", "pending_approval"),
        ("INV-5", "v1", HARBOR, 9_900, "2026-03-03", "2026-04-03", "unpaid"),
    )
    rows = [
        _row(Invoice, f"entrata:i{number}", number=number, vendor_id=f"entrata:{vendor}", property_id=home,
             amount_cents=cents, invoiced_on=on(dated), due_on=on(due), status=status,
             paid_on=on("2026-03-09") if status == "paid" else None)
        for number, vendor, home, cents, dated, due, status in invoices
    ]  # fmt: skip
    months = (
        # home, month, account, income, actual, budget
        (MAPLE, "2026-01-01", "rent", True, 9_800, 10_000),
        (MAPLE, "2026-01-01", "other_income", True, 400, 400),
        (MAPLE, "2026-01-01", "repairs", False, 1_500, 1_500),
        (MAPLE, "2026-01-01", "turnover", False, 700, 500),
        (MAPLE, "2026-01-01", "payroll", False, 3_000, 3_000),
        (MAPLE, "2026-02-01", "rent", True, 10_000, 11_000),
        (MAPLE, "2026-02-01", "other_income", True, 500, 400),
        (MAPLE, "2026-02-01", "repairs", False, 2_000, 1_500),
        (MAPLE, "2026-02-01", "turnover", False, 600, 500),
        (MAPLE, "2026-02-01", "payroll", False, 3_000, 3_000),
        (MAPLE, "2026-03-01", "rent", True, None, 11_000),
        (MAPLE, "2026-03-01", "payroll", False, None, 3_000),
        (OAKWOOD, "2026-02-01", "rent", True, 4_800, 5_000),
        (OAKWOOD, "2026-02-01", "payroll", False, 1_000, 1_200),
        (HARBOR, "2026-02-01", "rent", True, 9_999, 9_999),
    )
    rows += [
        _row(GlMonth, f"entrata:gl{n}", property_id=home, month=on(month), account=account, is_income=income,
             actual_cents=None if actual is None else actual * 100, budget_cents=budget * 100)
        for n, (home, month, account, income, actual, budget) in enumerate(months)
    ]  # fmt: skip
    comps = (
        ("Birch Park", 0.8, 2, 1_850, 1_780, "One month free on 13"),
        ("Lakeside Commons", 2.4, 2, 1_700, 1_700, ""),
        ("Far Oaks", 6.0, 2, 1_500, 1_500, ""),
        ("Birch Park", 0.8, 1, 1_500, 1_450, ""),
    )
    rows += [
        _row(MarketComp, f"costar:c{n}", property_id=MAPLE, competitor=name, distance_miles=miles, bedrooms=beds,
             square_feet=950, asking_rent_cents=asking * 100, effective_rent_cents=effective * 100,
             occupancy=0.95, concession=deal, surveyed_on=on("2026-03-02"))
        for n, (name, miles, beds, asking, effective, deal) in enumerate(comps)
    ]  # fmt: skip
    return rows


def _business() -> list[Any]:
    rows = [
        _row(Company, "hubspot:co1", name="Greystone Capital", domain="greystonecap.example", kind="investor"),
        _row(Company, "hubspot:co2", name="BlueHarbor REIT", kind="owner"),
        _row(Contact, "hubspot:c1", name="Dana Whitman", search_name="dana whitman", company_id="hubspot:co1",
             role="Chief Financial Officer (CFO)", email="dana@greystonecap.example", phone="+15125550301"),
        _row(Contact, "hubspot:c2", name="Marcus Lindqvist", search_name="marcus lindqvist", company_id="hubspot:co2",
             role="VP Acquisitions", email="marcus@blueharbor.example"),
    ]  # fmt: skip
    deals = (
        ("d1", "Greystone Capital – 120 units", "co1", "Sarah Jennings", "proposal", 125_000_000, "2026-04-30"),
        ("d2", "BlueHarbor REIT – management", "co2", "Ben Fox", "qualified", 40_000_000, "2026-06-30"),
        ("d3", "BlueHarbor REIT – pilot", "co2", "Ben Fox", "closed_lost", 5_000_000, "2025-11-30"),
    )
    rows.append(  # kept by Sophia herself, so that it can be moved
        _row(Deal, "sophia:d4", name="Lakeshore – pilot", owner="Ben Fox", stage="closed_won", amount_cents=3_000_000,
             updated_at=at(3, 1))
    )  # fmt: skip
    rows += [
        _row(Deal, f"hubspot:{key}", name=name, company_id=f"hubspot:{company}", owner=owner, stage=stage,
             amount_cents=cents, close_on=on(close), updated_at=at(3, 1))
        for key, name, company, owner, stage, cents, close in deals
    ]  # fmt: skip
    calls = (
        ("k1", "Greystone: pricing", "c1", "co1", at(3, 10), "[00:05] Dana Whitman: Cap rates moved to 5.4 percent.\n"
         "[00:31] Sarah Jennings: And the rent guarantee?"),
        ("k2", "BlueHarbor: building", "c2", "co2", at(3, 16), "[00:12] Marcus Lindqvist: The elevator is out again."),
        ("k3", "Greystone: first call", "c1", "co1", at(6, 2, year=2025), "[00:02] Dana Whitman: Cap rates are high."),
    )  # fmt: skip
    rows += [
        _row(Call, f"gong:{key}", title=title, contact_id=f"hubspot:{contact}", company_id=f"hubspot:{company}",
             host="Sarah Jennings", started_at=started, seconds=1_260, transcript=transcript)
        for key, title, contact, company, started, transcript in calls
    ]  # fmt: skip
    return rows


def _office() -> list[Any]:
    rows = [
        _row(Task, "sophia:t1", title="Renew the elevator permit", assignee="Jen Wu", due_on=on("2026-03-10"),
             created_at=at(3, 1), created_by="U1"),
        _row(Task, "sophia:t2", title="Walk the vacant units", assignee="Jen Wu", due_on=on("2026-03-20"),
             created_at=at(3, 2), created_by="U1"),
        _row(Task, "sophia:t3", title="Order pool furniture", assignee="Luis Ortega", status="done",
             created_at=at(3, 3), created_by="U1"),
        _row(GuestCard, "entrata:g1", property_id=MAPLE, name="Fiona Doyle", search_name="fiona doyle", status="new",
             email="fiona@example.com", phone="+15125550401", bedrooms=2, inquired_on=on("2026-03-15")),
        _row(Tour, "entrata:to1", property_id=MAPLE, prospect="Fiona Doyle", starts_at=at(3, 18, 19), status="booked",
             agent="Jen Wu", guest_card_id="entrata:g1"),
        _row(Tour, "entrata:to2", property_id=OAKWOOD, prospect="Greg Hammond", starts_at=at(3, 19, 15),
             status="booked", agent="Jen Wu"),
        _row(Tour, "entrata:to3", property_id=MAPLE, prospect="Alan Park", starts_at=at(3, 11, 16), status="done"),
        _row(Tour, "entrata:to4", property_id=MAPLE, prospect="Tessa Moreau", starts_at=at(3, 20, 16),
             status="cancelled"),
        _row(Tour, "entrata:to5", property_id=HARBOR, prospect="Jake Sullivan", starts_at=at(3, 18, 20),
             status="booked"),
    ]  # fmt: skip
    usage = (
        ("2026-03-02", "U1", "C-ops", "gpt-5", 1_000, 200, 4_000),
        ("2026-03-02", "U2", "C-ops", "gpt-5", 2_000, 300, 6_500),
        ("2026-03-17", "U1", "D-1", "embedded", 0, 0, 0),
        ("2026-02-10", "U1", "C-ops", "gpt-5", 500, 100, 2_000),
    )
    rows += [
        _row(UsageRecord, f"use{n}", day=on(when), turn_id=f"t{n}", user_id=user, channel=channel, provider="openai",
             model=model, input_tokens=tokens_in, output_tokens=tokens_out, cost_microdollars=cost, created_at=at(3, 2))
        for n, (when, user, channel, model, tokens_in, tokens_out, cost) in enumerate(usage)
    ]  # fmt: skip
    return rows


async def build(db: Database) -> None:
    """Write the whole portfolio into a fresh database."""
    async with db.transaction() as session:
        session.add_all(
            [
                *_properties(),
                *_units(),
                *_people(),
                *_leases(),
                *_ledger(),
                *_maintenance(),
                *_finance(),
                *_business(),
                *_office(),
            ]
        )
        await session.flush()
        for home in (MAPLE, OAKWOOD, COURT, HARBOR):
            await recompute_renewals(session, WS, home)
