"""The resources `artransactions` and `arpayments`, and the collections list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date
from typing import Any

from app.sandbox.entrata.leases import STATUS_IDS, status_of
from app.sandbox.entrata.store import EntrataStore, Home
from app.sandbox.entrata.wire import Answer, Request, dollars, php, us_day
from app.sandbox.portfolio.records import LedgerEntry

CODES = {
    "rent": (1, "Rent"),
    "pet_rent": (2, "Pet Rent"),
    "parking": (3, "Parking"),
    "utility": (4, "Utility Reimbursement"),
    "late_fee": (5, "Late Fee"),
    "application_fee": (6, "Application Fee"),
    "deposit": (7, "Security Deposit"),
    "concession": (8, "Rent Concession"),
    "write_off": (9, "Bad Debt Write-Off"),
    "payment": (10, "Payment"),
}


def _window(home: Home, start: date | None, end: date | None) -> list[LedgerEntry]:
    first = bisect_left(home.ledger, start, key=lambda entry: entry.posted_on) if start else 0
    last = bisect_right(home.ledger, end, key=lambda entry: entry.posted_on) if end else len(home.ledger)
    return home.ledger[first:last]


def get_lease_ar_transactions(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    wanted, ids = params.get("leaseStatusTypeIds"), params.get("leaseIds")
    by_stay: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in _window(home, params.get("transactionFromDate"), params.get("transactionToDate")):
        by_stay[home.stay_of_term[entry.lease_id]].append(entry)
    leases: list[dict[str, Any]] = []
    for stay, entries in by_stay.items():
        terms = home.stays[stay]
        if (ids is not None and stay not in ids) or (
            wanted is not None and int(STATUS_IDS[status_of(terms)]) not in wanted
        ):
            continue
        balance = home.balances[stay]
        if not params.get("showFullLedger") and balance <= 0:
            continue  # without it only what is open is shown
        resident = home.residents[terms[-1].resident_id]
        ledger = {
            "id": 1,
            "name": "Resident Ledger",
            "balance": balance / 100,
            "pastDueBalance": max(balance, 0) / 100,
            "writeOff": 0,
            "transactions": {"transaction": php([_transaction(entry) for entry in entries])},
        }
        leases.append(
            {
                "id": stay,
                "propertyId": terms[-1].property_id,
                "unitSpaceId": terms[-1].unit_id,
                "customers": {
                    "customer": php(
                        [
                            {
                                "id": resident.id,
                                "firstName": resident.name.partition(" ")[0],
                                "lastName": resident.name.partition(" ")[2],
                                "ledgers": {"ledger": php([ledger])},
                            }
                        ]
                    )
                },
            }
        )
    return Answer({"leases": {"lease": php(leases)}})


def _transaction(entry: LedgerEntry) -> dict[str, Any]:
    number, name = CODES[entry.code]
    posted = us_day(entry.posted_on)
    made: dict[str, Any] = {
        "id": entry.id,
        "transactionTypeId": {"charge": 1, "payment": 2, "credit": 3}[entry.kind],
        "arCodeId": number,
        "arCodeName": name,
        "leaseIntervalId": entry.lease_id,
        "description": entry.description,
        "transactionDate": us_day(entry.due_on) if entry.due_on else posted,
        "postDate": posted,
        "postMonth": posted[:3] + "01" + posted[5:],
        "isTemporary": False,
        # PHP writes a float where cents are left and an integer where not
        "amount": entry.amount_cents / 100 if entry.amount_cents % 100 else entry.amount_cents // 100,
    }
    if entry.kind == "payment":
        made["arPaymentId"] = entry.id
    return made


def get_ar_payments(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    start, end, ids = params.get("fromDate"), params.get("toDate"), params.get("arPaymentIds")
    payments: list[dict[str, Any]] = []
    for prop in store.properties:
        home = store.home(prop.id)
        for entry in _window(home, start, end):
            if entry.kind == "payment" and (ids is None or entry.id in ids):
                payments.append(_payment(entry, home))
    return Answer({"ArPayments": {"ArPayment": php(payments)}})


def _payment(entry: LedgerEntry, home: Home) -> dict[str, Any]:
    terms = home.stays[home.stay_of_term[entry.lease_id]]
    resident = home.residents[terms[-1].resident_id]
    return {
        "ArPaymentId": entry.id,
        "PropertyName": home.community.property.name,
        "CustomerId": resident.id,
        "CustomerFirstName": resident.name.partition(" ")[0],
        "CustomerLastName": resident.name.partition(" ")[2],
        "UnitNumber": home.units_by_id[terms[-1].unit_id].number,
        "EmailAddress": resident.email,
        "PaymentAmount": dollars(-entry.amount_cents),
        "PaymentDate": us_day(entry.posted_on),
        "PaymentType": "Check" if "Check" in entry.description else "ACH",
        "PaymentStatus": "Captured",
        "CurrencyCode": "USD",
        "ArAllocations": "",
    }


def get_mits_collections(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    balances = home.balances
    owing = [
        (stay, terms) for stay, terms in home.stays.items() if status_of(terms) == "past" and balances.get(stay, 0) > 0
    ]
    files = [
        {
            "Identification": {"@attributes": {"IDType": "Lease ID"}, "IDValue": stay},
            "CollectionStatus": "Open",
            "MoveInDate": us_day(terms[0].move_in_on),
            "MoveOutDate": us_day(terms[-1].move_out_on),
            "LeaseBegin": us_day(terms[-1].start_on),
            "LeaseEnd": us_day(terms[-1].end_on),
            "TotalLeaseOpenAmount": dollars(balances[stay]),
            "Unit": {"UnitNumber": home.units_by_id[terms[-1].unit_id].number},
            "Tenants": php([{"PersonDetails": {"Name": home.residents[terms[-1].resident_id].name}}]),
        }
        for stay, terms in owing
    ]
    summary = {
        "MITSDocVersion": "1.0",
        "TotalProperties": "1",
        "TotalLeaseFiles": len(files),
        "TotalTenants": len(files),
        "TotalOpenAmount": dollars(sum(balances[stay] for stay, _ in owing)),
    }
    property_ = {
        "Identification": {"IDValue": home.community.property.id},
        "MarketingName": home.community.property.name,
    }
    file = {"Property": property_, "LeaseFiles": {"LeaseFile": php(files)}}
    return Answer({"MITS-Collections": {"Summary": summary, "PropertyFiles": {"PropertyFile": php([file])}}})
