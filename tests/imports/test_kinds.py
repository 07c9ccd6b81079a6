"""What each kind of sheet becomes, worked out by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.db.models.finance import GlMonth
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.property import MarketComp, Property, PropertyMonth, Unit
from tests.imports.office import LEDGER, ROLL, UNITS, WS, Office, reasons, xlsx_file


async def test_a_unit_list_brings_a_community_with_its_units(both: Office) -> None:
    report = await both.take(UNITS, create_properties=True)
    assert (report.kinds, report.refused, report.counts.added) == (["a unit list"], 0, 5)
    assert await both.rows(Property, "id", "name", "unit_count") == [("import:maple-grove", "Maple Grove", 4)]
    assert await both.rows(Unit, "id", "bedrooms", "market_rent_cents", "status") == [
        ("import:maple-grove/101", 1, 150_000, "occupied"),
        ("import:maple-grove/102", 1, 150_000, "vacant"),
        ("import:maple-grove/103", 2, 180_000, "notice"),
        ("import:maple-grove/104", 2, 180_000, "down"),
    ]


async def test_a_rent_roll_needs_whole_units_or_known_ones(office: Office) -> None:
    report = await office.take(ROLL, property="Maple Grove", create_properties=True)
    assert reasons(report) == {}
    bare = [[row[0], "A1", *row[2:]] if len(row) > 4 and row[0].isdigit() else row for row in ROLL]
    new = await office.take(bare, property="Oak Court", create_properties=True)
    assert reasons(new)[5] == "unit 101 is new, and the sheet doesn't give its bedrooms and bathrooms"
    known = await office.take(bare, property="Maple Grove")
    assert known.refused == 0


async def test_a_rent_roll_brings_residents_and_leases(both: Office) -> None:
    await both.maple()
    assert await both.rows(Unit, "number", "status", "bathrooms") == [
        ("101", "occupied", 1.0),
        ("102", "vacant", 1.0),
        ("103", "occupied", 2.0),
    ]
    assert await both.rows(Resident, "name", "search_name", "property_id") == [
        ("Maria Gonzalez", "maria gonzalez", "import:maple-grove"),
        ("Omar Haddad", "omar haddad", "import:maple-grove"),
    ]
    assert await both.rows(Lease, "id", "status", "start_on", "end_on", "rent_cents", "deposit_cents") == [
        ("import:maple-grove/101/2026-03-01", "current", date(2026, 3, 1), date(2027, 2, 28), 145_000, 50_000),
        ("import:maple-grove/103/2026-01-01", "current", date(2026, 1, 1), date(2026, 12, 31), 170_000, 0),
    ]


async def test_a_later_rent_roll_ends_the_leases_it_does_not_hold_any_more(office: Office) -> None:
    await office.maple()
    later = [
        ["Unit", "Resident", "Rent", "Lease From", "Lease To"],
        ["101", "Gonzalez, Maria", "1,500.00", "3/1/2027", "2/28/2028"],
        ["103", "VACANT", "", "", ""],
    ]
    report = await office.take(later, property="Maple Grove", as_of=date(2026, 11, 30))
    assert report.refused == 0
    assert await office.rows(Lease, "id", "status", "move_out_on", "renewed_from_id") == [
        ("import:maple-grove/101/2026-03-01", "past", None, None),
        ("import:maple-grove/101/2027-03-01", "future", None, "import:maple-grove/101/2026-03-01"),
        ("import:maple-grove/103/2026-01-01", "past", date(2026, 11, 30), None),
    ]


async def test_a_lease_that_goes_from_month_to_month_ends_with_the_month(office: Office) -> None:
    roll = [*ROLL[:4], ["101", "1x1", 700, "", 1500, "Ana Ruiz", 1400, "1/1/2024", "MTM", ""]]
    await office.take(roll, property="Maple Grove", create_properties=True)
    assert await office.rows(Lease, "end_on", "status") == [(date(2026, 10, 31), "current")]


async def test_notices_models_and_future_residents_are_told_apart(office: Office) -> None:
    head = ["Unit", "Type", "Sq Ft", "Baths", "Market Rent", "Resident", "Rent", "Lease From", "Lease To", "Move Out"]
    roll = [
        head,
        ["101", "1x1", 700, 1, 1500, "Ana Ruiz", 1400, "1/1/2026", "12/31/2026", "11/30/2026"],
        ["102", "1x1", 700, 1, 1500, "VACANT", "", "", "", ""],
        ["102", "1x1", 700, 1, 1500, "Ben Fox", 1450, "12/1/2026", "11/30/2027", ""],
        ["103", "1x1", 700, 1, 1500, "MODEL", "", "", "", ""],
        ["104", "1x1", 700, 1, 1500, "VACANT", 1400, "", "", ""],
        ["105", "1x1", 700, 1, 1500, "Cy Young", 1400, "1/1/2027", "1/1/2026", ""],
    ]
    report = await office.take(roll, property="Maple Grove", create_properties=True)
    assert reasons(report) == {
        6: "Rent is there, and nobody is named",
        7: "the lease ends (2026-01-01) before it starts (2027-01-01)",
    }
    assert await office.rows(Unit, "number", "status") == [("101", "notice"), ("102", "vacant"), ("103", "down")]
    assert await office.rows(Lease, "unit_id", "status") == [
        ("import:maple-grove/101", "notice"),
        ("import:maple-grove/102", "future"),
    ]


async def test_a_resident_list_adds_how_people_are_reached(office: Office) -> None:
    await office.maple()
    people = [
        ["Apt #", "Tenant", "E-Mail Address", "Cell Phone"],
        ["101", "Maria Gonzalez", "maria@example.com", "(512) 555-0142"],
        ["103", "Haddad, Omar", "", "12"],
        ["999", "Nobody Known", "n@example.com", ""],
    ]
    report = await office.take(people, property="Maple Grove")
    assert report.kinds == ["a resident list"]
    assert reasons(report) == {
        3: "Cell Phone: “12” is no phone number",
        4: "there is no unit 999 at Maple Grove; import its units or rent roll first",
    }
    assert await office.rows(Resident, "name", "email", "phone") == [
        ("Maria Gonzalez", "maria@example.com", "+15125550142"),
        ("Omar Haddad", "", ""),
    ]


async def test_a_ledger_brings_charges_and_payments_and_balances_follow(both: Office) -> None:
    await both.maple()
    report = await both.take(LEDGER, property="Maple Grove")
    assert (report.kinds, report.refused, report.counts.added) == (["a ledger"], 0, 4)
    assert await both.rows(LedgerEntry, "kind", "code", "amount_cents", "posted_on", "due_on") == [
        ("charge", "rent", 145_000, date(2026, 10, 1), date(2026, 10, 1)),
        ("payment", "payment", -100_000, date(2026, 10, 5), None),
        ("charge", "rent", 170_000, date(2026, 10, 1), date(2026, 10, 1)),
        ("charge", "late_fee", 7_500, date(2026, 10, 6), date(2026, 10, 6)),
    ]
    assert await both.rows(Lease, "balance_cents", "past_due_cents", "oldest_open_charge_on") == [
        (45_000, 45_000, date(2026, 10, 1)),
        (177_500, 177_500, date(2026, 10, 1)),
    ]
    async with both.db.reading() as session:
        october = select(PropertyMonth.occupied_units, PropertyMonth.past_due_cents).where(
            PropertyMonth.workspace_id == WS, PropertyMonth.month == date(2026, 10, 1)
        )
        assert [tuple(row) for row in await session.execute(october)] == [(2, 222_500)]


async def test_equal_entries_of_a_ledger_are_as_many_entries(office: Office) -> None:
    await office.maple()
    twice = [LEDGER[0], LEDGER[2], LEDGER[2]]
    for _ in range(2):
        await office.take(twice, property="Maple Grove")
        assert [row[0] for row in await office.rows(LedgerEntry, "amount_cents")] == [-100_000, -100_000]


async def test_a_ledger_in_one_amount_column_goes_by_sign_or_type(office: Office) -> None:
    await office.maple()
    head = ["Trans ID", "Unit", "Tenant", "Post Date", "Type", "Category", "Amount"]
    entries = [
        head,
        ["T1", "101", "Maria Gonzalez", "10/1/2026", "", "Rent", "1450"],
        ["T2", "101", "Maria Gonzalez", "10/2/2026", "", "", "(50.00)"],
        ["T3", "101", "Maria Gonzalez", "10/3/2026", "Payment", "ACH", "100"],
        ["T4", "101", "Maria Gonzalez", "10/4/2026", "Credit", "Concession", "25"],
        ["T5", "101", "Maria Gonzalez", "10/4/2026", "Jubilee", "Rent", "25"],
        ["T6", "101", "Somebody Else", "10/4/2026", "", "Rent", "25"],
        ["T7", "101", "Maria Gonzalez", "10/4/2026", "", "Rent", ""],
    ]
    report = await office.take(entries, property="Maple Grove")
    assert reasons(report) == {
        6: "Type: I don't know “jubilee”; it says neither charge, payment nor credit",
        7: "unit 101 has no lease of Somebody Else on 2026-10-04; import the rent roll first",
        8: "no amount is there",
    }
    assert await office.rows(LedgerEntry, "id", "kind", "amount_cents") == [
        ("import:maple-grove/101/no/T1", "charge", 145_000),
        ("import:maple-grove/101/no/T2", "payment", -5_000),
        ("import:maple-grove/101/no/T3", "payment", -10_000),
        ("import:maple-grove/101/no/T4", "credit", -2_500),
    ]


async def test_a_corrected_ledger_takes_the_old_entry_away_when_it_replaces(office: Office) -> None:
    await office.maple()
    await office.take(LEDGER, property="Maple Grove")
    corrected = [*LEDGER[:4], ["103", "Omar Haddad", "10/6/2026", "Late Fee", "Late fee", 50, ""]]
    report = await office.take(corrected, property="Maple Grove", replace=True)
    assert (report.counts.added, report.counts.removed, report.counts.unchanged) == (1, 1, 3)
    assert await office.rows(Lease, "balance_cents") == [(45_000,), (175_000,)]


async def test_a_budget_with_a_column_for_every_month(both: Office) -> None:
    await both.maple()
    budget = [
        ["Maple Grove", "", ""],
        ["Budget 2027", "", ""],
        ["GL Account", "Jan", "Feb", "Total"],
        ["4000 Rental Income", "12,000", "12,100", "24,100"],
        ["Total Income", "12,000", "12,100", "24,100"],
        ["Repairs & Maintenance", "900", "", "900"],
        ["Space Travel", "1", "1", "2"],
    ]
    report = await both.take(budget)
    assert report.kinds == ["a budget"]
    assert list(reasons(report)) == [7]
    assert reasons(report)[7].startswith("“Space Travel” is no account I know; they are rent, other income")
    assert await both.rows(GlMonth, "id", "is_income", "budget_cents", "actual_cents") == [
        ("import:maple-grove/gl/rent/2027-01", True, 1_200_000, None),
        ("import:maple-grove/gl/rent/2027-02", True, 1_210_000, None),
        ("import:maple-grove/gl/repairs/2027-01", False, 90_000, None),
    ]


async def test_a_budget_with_a_row_for_every_month(office: Office) -> None:
    await office.maple()
    rows = [["Account", "Month", "Budget"], ["Payroll", "2027-01", "5,000"], ["Payroll", "Jan", "5,000"]]
    report = await office.take(rows, property="Maple Grove")
    assert reasons(report) == {3: "Month: “Jan” is no month of a known year"}
    assert await office.rows(GlMonth, "account", "month", "budget_cents") == [("payroll", date(2027, 1, 1), 500_000)]


async def test_a_rent_survey_row_by_row(both: Office) -> None:
    await both.maple()
    survey = [
        ["Competitor", "Beds", "Sq Ft", "Asking Rent", "Effective Rent", "Distance", "Occupancy", "Survey Date"],
        ["Birch Park", "Studio", 500, "$1,300", "$1,250", "0.8 mi", "94.7%", "10/15/2026"],
        ["Birch Park", "2BR", 990, 1900, "", 0.8, 0.947, "10/15/2026"],
        ["Elm House", "many", 990, 1900, "", 0.8, 0.947, "10/15/2026"],
    ]
    report = await both.take(survey, property="Maple Grove")
    assert reasons(report) == {4: "Beds: “many” is no number of bedrooms"}
    assert await both.rows(MarketComp, "bedrooms", "asking_rent_cents", "effective_rent_cents", "occupancy") == [
        (0, 130_000, 125_000, 0.947),
        (2, 190_000, 190_000, 0.947),
    ]


async def test_a_rent_survey_as_costar_exports_it(office: Office) -> None:
    await office.maple()
    head = [
        *("PropertyID", "Property Name", "City", "Number Of Units", "Avg Unit SF", "Avg Asking/Unit", "Vacancy %"),
        *("Avg Concessions %", "One Bedroom Asking Rent/Unit", "One Bedroom Effective Rent/Unit"),
        "Two Bedroom Asking Rent/Unit",
    ]
    export = [
        head,
        [7788123, "Maple Court", "Dallas", 214, 850, 1395.33, 6.1, 3.8, 1300.504, 1250, 1700],
        [7788124, "Maple Grove", "Dallas", 4, 850, 1395, 6.1, 3.8, 1300, 1250, 1700],
        [7788125, "Oak Hill", "Dallas", 99, 850, 1200, 0.5, "", 1100, "", "-"],
        [7788126, "Ash Row", "Dallas", 99, 850, 1200, 4.0, "", "-", "-", "-"],
    ]
    report = await office.take(xlsx_file(office.folder / "costar.xlsx", Properties=export), property="Maple Grove")
    assert report.kinds == ["a rent survey"]
    assert reasons(report) == {
        4: "Vacancy %: “0.5” may be a fraction or percent; write a percent sign",
        5: "rents by bedroom count are missing; an average over all of them can't be compared",
    }
    assert await office.rows(
        MarketComp, "id", "bedrooms", "asking_rent_cents", "occupancy", "concession", "distance_miles", "surveyed_on"
    ) == [
        (
            "import:maple-grove/comp/7788123/1/2026-10-31", 1, 130_050, 0.939, "3.8% off on average", None,
            date(2026, 10, 31),
        ),
        (
            "import:maple-grove/comp/7788123/2/2026-10-31", 2, 170_000, 0.939, "3.8% off on average", None,
            date(2026, 10, 31),
        ),
    ]  # fmt: skip
    assert "City" in report.unused_columns
    assert "Maple Grove itself was in the survey and was left out." in report.notes


async def test_the_sheets_of_a_workbook_are_taken_in_the_order_they_need_each_other(office: Office) -> None:
    path = xlsx_file(office.folder / "all.xlsx", Ledger=LEDGER, Notes=[["call the plumber"]], Rent_Roll=ROLL)
    report = await office.take(path, property="Maple Grove", create_properties=True)
    assert report.kinds == ["a rent roll", "a ledger"]
    assert report.refused == 0
    assert report.notes == ["Sheet “Notes” holds no table that I know."]
    assert await office.rows(Lease, "balance_cents") == [(45_000,), (177_500,)]
