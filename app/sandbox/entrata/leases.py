"""The resources `leases`, `customers` and `communications`. A household's stay is a lease, its terms are intervals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.sandbox.entrata.store import EntrataStore, Home
from app.sandbox.entrata.wire import Answer, Params, Request, dollars, php, us_day
from app.sandbox.portfolio.records import Lease, Resident

STATUS_IDS = {"applicant": "1", "cancelled": "2", "future": "3", "current": "4", "notice": "5", "past": "6"}
_NAMES = {"1": "Applicant", "2": "Cancelled", "3": "Future", "4": "Current", "5": "Notice", "6": "Past"}
_FIRST = ("notice", "current", "future", "applicant", "past", "cancelled")
_OCCUPANT_IDS = 50_000_000  # people who live there without holding the lease


def status_of(terms: Sequence[Lease]) -> str:
    """The state of a stay: that of its most living term."""
    return min((term.status for term in terms), key=_FIRST.index)


def get_leases(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    stays = [(stay, terms) for stay, terms in home.stays.items() if _fits(stay, terms, home, params)]
    shown = request.paging.cut(stays)
    history = bool(params.get("includeLeaseHistory"))
    return Answer({"leases": {"lease": php([_lease(s, terms, home, history) for s, terms in shown])}}, len(stays))


def _fits(stay: int, terms: Sequence[Lease], home: Home, params: Params) -> bool:
    wanted = params.get("leaseStatusTypeIds")
    unit = params.get("unitNumber")
    ids = params.get("leaseIds")
    return (
        (wanted is None or int(STATUS_IDS[status_of(terms)]) in wanted)
        and (ids is None or stay in ids)
        and (unit is None or home.units_by_id[terms[0].unit_id].number == unit)
        and _within(terms[0].move_in_on or terms[0].start_on, params, "moveInDate")
        and _within(terms[-1].end_on, params, "leaseExpiringDate")
        and _within(terms[-1].move_out_on, params, "moveOutDate")
    )


def _within(day: date | None, params: Params, name: str) -> bool:
    start, end = params.get(f"{name}From"), params.get(f"{name}To")
    if start is None and end is None:
        return True
    return day is not None and (start is None or day >= start) and (end is None or day <= end)


def _lease(stay: int, terms: Sequence[Lease], home: Home, history: bool) -> dict[str, Any]:
    status = STATUS_IDS[status_of(terms)]
    now = next(term for term in terms if STATUS_IDS[term.status] == status)
    unit = home.units_by_id[now.unit_id]
    resident = home.residents[now.resident_id]
    shown = terms if history else [now]
    return {
        "id": str(stay),
        "leaseStatusTypeId": status,
        "propertyId": str(now.property_id),
        "moveInDate": us_day(terms[0].move_in_on),
        "moveOutDate": us_day(terms[-1].move_out_on),
        "transferDate": "",
        "propertyName": home.community.property.name,
        "leaseIntervalStatus": _NAMES[status],
        "occupancyTypeId": "1",
        "occupancyType": "Conventional",
        "isMonthToMonth": 0,
        "leaseIntervalId": str(now.id),
        "floorPlanId": str(unit.floor_plan_id),
        "floorPlanName": "",
        "paymentAllowanceType": "Allow All",
        "spaceConfiguration": "Conventional",
        "customers": {"customer": php(_customers(stay, now, resident, terms, status))},
        "unitId": str(unit.id),
        "unitSpaces": {"unitSpace": php([{"unitSpaceId": unit.id, "unitSpace": unit.number}])},
        "leaseIntervals": {"leaseInterval": php([_interval(term, terms) for term in shown])},
    }


def _interval(term: Lease, terms: Sequence[Lease]) -> dict[str, Any]:
    status = STATUS_IDS[term.status]
    first = term is terms[0]
    return {
        "id": str(term.id),
        "startDate": us_day(term.start_on),
        "endDate": us_day(term.end_on),
        "leaseIntervalTypeId": 1 if first else 3,
        "leaseIntervalTypeName": "Application" if first else "Renewal",
        "leaseIntervalStatusTypeId": int(status),
        "intervalDateTime": us_day(term.start_on),
        "applications": "",
    }


def _customers(stay: int, now: Lease, resident: Resident, terms: Sequence[Lease], status: str) -> list[dict[str, Any]]:
    others = [name for name in now.occupants if name != resident.name]
    people = [(resident.id, "Primary", resident.name, resident.email, resident.phone)]
    people += [(_OCCUPANT_IDS + stay * 10 + n, "Occupant", name, "", "") for n, name in enumerate(others)]
    return [
        {
            "id": person,
            "customerType": kind,
            "firstName": name.partition(" ")[0],
            "lastName": name.partition(" ")[2],
            "nameFull": name,
            "emailAddress": email,
            "leaseCustomerStatus": _NAMES[status],
            "moveInDate": us_day(terms[0].move_in_on),
            "moveOutDate": us_day(terms[-1].move_out_on),
            "phones": {"phone": php([_phone(phone)] if phone else [])},
        }
        for person, kind, name, email, phone in people
    ]


def _phone(e164: str) -> dict[str, Any]:
    digits = e164.removeprefix("+1")
    return {
        "phoneTypeName": "Mobile",
        "phoneType": "mobile",
        "phoneNumber": f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
        "countryCode": 1,
    }


def get_lease_details(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    wanted, one = params.get("leaseStatusTypeIds"), params.get("leaseId")
    stays = [
        (stay, terms)
        for stay, terms in home.stays.items()
        if (one is None or stay == one) and (wanted is None or int(STATUS_IDS[status_of(terms)]) in wanted)
    ]
    charges = bool(params.get("includeCharge"))
    shown = request.paging.cut(stays)
    return Answer({"leases": {"lease": php([_details(s, terms, home, charges) for s, terms in shown])}}, len(stays))


def _details(stay: int, terms: Sequence[Lease], home: Home, charges: bool) -> dict[str, Any]:
    unit = home.units_by_id[terms[-1].unit_id]
    recurring = [_charges(term, "Rent", term.rent_cents, "Monthly") for term in terms if term.rent_cents]
    one_time = [_charges(t, "Security Deposit", t.deposit_cents, "Move-In") for t in terms if t.deposit_cents]
    return {
        "leaseId": str(stay),
        "name": home.residents[terms[-1].resident_id].name,
        "propertyUnitId": str(unit.id),
        "unitNumber": unit.number,
        "addOns": "",
        "scheduledCharges": {"recurringCharge": php(recurring), "oneTimeCharge": php(one_time)} if charges else "",
    }


def _charges(term: Lease, code: str, cents: int, timing: str) -> dict[str, Any]:
    return {
        "leaseIntervalId": str(term.id),
        "leaseIntervalStatus": _NAMES[STATUS_IDS[term.status]],
        "leaseIntervalType": "Application",
        "leaseStartDate": us_day(term.start_on),
        "leaseEndDate": us_day(term.end_on),
        "charges": {
            "charge": php(
                [
                    {
                        "chargeCode": code,
                        "chargeTiming": timing,
                        "chargeUsage": "Base",
                        "chargeStartDate": us_day(term.start_on),
                        "chargeEndDate": us_day(term.end_on),
                        "chargeAmount": dollars(cents),
                    }
                ]
            )
        },
    }


def get_expiring_leases(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    start, end = request.params.get("fromDate") or store.portfolio.today, request.params["toDate"]
    shown = [(stay, terms) for stay, terms in home.stays.items() if start <= terms[-1].end_on <= end]
    return Answer({"Leases": {"Lease": php([_expiring(stay, terms, home) for stay, terms in shown])}})


def _expiring(stay: int, terms: Sequence[Lease], home: Home) -> dict[str, Any]:
    resident = home.residents[terms[-1].resident_id]
    return {
        "@attributes": {"Id": stay},
        "Resident": {"@attributes": {"Id": resident.id}, "Name": resident.name, "PhoneNumber": "", "Address": ""},
        "Unit": home.units_by_id[terms[-1].unit_id].number,
        "LeaseStatus": _NAMES[STATUS_IDS[status_of(terms)]],
        "LeaseStarts": us_day(terms[-1].start_on),
        "LeaseExpires": us_day(terms[-1].end_on),
        "NoticeDate": us_day(terms[-1].notice_given_on),
    }


def get_lease_documents_list(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    wanted = params.get("leaseStatusTypeIds")
    documents = [
        {
            "id": stay * 100 + number,
            "type": "Lease Clause",
            "name": f"clause-{stay}-{number}.pdf",
            "title": clause,
            "leaseId": str(stay),
            "externalLeaseId": "",
        }
        for stay, terms in home.stays.items()
        if wanted is None or int(STATUS_IDS[status_of(terms)]) in wanted
        for number, clause in enumerate(terms[-1].clauses)
    ]
    shown = request.paging.cut(documents)
    return Answer({"leaseDocuments": {"leaseDocument": php(shown)}}, len(documents))


def get_customers(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    home = store.home(params["propertyId"])
    wanted, ids = params.get("leaseStatusTypeIds"), params.get("customerIds")
    customers: list[dict[str, Any]] = []
    for stay, terms in home.stays.items():
        status = STATUS_IDS[status_of(terms)]
        resident = home.residents[terms[-1].resident_id]
        if (wanted is not None and int(status) not in wanted) or (ids is not None and resident.id not in ids):
            continue
        identification = {"IDValue": str(stay), "@attributes": {"IDType": "Lease ID", "Status": _NAMES[status]}}
        customers.append(
            {
                "@attributes": {"Id": str(resident.id), "ExternalId": ""},
                "LeaseId": php([{"Identification": php([identification]), "CustomerType": "Primary"}]),
                "FirstName": resident.name.partition(" ")[0],
                "LastName": resident.name.partition(" ")[2],
                "UnitNumber": home.units_by_id[terms[-1].unit_id].number,
                "BuildingName": home.units_by_id[terms[-1].unit_id].building,
                "Email": resident.email,
                "PhoneNumber": resident.phone.removeprefix("+1"),
            }
        )
    return Answer({"Customers": {"Customer": php(customers)}})


def get_marketing_preferences(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    wanted = set(request.params["customerIds"])
    shown = [resident for resident in home.community.residents if resident.id in wanted]
    return Answer(
        {
            "customers": [
                {
                    "customerId": resident.id,
                    "preferences": [
                        _preference("Email", True),
                        _preference("SMS", resident.sms_consent),
                    ],
                }
                for resident in shown
            ]
        }
    )


def _preference(channel: str, agreed: bool) -> dict[str, Any]:
    return {
        "communicationChannel": channel,
        "recipientType": "Resident",
        "recipientTypeId": "1",
        "consentType": "Express",
        "consentTypeId": 1,
        "optIn": "Yes" if agreed else "No",
    }
