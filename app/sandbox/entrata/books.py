"""The resource `financial`: the chart of accounts, budgets, and how months went against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Answer, Refused, Request, dollars, php, us_day
from app.sandbox.portfolio.register import GlMonth

TREE: Final = 1
# account: its number, name and group
CHART: Final = {
    "rent": (4010, "Rental Income", "Income"),
    "other_income": (4900, "Other Income", "Income"),
    "bad_debt": (5010, "Bad Debt Expense", "Expenses"),
    "payroll": (6010, "Payroll and Benefits", "Expenses"),
    "repairs": (6100, "Repairs and Maintenance", "Expenses"),
    "turnover": (6200, "Make Ready", "Expenses"),
    "utilities": (6300, "Utilities", "Expenses"),
    "marketing": (6400, "Marketing and Advertising", "Expenses"),
    "insurance": (6500, "Property Insurance", "Expenses"),
    "taxes": (6600, "Real Estate Taxes", "Expenses"),
    "management_fee": (6700, "Management Fees", "Expenses"),
    "admin": (6800, "General and Administrative", "Expenses"),
}
_BALANCE: Final = {1010: ("Operating Cash", "Assets"), 2010: ("Accounts Payable", "Liabilities")}


def get_gl_trees(store: EntrataStore, request: Request) -> Answer:
    wanted, numbers = request.params.get("glTreeId"), request.params.get("accountNumbers")
    accounts = [(number, name, group) for number, (name, group) in _BALANCE.items()] + list(CHART.values())
    shown = [
        {
            "id": str(number),
            "branchId": str(number // 1000),
            "accountNumber": str(number),
            "accountName": name,
            "externalId": "",
            "glGroupType": group,
            "status": "Enabled",
            "isSystem": 0,
        }
        for number, name, group in accounts
        if numbers is None or number in numbers
    ]
    tree = {
        "id": TREE,
        "name": "Master GL Tree",
        "isMasterGlTree": 1,
        "branches": "",
        "glAccounts": {"glAccount": php(shown)},
    }
    return Answer({"glTrees": {"glTree": php([tree] if wanted in (None, TREE) else [])}})


def _budget_id(property_id: int, year: int) -> int:
    return property_id * 100 + year % 100


def get_budgets(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    years, ids = params.get("fiscalYears"), params.get("budgetIds")
    shown: list[dict[str, Any]] = []
    for property_id in params["propertyIds"]:
        by_year: dict[int, list[GlMonth]] = defaultdict(list)
        for one in store.office(property_id).gl_months:
            by_year[one.month.year].append(one)
        budgets = [
            _budget(property_id, year, months)
            for year, months in by_year.items()
            if (years is None or year in years) and (ids is None or _budget_id(property_id, year) in ids)
        ]
        name = store.home(property_id).community.property.name
        shown.append({"propertyId": str(property_id), "propertyName": name, "budgets": {"budget": php(budgets)}})
    return Answer({"properties": {"property": php(shown)}})


def _budget(property_id: int, year: int, months: Iterable[GlMonth]) -> dict[str, Any]:
    by_account: dict[str, list[GlMonth]] = defaultdict(list)
    for one in months:
        by_account[one.account].append(one)
    accounts = [
        {
            "id": str(CHART[account][0]),
            "accountName": CHART[account][1],
            "accountNumber": str(CHART[account][0]),
            "glTotals": {"glTotal": {"amount": dollars(sum(one.budget_cents for one in lines)), "glDimensionId": ""}},
            "budgetMonths": {
                "budgetMonth": php(
                    [{"month": f"{one.month:%m/%Y}", "amount": dollars(one.budget_cents)} for one in lines]
                )
            },
        }
        for account, lines in by_account.items()
    ]
    return {
        "id": str(_budget_id(property_id, year)),
        "budgetName": f"{year} Operating Budget",
        "budgetStatusTypeId": "3",
        "isDefault": "1",
        "fiscalStartDate": us_day(date(year, 1, 1)),
        "fiscalEndDate": us_day(date(year, 12, 31)),
        "fiscalYear": str(year),
        "budgetTotal": dollars(sum(one.budget_cents for lines in by_account.values() for one in lines)),
        "glAccounts": {"glAccount": php(accounts)},
    }


def get_budget_actuals(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"]).community.property
    first, last = params["postMonthFrom"], params["postMonthTo"]
    if params["glTreeId"] != TREE:
        raise Refused(306, "glTreeId is not valid.")
    if params["accountingMethod"].lower() not in ("accrual", "cash"):
        raise Refused(107, "Parameter accountingMethod is not valid.")
    if last < first:
        raise Refused(107, "postMonthTo lies before postMonthFrom.")
    if params["budgetId"] != _budget_id(home.id, last.year):
        raise Refused(306, "budgetId is not valid for the property.")
    months = store.office(home.id).gl_months
    lines = [_line(account, months, first, last) for account in CHART]
    expenses = [one for one in lines if one["accountId"] > "5"]
    total = {**_sums("Total Expenses", expenses), "accountId": ""}
    return Answer({"budgetVsActuals": {"budgetVsActual": php([*lines, total])}})


def _line(account: str, months: Iterable[GlMonth], first: date, last: date) -> dict[str, Any]:
    mine = [one for one in months if one.account == account]
    spans = {"mtd": (first, last), "ytd": (last.replace(month=1), last)}
    made: dict[str, Any] = {"accountName": CHART[account][1], "accountId": str(CHART[account][0])}
    for name, (start, end) in spans.items():
        within = [one for one in mine if start <= one.month <= end]
        actual = sum(one.actual_cents or 0 for one in within)
        budget = sum(one.budget_cents for one in within)
        made |= {
            f"{name}ActualIncome": dollars(actual),
            f"{name}BudgetIncome": dollars(budget),
            f"{name}Variance": dollars(actual - budget),
            f"{name}PercentageVariance": f"{(actual - budget) / budget * 100:.2f}" if budget else "0.00",
        }
    made["annualBudgetIncome"] = dollars(sum(one.budget_cents for one in mine if one.month.year == last.year))
    return made


def _sums(name: str, lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A line that sums up a group, as reports end with."""
    held = list(lines)
    columns = ("mtdActualIncome", "mtdBudgetIncome", "ytdActualIncome", "ytdBudgetIncome", "annualBudgetIncome")
    cents = {column: sum(int(line[column].replace(".", "")) for line in held) for column in columns}
    return {"accountName": name, **{column: dollars(value) for column, value in cents.items()}}
