"""Entrata misbehaves in every way that vendors do; what can be read is read, the rest is named, nothing is guessed."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import orjson
import pytest

from app.domain.clock import FixedClock
from app.domain.errors import Fixable, NotAllowed, RetryLater, SophiaError
from app.http.outbound import Outbound
from app.integrations.base import Connector, Page, Reading
from app.integrations.entrata import CONNECTOR
from tests.http.patience import Patience
from tests.http.scripted import Answer, answer, scripted
from tests.integrations.entrata.rig import NOW, settings

ORDERS = Reading("work_orders", date(2025, 12, 1), "7", unit_ids={"101": "entrata:1"})
LEDGER = Reading("ledger", date(2026, 1, 1), "7", cursor="2026-01-01")
ORDER: dict[str, Any] = {
    "maintenanceRequestId": "900001",
    "propertyId": 7,
    "buildingName": "",
    "unitNumber": "101",
    "customerId": "55",
    "createdOn": "01/05/2026 09:12:00 MST",
    "assignedTo": "Luis Ortega",
    "maintenanceStatus": "In Progress",
    "maintenancePriority": "High",
    "maintenanceCategoryName": "Plumbing",
    "maintenanceProblem": "Leak",
    "maintenanceDescription": "Leak under the sink",
    "permissionToEnter": "1",
}
ENTRY: dict[str, Any] = {
    "id": 1,
    "arCodeName": "Rent",
    "leaseIntervalId": 5,
    "description": "Rent, January 2026",
    "transactionDate": "01/01/2026",
    "postDate": "01/01/2026",
    "amount": 1234.5,
}


def orders(*items: Any) -> bytes:
    return answer(200, orjson.dumps({"requestId": "1", "result": {"workOrders": {"workOrder": list(items)}}}))


def ledger(*items: Any) -> bytes:
    held = {"ledger": {"id": 1, "transactions": {"transaction": list(items)}}}
    lease = {"id": 3, "customers": {"customer": {"id": 9, "ledgers": held}}}
    return answer(200, orjson.dumps({"response": {"code": "200", "result": {"leases": {"lease": lease}}}}))


def result(result: Any, *, wrapped: bool = True, code: Any = 200) -> bytes:
    body = {"requestId": "1", "code": code, "result": result}
    return answer(200, orjson.dumps({"response": body} if wrapped else body))


class Asked:
    """One reading against a script of raw answers."""

    def __init__(self, *script: Answer) -> None:
        self.script, self.requests, self.patience = script, list[bytes](), Patience()
        self.waits = self.patience.waits

    async def read(self, reading: Reading = ORDERS) -> Page:
        async with scripted(*self.script) as server:
            self.requests = server.seen
            clock, patience = FixedClock(NOW), self.patience
            outbound = Outbound(clock, sleep=patience.sleep, monotonic=patience.monotonic, chance=lambda: 0.0)
            connector: Connector = CONNECTOR.open(settings(server.url), outbound, clock)
            try:
                async with asyncio.timeout(20):
                    return await connector.read(reading)
            finally:
                await outbound.close()


def rows(page: Page) -> list[dict[str, Any]]:
    return [row for batch in page.batches for row in batch.rows]


async def test_a_work_order_becomes_a_canonical_row() -> None:
    page = await Asked(orders(ORDER)).read()
    [row] = rows(page)
    assert (row["id"], row["number"], row["unit_id"], row["resident_id"]) == (
        "entrata:900001",
        "900001",
        "entrata:1",
        "entrata:55",
    )
    assert (row["status"], row["priority"], row["category"]) == ("in_progress", "high", "plumbing")
    assert row["created_at"].isoformat() == "2026-01-05T16:12:00+00:00"
    assert page.problems == ()


async def test_the_request_carries_key_organization_method_and_american_dates() -> None:
    asked = Asked(orders())
    await asked.read()
    head, _, body = asked.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /ext/orgs/acme/v1/maintenance HTTP/1.1")
    assert b"X-Api-Key: test-key-1" in head
    assert orjson.loads(body) == {
        "auth": {"type": "apikey"},
        "requestId": "1",
        "method": {
            "name": "getWorkOrders",
            "version": "r1",
            "params": {"propertyId": 7, "includeDeletedWorkOrders": 1, "createdOnFromDate": "12/01/2025"},
        },
    }


@pytest.mark.parametrize(
    "empty",
    [
        {"workOrders": {"workOrder": []}},
        {"workOrders": {"workOrder": ""}},
        {"workOrders": ""},
        {"workOrders": []},
        {"workOrders": None},
        {},
        "",
        [],
    ],
)
async def test_an_empty_list_in_any_shape_is_an_empty_page(empty: Any) -> None:
    page = await Asked(result(empty)).read()
    assert rows(page) == []


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("code", [200, "200", 0, ""])
async def test_the_wrapper_and_the_code_may_be_written_in_any_way(wrapped: bool, code: Any) -> None:
    page = await Asked(result({"workOrders": {"workOrder": ORDER}}, wrapped=wrapped, code=code)).read()
    assert len(rows(page)) == 1


async def test_one_record_may_come_as_a_bare_object_or_under_numbers() -> None:
    for written in (ORDER, [ORDER], {"0": ORDER}):
        assert len(rows(await Asked(result({"workOrders": {"workOrder": written}})).read())) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_an_expired_key_is_not_tried_again(status: int) -> None:
    asked = Asked(answer(status))
    with pytest.raises(NotAllowed) as refused:
        await asked.read()
    assert refused.value.code == "vendor_credentials"
    assert len(asked.requests) == 1


async def test_a_refused_key_inside_a_200_is_the_same_refusal() -> None:
    error = {
        "response": {"requestId": "1", "error": {"code": 113, "message": "Username and/or password is incorrect."}}
    }
    with pytest.raises(NotAllowed) as refused:
        await Asked(answer(200, orjson.dumps(error))).read()
    assert refused.value.code == "vendor_credentials"
    assert "Username" not in refused.value.for_people


@pytest.mark.parametrize(
    ("code", "error", "name"),
    [
        (301, Fixable, "vendor_refused"),
        ("405", Fixable, "vendor_refused"),
        (500, RetryLater, "vendor_unreachable"),
        (429, RetryLater, "vendor_rate_limited"),
        (None, Fixable, "vendor_refused"),
        ({"x": 1}, Fixable, "vendor_refused"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_an_error_inside_the_answer_is_an_error(code: Any, error: Any, name: str, status: int) -> None:
    body = orjson.dumps({"response": {"error": {"code": code, "message": "Something about <b>Maria</b>"}}})
    with pytest.raises(error) as failed:
        await Asked(answer(status, body)).read()
    assert failed.value.code == name
    assert "Maria" not in failed.value.for_people


async def test_429_is_waited_out_as_long_as_it_asks() -> None:
    asked = Asked(answer(429, b"", "Retry-After: 9"), answer(429), orders(ORDER))
    assert len(rows(await asked.read())) == 1
    assert asked.waits == [9.0, 0.5]


async def test_429_for_an_hour_is_left_for_later() -> None:
    asked = Asked(answer(429, b"", "Retry-After: 3600"))
    with pytest.raises(RetryLater) as slow:
        await asked.read()
    assert (slow.value.after, asked.waits) == (3600.0, [])


@pytest.mark.parametrize("broken", [answer(500), answer(502), answer(503), answer(504), None])
async def test_server_errors_and_broken_connections_are_read_again(broken: Answer) -> None:
    assert len(rows(await Asked(broken, orders(ORDER)).read())) == 1


async def test_a_cut_body_is_read_again() -> None:
    whole = orders(ORDER)
    assert len(rows(await Asked(whole[:-40], orders(ORDER)).read())) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        answer(200, b"<html>Maintenance</html>", "Content-Type: text/html"),
        answer(200, b"", "Content-Type: application/json"),
        answer(200, b"[]"),
        answer(200, b"null"),
        answer(200, b'"ok"'),
        answer(200, b"{}"),
        answer(200, b'{"response": null}'),
        answer(200, b'{"response": {"result"'),
        answer(200, b'{"response": {"requestId": "1"}}'),
        answer(200, b"\xff\xfe\x00"),
        answer(400, b'{"response": {"result": {}}}'),
    ],
)
async def test_an_answer_that_is_none_is_a_sentence(nonsense: bytes) -> None:
    with pytest.raises(SophiaError) as failed:
        await Asked(nonsense).read()
    assert failed.value.sentence == "Entrata gave an answer I can't read."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("maintenanceRequestId", None),
        ("maintenanceRequestId", ""),
        ("maintenanceRequestId", {"id": 1}),
        ("maintenanceRequestId", "x" * 10_000),
        ("createdOn", ""),
        ("createdOn", "yesterday"),
        ("createdOn", {"date": "01/05/2026"}),
        ("unitNumber", ["101"]),
        ("customerId", "a b"),
    ],
)
async def test_a_record_that_can_not_be_read_is_named_and_the_others_are_taken(field: str, value: Any) -> None:
    page = await Asked(orders({**ORDER, field: value}, {**ORDER, "maintenanceRequestId": 900002})).read()
    assert [row["id"] for row in rows(page)] == ["entrata:900002"]
    assert len(page.problems) == 1


@pytest.mark.parametrize(
    "field", ["assignedTo", "maintenanceDescription", "buildingName", "permissionToEnter", "scheduledStartDate"]
)
@pytest.mark.parametrize("value", [None, "", []])
async def test_a_field_that_is_empty_or_missing_does_not_cost_the_record(field: str, value: Any) -> None:
    page = await Asked(orders({**ORDER, field: value})).read()
    assert len(rows(page)) == 1
    page = await Asked(orders({key: given for key, given in ORDER.items() if key != field})).read()
    assert len(rows(page)) == 1


async def test_a_record_that_is_no_object_is_named() -> None:
    page = await Asked(orders("oops", 7, ORDER)).read()
    assert len(rows(page)) == 1
    assert sum(problem.count for problem in page.problems) == 2


async def test_a_ten_megabyte_field_is_cut() -> None:
    page = await Asked(orders({**ORDER, "maintenanceDescription": "x" * 10_000_000})).read()
    assert len(rows(page)[0]["description"]) == 4000


async def test_unicode_and_right_to_left_marks_are_kept_or_dropped_as_they_should() -> None:
    page = await Asked(orders({**ORDER, "maintenanceDescription": "Fuga en baño\u202e 漏水 🚿\u0000"})).read()
    assert rows(page)[0]["description"] == "Fuga en baño 漏水 🚿"


@pytest.mark.parametrize(
    ("field", "column", "stored", "kind"),
    [
        ("maintenanceStatus", "status", "unknown", "unknown work order status: Haunted"),
        ("maintenancePriority", "priority", "normal", "unknown work order priority: Haunted"),
        ("maintenanceCategoryName", "category", "general", "unknown work order category: Haunted"),
    ],
)
async def test_an_unknown_word_is_reported_and_never_taken_for_a_similar_one(
    field: str, column: str, stored: str, kind: str
) -> None:
    page = await Asked(orders({**ORDER, field: "Haunted"})).read()
    assert rows(page)[0][column] == stored
    assert [(problem.kind, problem.record) for problem in page.problems] == [(kind, "900001")]


async def test_a_work_order_for_a_unit_nobody_knows_is_kept_and_reported() -> None:
    page = await Asked(orders({**ORDER, "unitNumber": "999"})).read()
    assert rows(page)[0]["unit_id"] is None
    assert page.problems[0].kind == "work order for an unknown unit"


async def test_a_deleted_work_order_is_named_as_gone() -> None:
    page = await Asked(orders({**ORDER, "isDeleted": "1"})).read()
    assert rows(page) == []
    assert [gone for _, gone in page.gone] == ["entrata:900001"]


@pytest.mark.parametrize("amount", [1234.5, "1234.50", "1,234.50", "$1,234.50"])
async def test_a_charge_is_exact_however_its_amount_is_written(amount: Any) -> None:
    [row] = rows(await Asked(ledger({**ENTRY, "amount": amount})).read(LEDGER))
    assert (row["amount_cents"], row["kind"], row["code"]) == (123_450, "charge", "rent")
    assert row["lease_id"] == "entrata:5"


async def test_payments_and_credits_are_told_apart() -> None:
    page = await Asked(
        ledger(
            {**ENTRY, "id": 2, "amount": -100, "arPaymentId": 77, "arCodeName": "Payment"},
            {**ENTRY, "id": 3, "amount": -50, "arCodeName": "Rent Concession"},
        )
    ).read(LEDGER)
    assert [(row["kind"], row["code"], row["due_on"]) for row in rows(page)] == [
        ("payment", "payment", None),
        ("credit", "concession", None),
    ]


async def test_an_unknown_charge_code_keeps_its_own_name_and_is_reported() -> None:
    page = await Asked(ledger({**ENTRY, "arCodeName": "Goat Grazing Fee"})).read(LEDGER)
    assert rows(page)[0]["code"] == "goat_grazing_fee"
    assert page.problems[0].kind == "unknown charge code: Goat Grazing Fee"


@pytest.mark.parametrize(
    "broken",
    [{"amount": "much"}, {"amount": None}, {"amount": 1e12}, {"postDate": "02/30/2026"}, {"leaseIntervalId": ""}],
)
async def test_a_ledger_entry_that_can_not_be_exact_is_left_out_and_named(broken: dict[str, Any]) -> None:
    page = await Asked(ledger({**ENTRY, **broken})).read(LEDGER)
    assert rows(page) == []
    assert len(page.problems) == 1


async def test_ledgers_beside_the_customers_are_found_too() -> None:
    held = {"ledger": {"id": 1, "transactions": {"transaction": ENTRY}}}
    lease = {"id": 3, "customers": {"customer": {"id": 9}, "ledgers": held}}
    page = await Asked(result({"leases": {"lease": lease}})).read(LEDGER)
    assert len(rows(page)) == 1


async def test_pages_that_go_in_circles_are_an_error_and_not_a_whole_answer() -> None:
    body = orjson.dumps({"response": {"code": 200, "result": {"leases": {"lease": []}}}})
    circling = answer(200, body, 'Link: <https://x.example/leases?page_no=2>; rel="next"')
    with pytest.raises(RetryLater) as failed:
        await Asked(circling).read(Reading("leases", date(2026, 1, 1), "7"))
    assert failed.value.code == "vendor_answer_unreadable"
