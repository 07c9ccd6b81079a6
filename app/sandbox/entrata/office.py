"""The methods of the leasing office and of the books: prospects, vendors, invoices, budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.sandbox.entrata import books, payables, prospects
from app.sandbox.entrata.method import Method, params_of

OFFICE: Final[Mapping[str, Method]] = {
    "getLeads": Method(
        "leads",
        ("r1",),
        prospects.get_leads,
        params_of(
            propertyId="int*",
            leadId="int",
            name="text",
            telephone="int",
            email="text",
            leadStatusIds="ids",
            psProductIds="ids",
            includeDemographics="flag",
            fromDate="day",
            toDate="day",
            createdOnDateFrom="day",
            createdOnDateTo="day",
            eventTypeIds="ids",
            eventDateFrom="day",
            eventDateTo="day",
        ),
        wrapped=False,
        code="200",
    ),
    "getLeadPickLists": Method(
        "leads", ("r2",), prospects.get_lead_pick_lists, params_of(propertyId="int*"), wrapped=False, code="200"
    ),
    "getVendors": Method(
        "vendors",
        ("r1",),
        payables.get_vendors,
        params_of(vendorIds="ids", vendorCodes="text"),
        wrapped=False,
        code="200",
    ),
    "getVendorLocations": Method(
        "vendors",
        ("r1",),
        payables.get_vendor_locations,
        params_of(
            propertyIds="ids",
            showAllStatus="flag",
            includeIntercompanyVendors="flag",
            vendorId="int",
            vendorName="text",
            vendorCode="text",
            lastModifiedOn="day",
        ),
        wrapped=False,
        code="200",
    ),
    "getInvoices": Method(
        "vendors",
        ("r1",),
        payables.get_invoices,
        params_of(
            ids="ids",
            invoiceNumber="int",
            vendorId="int",
            propertyIds="ids",
            fromDate="day",
            toDate="day",
            paidInvoiceFromDate="day",
            paidInvoiceToDate="day",
            postMonth="month",
            includeVoidedPayments="flag",
            includeExported="flag",
            customerRefunds="flag",
        ),
        wrapped=False,
        code="200",
    ),
    "getGlTrees": Method(
        "financial",
        ("r2",),
        books.get_gl_trees,
        params_of(glTreeId="int", glBranchId="int", glGroupTypeId="int", glTreeTypeId="int", accountNumbers="ids"),
    ),
    "getBudgets": Method(
        "financial",
        ("r1",),
        books.get_budgets,
        params_of(propertyIds="ids*", budgetIds="ids", budgetStatusTypeIds="ids", fiscalYears="ids"),
        wrapped=False,
        code=None,
    ),
    "getBudgetActuals": Method(
        "financial",
        ("r1",),
        books.get_budget_actuals,
        params_of(
            propertyId="int*",
            glTreeId="int*",
            budgetId="int*",
            postMonthFrom="month*",
            postMonthTo="month*",
            glBookTypeIds="ids",
            budgetStatusTypeId="int",
            accountingMethod="text*",
        ),
        wrapped=False,
        code=None,
    ),
}
