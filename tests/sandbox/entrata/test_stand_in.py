"""The stand-in is as strict, and answers as oddly, as Entrata does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integrations.entrata.rig import HOME, KEY, ORG, Stand, standing

COMPARED = {
    "propertyId": HOME,
    "glTreeId": 1,
    "budgetId": HOME * 100 + 26,
    "postMonthFrom": "02/2026",
    "postMonthTo": "02/2026",
    "accountingMethod": "accrual",
}


class Asking:
    """Asks the stand-in as any client would."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.client = httpx.AsyncClient(base_url=f"{stand.url}/ext/orgs/{ORG}/v1", headers={"X-Api-Key": KEY})

    async def raw(self, resource: str, name: str, params: Any = None, **options: Any) -> httpx.Response:
        method: dict[str, Any] = {"name": name}
        if params is not None:
            method["params"] = params
        body = {"auth": {"type": "apikey"}, "requestId": "15", "method": method}
        return await self.client.post(f"/{resource}", json=body, **options)

    async def error(self, resource: str, name: str, params: Any = None) -> int:
        reply = await self.raw(resource, name, params)
        assert reply.status_code == 200
        return reply.json()["response"]["error"]["code"]


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    async with standing(tmp_path / "entrata") as stand:
        made = Asking(stand)
        yield made
        await made.client.aclose()


async def test_a_wrong_key_is_a_401_and_a_wrong_organization_a_403(asking: Asking) -> None:
    assert (await asking.raw("status", "getStatus", headers={"X-Api-Key": "other"})).status_code == 401
    other = await asking.client.post(f"{asking.stand.url}/ext/orgs/other/v1/status", json={})
    assert other.status_code == 403


@pytest.mark.parametrize(
    ("resource", "name", "params", "code"),
    [
        ("leases", "getWorkOrders", {"propertyId": HOME}, 103),
        ("maintenance", "getNothing", {}, 103),
        ("maintenance", "getWorkOrders", {}, 106),
        ("maintenance", "getWorkOrders", {"propertyId": ""}, 106),
        ("maintenance", "getWorkOrders", {"propertyId": HOME, "since": "01/01/2026"}, 105),
        ("maintenance", "getWorkOrders", {"propertyId": "ten"}, 107),
        ("maintenance", "getWorkOrders", {"propertyId": 1}, 301),
        ("maintenance", "getWorkOrders", {"propertyId": HOME, "createdOnFromDate": "2026-01-01"}, 107),
        ("maintenance", "getWorkOrders", {"propertyId": HOME, "createdOnFromDate": "13/45/2026"}, 107),
        ("maintenance", "getWorkOrders", [1], 104),
        ("maintenance", "sendWorkOrders", {"propertyId": HOME}, 106),
        ("leads", "getLeads", {}, 106),
        ("leads", "getLeads", {"propertyId": HOME, "fromDate": "01/01/2026"}, 106),
        ("leads", "getLeads", {"propertyId": HOME, "eventTypeIds": "1,2,3,4,5,6"}, 107),
        ("leads", "getLeadPickLists", {"propertyId": 1}, 301),
        ("vendors", "getVendors", {"vendorIds": "1", "vendorCodes": "V0001"}, 107),
        ("vendors", "getInvoices", {"propertyIds": "1"}, 301),
        ("financial", "getBudgets", {}, 106),
        ("financial", "getBudgetActuals", {**COMPARED, "accountingMethod": ""}, 106),
        ("financial", "getBudgetActuals", {**COMPARED, "accountingMethod": "guess"}, 107),
        ("financial", "getBudgetActuals", {**COMPARED, "postMonthFrom": "2026-02"}, 107),
        ("financial", "getBudgetActuals", {**COMPARED, "budgetId": 1}, 306),
        ("financial", "getBudgetActuals", {**COMPARED, "glTreeId": 2}, 306),
    ],
)
async def test_a_bad_request_is_an_error_of_its_family_inside_a_200(
    asking: Asking, resource: str, name: str, params: Any, code: int
) -> None:
    assert await asking.error(resource, name, params) == code


async def test_a_request_that_is_no_envelope_is_refused(asking: Asking) -> None:
    for body in (b"", b"{", b"[]", b'{"method": "getStatus"}'):
        reply = await asking.client.post("/status", content=body)
        assert 100 <= reply.json()["response"]["error"]["code"] < 200
    no_auth = await asking.client.post("/status", json={"method": {"name": "getStatus"}})
    assert no_auth.json()["response"]["error"]["code"] == 102


async def test_the_request_id_comes_back(asking: Asking) -> None:
    assert (await asking.raw("status", "getStatus")).json()["response"]["requestId"] == "15"


async def test_lists_of_one_are_objects_and_empty_ones_are_empty_texts(asking: Asking) -> None:
    one = await asking.raw("properties", "getProperties", {"propertyIds": str(HOME)})
    assert isinstance(one.json()["result"]["PhysicalProperty"]["Property"], dict)
    both = await asking.raw("properties", "getProperties")
    assert isinstance(both.json()["result"]["PhysicalProperty"]["Property"], list)
    far = {"propertyId": HOME, "createdOnFromDate": "01/01/2099"}
    none = await asking.raw("maintenance", "getWorkOrders", far)
    assert none.json()["result"]["workOrders"]["workOrder"] == ""


async def test_leases_come_in_pages_with_links_when_they_are_asked_for(asking: Asking) -> None:
    params, headers = {"propertyId": HOME, "includeLeaseHistory": 1}, {"X-Send-Pagination-Links": "1"}
    ids: list[str] = []
    url: Any = "/leases?page_no=1&per_page=10"
    while url:
        body = {"auth": {"type": "apikey"}, "method": {"name": "getLeases", "version": "r2", "params": params}}
        reply = await asking.client.post(url, json=body, headers=headers)
        leases = reply.json()["result"]["leases"]["lease"]
        ids += [lease["id"] for lease in (leases if isinstance(leases, list) else [leases])]
        url = reply.links.get("next", {}).get("url")
    assert ids == [str(stay) for stay in asking.stand.server.store.home(HOME).stays]
    assert len(ids) > 10


async def test_the_ledger_shows_open_accounts_only_unless_all_of_it_is_asked_for(asking: Asking) -> None:
    async def leases(**params: Any) -> int:
        reply = await asking.raw("artransactions", "getLeaseArTransactions", {"propertyId": HOME, **params})
        found = reply.json()["response"]["result"]["leases"]["lease"]
        return len(found) if isinstance(found, list) else int(bool(found))

    assert 0 < await leases() < await leases(showFullLedger=1)


async def test_payments_customers_and_collections_are_listed(asking: Asking) -> None:
    day = {"fromDate": "03/01/2026", "toDate": "03/05/2026"}
    payments = await asking.raw("arpayments", "getArPayments", day)
    shown = payments.json()["response"]["result"]["ArPayments"]["ArPayment"]
    assert {payment["PaymentDate"][:2] for payment in shown} == {"03"}
    customers = await asking.raw("customers", "getCustomers", {"propertyId": HOME, "leaseStatusTypeIds": "4,5"})
    assert len(customers.json()["result"]["Customers"]["Customer"]) > 5
    collections = await asking.raw("leases", "getMitsCollections", {"propertyId": HOME})
    summary = collections.json()["response"]["result"]["MITS-Collections"]["Summary"]
    assert summary["TotalProperties"] == "1"


async def test_events_of_leads_are_listed_only_when_their_types_are_asked_for(asking: Asking) -> None:
    async def events(**params: Any) -> int:
        reply = await asking.raw("leads", "getLeads", {"propertyId": HOME, **params})
        leads = reply.json()["result"]["prospects"]["prospect"]
        return sum(bool(lead["events"]["event"]) for lead in leads)

    assert (await events(), await events(eventTypeIds="9")) == (0, 0)
    assert 0 < await events(eventTypeIds="18") < await events(eventTypeIds="4,17,18")


async def test_a_version_that_is_not_offered_is_refused(asking: Asking) -> None:
    method = {"name": "getInvoices", "version": "r9"}
    reply = await asking.client.post("/vendors", json={"auth": {"type": "apikey"}, "method": method})
    assert reply.json()["response"]["error"]["code"] == 108


async def test_a_month_is_compared_with_its_budget_and_ends_with_a_sum(asking: Asking) -> None:
    reply = await asking.raw("financial", "getBudgetActuals", COMPARED)
    lines = reply.json()["result"]["budgetVsActuals"]["budgetVsActual"]
    assert len(lines) == 13
    assert (lines[-1]["accountName"], lines[-1]["accountId"]) == ("Total Expenses", "")


async def test_faults_can_be_ordered_over_http_and_happen_once(asking: Asking) -> None:
    order = {"method": "getStatus", "kind": "status:429", "retry_after": "5"}
    assert (await asking.client.post(f"{asking.stand.url}/_faults", json=order)).json() == {"waiting": 1}
    limited = await asking.raw("status", "getStatus")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "5")
    assert (await asking.raw("status", "getStatus")).status_code == 200
    asking.stand.server.faults.add("*", "cut_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        await asking.raw("status", "getStatus")


async def test_the_day_of_the_portfolio_is_kept_over_a_restart(tmp_path: Path) -> None:
    async with standing(tmp_path / "entrata") as first:
        day = first.server.store.portfolio.today
    async with standing(tmp_path / "entrata") as again:
        assert again.server.store.portfolio.today == day
