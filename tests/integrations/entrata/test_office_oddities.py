"""What Entrata says oddly of prospects, vendors, invoices and books is named and never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.clock import FixedClock
from app.integrations.base import Page, Reading
from app.integrations.entrata.books import BookReader
from app.integrations.entrata.client import Method
from app.integrations.entrata.invoices import InvoiceReader
from app.integrations.entrata.prospects import ProspectReader
from app.integrations.entrata.vendors import VendorReader
from tests.integrations.entrata.rig import NOW

CLOCK = FixedClock(NOW)
LATELY = Reading("any", date(2024, 3, 1), "7", since=NOW)
KINDS = {2: "Outgoing Call", 17: "Appointment", 18: "Tour"}
LEAD: dict[str, Any] = {
    "applicationId": "1",
    "status": "Guest Card Completed",
    "createdOn": "03/10/2026",
    "customers": {"customer": {"firstName": "Ana", "lastName": "Diaz"}},
}
INVOICE: dict[str, Any] = {
    "id": "5",
    "invoiceNumber": "A-1",
    "vendor": {"id": "3"},
    "date": "03/01/2026",
    "dueDate": "03/31/2026",
    "amount": "1,234.56",
    "amountDue": "1234.56",
    "isPosted": "1",
    "lineItems": {"lineitem": {"property": {"id": "7"}}},
}
VENDOR: dict[str, Any] = {
    "id": "3",
    "vendorName": "AceFlow",
    "status": "Active",
    "vendorCategoryType": "Plumbing",
    "locations": {"location": {"propertyIds": "7"}},
}


class Says:
    """Answers a method with a result, or with each of several in turn."""

    def __init__(self, **results: Any) -> None:
        self.results = results
        self.asked: list[dict[str, Any]] = []

    async def call(self, method: Method, params: dict[str, Any] | None = None) -> Any:
        self.asked.append({"name": method.name, **(params or {})})
        return self.results.get(method.name, "")


def kinds(page: Page) -> list[str]:
    return [problem.kind for problem in page.problems]


async def leads(*given: dict[str, Any], types: dict[int, str] = KINDS) -> Page:
    listed = [{"@attributes": {"id": str(n), "name": "Ours", "entrataName": name}} for n, name in types.items()]
    says: Any = Says(
        getLeads={"prospects": {"prospect": list(given)}}, getLeadPickLists={"eventTypes": {"eventType": listed}}
    )
    page = await ProspectReader(says, CLOCK).read(LATELY)
    assert len(says.asked[-1].get("eventTypeIds", "").split(",")) <= 5
    return page


def event(number: int, kind: int, day: str, time: str = "10:00:00", result: str = "") -> dict[str, Any]:
    return {"eventId": number, "typeId": kind, "appointmentDate": day, "timeFrom": time, "eventResult": result}


@pytest.mark.parametrize(
    ("status", "canonical"),
    [
        ("Guest Card Completed", "new"),
        ("Application Partially Completed", "applied"),
        ("Application Approved", "applied"),
        ("Lease Approved", "leased"),
        ("Guest Card Archived", "lost"),
        ("On the moon", "unknown"),
        ("", "unknown"),
    ],
)
async def test_a_stage_is_what_it_says_or_unknown(status: str, canonical: str) -> None:
    page = await leads({**LEAD, "status": status})
    assert page.batches[0].rows[0]["status"] == canonical
    assert bool(page.problems) == (canonical == "unknown")


async def test_a_tour_stands_for_the_appointment_of_its_day_which_is_gone() -> None:
    events = {"event": [event(1, 17, "03/12/2026"), event(2, 18, "03/12/2026", "10:05 AM")]}
    page = await leads({**LEAD, "events": events})
    [tour] = page.batches[1].rows
    assert (tour["id"], tour["status"]) == ("entrata:2", "done")
    assert tour["starts_at"] == datetime(2026, 3, 12, 16, 5, tzinfo=UTC)  # Mountain Time, in summer
    assert [number for _, number in page.gone] == ["entrata:1"]
    assert page.batches[0].rows[0]["status"] == "toured"


@pytest.mark.parametrize(
    ("given", "status", "problem"),
    [
        (event(1, 17, "03/20/2026"), "booked", None),
        (event(1, 17, "03/12/2026", result="No Show"), "no_show", None),
        (event(1, 17, "03/12/2026", result="Abducted"), "unknown", "unknown tour result: Abducted"),
        (event(1, 17, "03/12/2026", time=""), None, "tour without a readable time"),
        (event(1, 17, "13/40/2026"), None, "tour without a readable time"),
    ],
    ids=str,
)
async def test_a_visit_is_what_its_result_says(given: dict[str, Any], status: str | None, problem: str | None) -> None:
    page = await leads({**LEAD, "events": {"event": given}})
    assert [row["status"] for row in page.batches[1].rows] == ([status] if status else [])
    assert kinds(page) == ([problem] if problem else [])


async def test_a_lead_that_somebody_called_was_contacted() -> None:
    page = await leads({**LEAD, "events": {"event": {"eventId": 1, "typeId": 2, "date": "03/11/2026"}}})
    assert page.batches[0].rows[0]["status"] == "contacted"


async def test_a_lead_without_its_day_is_named_and_left_out() -> None:
    page = await leads({**LEAD, "createdOn": ""})
    assert page.batches[0].rows == []
    assert kinds(page) == ["lead without the day it was made"]


async def test_missing_and_too_many_types_of_events_are_reported() -> None:
    assert kinds(await leads(LEAD, types={9: "Notes"})) == ["no tour or appointment among the types of lead events"]
    many = {**KINDS, 3: "Outgoing Email", 4: "Outgoing Text", 5: "Virtual Tour"}
    assert "outgoing text" in kinds(await leads(LEAD, types=many))[0]


async def invoice(**change: Any) -> Page:
    says: Any = Says(getInvoices={"invoices": {"invoice": {**INVOICE, **change}}})
    return await InvoiceReader(says, CLOCK).read(LATELY)


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        ({}, "unpaid", None),
        ({"isPosted": "0"}, "pending_approval", None),
        ({"amountDue": "0.00"}, "paid", None),
        ({"amountDue": "34.56"}, "unpaid", "partly paid invoice, shown with its whole amount"),
        ({"isPosted": ""}, "unknown", "invoice that does not say whether it is posted"),
        ({"amountDue": None}, "unknown", "invoice that does not say what is still due"),
    ],
    ids=str,
)
async def test_an_invoice_is_open_paid_or_unknown(change: dict[str, Any], status: str, problem: str | None) -> None:
    page = await invoice(**change)
    [row] = page.batches[0].rows
    assert (row["status"], row["amount_cents"]) == (status, 123_456)
    assert kinds(page) == ([problem] if problem else [])


async def test_a_reversed_payment_is_none() -> None:
    payments = [{"paymentDate": "03/05/2026"}, {"paymentDate": "03/09/2026", "isReversed": "1"}]
    page = await invoice(amountDue="0", invoicePayments={"invoicePayment": payments})
    assert page.batches[0].rows[0]["paid_on"] == date(2026, 3, 5)


async def test_an_invoice_of_two_properties_belongs_to_none() -> None:
    lines = [{"property": {"id": "7"}}, {"property": {"id": "8"}}]
    page = await invoice(lineItems={"lineitem": lines})
    assert page.batches[0].rows[0]["property_id"] is None
    assert page.problems == ()


@pytest.mark.parametrize("change", [{"amount": "much"}, {"amount": ""}, {"dueDate": ""}, {"vendor": ""}], ids=str)
async def test_an_invoice_that_can_not_be_exact_is_named_and_left_out(change: dict[str, Any]) -> None:
    page = await invoice(**change)
    assert page.batches[0].rows == []
    assert len(page.problems) == 1


async def vendor(**change: Any) -> Page:
    says: Any = Says(
        getVendors={"vendors": {"vendor": {**VENDOR, **change}}},
        getVendorLocations={
            "Insurances": {
                "Insurance": {
                    "VendorId": "3",
                    "PolicyTypes": {
                        "PolicyType": [
                            {"Type": "General Liability", "Expiration": "05/01/2026"},
                            {"Type": "Workers Comp", "Expiration": "09/01/2026"},
                        ]
                    },
                }
            }
        },
        getProperties={"PhysicalProperty": {"Property": [{"PropertyID": n, "MarketingName": "A"} for n in (7, 8)]}},
    )
    return await VendorReader(says).read(LATELY)


async def test_a_vendor_is_insured_as_long_as_its_liability_policy_lasts() -> None:
    [row] = (await vendor()).batches[0].rows
    assert (row["insured_until"], row["property_ids"]) == (date(2026, 5, 1), "entrata:7")
    [row] = (await vendor(locations={"location": {"propertyIds": "7, 8"}})).batches[0].rows
    assert row["property_ids"] == "entrata:*"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "Inactive"}, None),
        ({"status": "Suspicious"}, "unknown vendor status: Suspicious"),
        ({"locations": ""}, "vendor without a property"),
    ],
    ids=str,
)
async def test_a_vendor_that_may_not_be_sent_is_gone_but_its_invoices_name_it(
    change: dict[str, Any], problem: str | None
) -> None:
    page = await vendor(**change)
    assert [row["name"] for row in page.batches[0].rows] == ["AceFlow"]
    assert [number for _, number in page.gone] == ["entrata:3"]
    assert kinds(page) == ([problem] if problem else [])


async def test_an_unknown_trade_is_general_and_reported() -> None:
    page = await vendor(vendorCategoryType="Dragons")
    assert page.batches[0].rows[0]["category"] == "general"
    assert kinds(page) == ["unknown vendor category: Dragons"]


def accounts(*given: tuple[str, str, str]) -> dict[str, Any]:
    listed = [{"id": number, "accountName": name, "glGroupType": group} for number, name, group in given]
    return {"glTrees": {"glTree": {"id": 1, "isMasterGlTree": 1, "glAccounts": {"glAccount": listed}}}}


CHART = accounts(
    ("1", "Rental Income", "Income"), ("2", "Plumbing Repairs", "Expenses"), ("3", "Repairs", "Expenses"),
    ("4", "Maintenance", "Expenses"), ("9", "Cash", "Assets"),
)  # fmt: skip
MONTH = Reading("gl_months", date(2026, 2, 1), "7", cursor='["2026-02-01","",0,0,""]')


async def books(
    lines: Any = (), *, trees: Any = CHART, post_month: str = "03/2026", budgets: Any = None, reading: Reading = MONTH
) -> Page:
    default = {
        "id": "11",
        "fiscalYear": "2026",
        "isDefault": "1",
        "glAccounts": {
            "glAccount": {"id": "1", "budgetMonths": {"budgetMonth": [
                {"month": "02/2026", "amount": "100.00"}, {"month": "03/2026", "amount": "110.10"},
            ]}},
        },
    }  # fmt: skip
    home = {"PropertyID": 7, "PostMonths": {"GlPostMonth": post_month}}
    says: Any = Says(
        getProperties={"PhysicalProperty": {"Property": home}},
        getGlTrees=trees,
        getBudgets={"properties": {"property": {"budgets": {"budget": budgets or default}}}},
        getBudgetActuals={"budgetVsActuals": {"budgetVsActual": list(lines)}},
    )
    return await BookReader(says, CLOCK).read(reading)


def line(number: str, actual: Any, budget: Any) -> dict[str, Any]:
    return {"accountId": number, "mtdActualIncome": actual, "mtdBudgetIncome": budget}


async def test_accounts_that_are_one_are_summed_and_sums_of_groups_are_not() -> None:
    page = await books([line("3", "10.01", "9"), line("4", "1,000.10", "1000.00"), line("", "1010.11", "1009")])
    [row] = page.batches[0].rows
    assert (row["account"], row["actual_cents"], row["budget_cents"]) == ("repairs", 101_011, 100_900)


async def test_an_account_with_an_unknown_name_keeps_it_and_its_side() -> None:
    page = await books([line("2", "10", "9")])
    [row] = page.batches[0].rows
    assert (row["account"], row["is_income"]) == ("plumbing_repairs", False)
    assert kinds(page) == ["unknown GL account: Plumbing Repairs"]


@pytest.mark.parametrize("lines", [[line("77", "1", "1")], [line("1", "", "1")], [line("1", "much", "1")]], ids=str)
async def test_a_line_that_can_not_be_exact_is_named_and_left_out(lines: Any) -> None:
    page = await books(lines)
    assert page.batches[0].rows == []
    assert len(page.problems) == 2  # with the unknown name of the chart


async def test_months_that_are_not_closed_have_a_plan_only() -> None:
    page = await books(reading=Reading("gl_months", date(2026, 2, 1), "7"))
    [row] = page.batches[0].rows
    assert (row["month"], row["actual_cents"], row["budget_cents"]) == (date(2026, 3, 1), None, 110_10)
    assert page.cursor == MONTH.cursor


async def test_without_a_post_month_or_a_budget_nothing_is_guessed() -> None:
    page = await books([line("1", "1", "1")], post_month="")
    assert page.batches[0].rows == []
    assert kinds(page) == ["property without a GL post month, so its books are not read"]
    rivals = [{"id": str(n), "fiscalYear": "2026", "isDefault": "0"} for n in (1, 2)]
    page = await books([line("1", "1", "1")], budgets=rivals)
    assert page.batches[0].rows == []
    assert "closed month without a budget, so it is not read" in kinds(page)
