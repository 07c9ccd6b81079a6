"""The resource `vendors`: companies that work for the communities, and their invoices."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Answer, Params, Refused, Request, dollars, php, us_day
from app.sandbox.portfolio.register import Invoice, Vendor

_TRADES: Final = {"hvac": "HVAC", "pest": "Pest Control"}


def get_vendors(store: EntrataStore, request: Request) -> Answer:
    ids, codes = request.params.get("vendorIds"), request.params.get("vendorCodes")
    if ids is not None and codes is not None:
        raise Refused(107, "vendorIds and vendorCodes can not be used together.")
    wanted = [
        one
        for one in store.directory
        if (ids is None or one.id in ids) and (codes is None or _code(one) in codes.split(","))
    ]
    return Answer({"vendors": {"vendor": php([_vendor(one, store) for one in wanted])}})


def _code(vendor: Vendor) -> str:
    return f"V{vendor.id:04d}"


def _properties(vendor: Vendor, store: EntrataStore) -> list[int]:
    return [prop.id for prop in store.properties if not vendor.property_ids or prop.id in vendor.property_ids]


def _vendor(vendor: Vendor, store: EntrataStore) -> dict[str, Any]:
    return {
        "id": str(vendor.id),
        "vendorName": vendor.name,
        "vendorTypeId": "1",
        "vendorType": "Standard",
        "statusTypeId": "1",
        "status": "Active",
        "termId": "1",
        "term": "Net 30",
        "isConsolidated": "0",
        "externalId": "",
        "isOnSite": "0",
        "vendorCategoryTypeId": "1",
        "vendorCategoryType": _TRADES.get(vendor.category, vendor.category.title()),
        "website": "",
        "legalEntities": "",
        "apRemittances": "",
        "contacts": {
            "contact": php(
                [
                    {
                        "id": str(vendor.id),
                        "nameFirst": "The",
                        "nameLast": "Dispatch",
                        "email": vendor.email,
                        "phone": vendor.phone.removeprefix("+1"),
                        "position": "",
                    }
                ]
            )
        },
        "locations": {
            "location": php(
                [
                    {
                        "id": str(vendor.id),
                        "name": vendor.name,
                        "vendorCode": _code(vendor),
                        "isPrimary": "1",
                        "propertyIds": ",".join(map(str, _properties(vendor, store))),
                    }
                ]
            )
        },
        "compliances": "",
        "accounts": "",
    }


def get_vendor_locations(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    places = params.get("propertyIds")
    wanted = [
        one
        for one in store.directory
        if params.get("vendorId") in (None, one.id)
        and params.get("vendorName") in (None, one.name)
        and params.get("vendorCode") in (None, _code(one))
        and (places is None or set(places) & set(_properties(one, store)))
    ]
    insurances = [
        {
            "@attributes": {"Id": str(one.id), "Provider": "Lone Star Mutual"},
            "VendorId": str(one.id),
            "PolicyTypes": {
                "PolicyType": {
                    "Type": "General Liability",
                    "PolicyNumber": f"GL-{one.id:06d}",
                    "Expiration": us_day(one.insured_until),
                    "Coverages": {"Coverage": {"@attributes": {"Item": "Each Occurrence", "Amount": "1000000.00"}}},
                }
            },
        }
        for one in wanted
    ]
    locations = [
        {
            "@attributes": {"Id": str(one.id), "Name": one.name},
            "VendorId": str(one.id),
            "VendorName": one.name,
            "Status": "Active",
            "Term": "Net 30",
            "LegalEntity": {"@value": one.name, "@attributes": {"Id": str(one.id)}},
            "Properties": {
                "Property": php([{"@attributes": {"Id": str(n), "Name": ""}} for n in _properties(one, store)])
            },
            "Contacts": {
                "Contact": php(
                    [
                        {
                            "@attributes": {"Type": "Primary"},
                            "Name": "The Dispatch",
                            "PhoneNumber": one.phone.removeprefix("+1"),
                            "EmailAddress": one.email,
                        }
                    ]
                )
            },
        }
        for one in wanted
    ]
    return Answer({"Locations": {"Location": php(locations)}, "Insurances": {"Insurance": php(insurances)}})


def get_invoices(store: EntrataStore, request: Request) -> Answer:
    params = request.params
    homes = params.get("propertyIds")
    known = {prop.id for prop in store.properties}
    if homes is not None and not known.issuperset(homes):
        raise Refused(301, "Property is not valid or is disabled.")
    names = {one.id: one for one in store.portfolio.vendors}
    shown = [
        _invoice(one, names[one.vendor_id], store)
        for prop in store.properties
        if homes is None or prop.id in homes
        for one in store.office(prop.id).invoices
        if _is_wanted(one, params)
    ]
    return Answer({"invoices": {"invoice": php(shown)}})


def _is_wanted(one: Invoice, params: Params) -> bool:
    month: date | None = params.get("postMonth")
    return (
        (params.get("ids") is None or one.id in params["ids"])
        and params.get("vendorId") in (None, one.vendor_id)
        and (params.get("invoiceNumber") is None or one.number.endswith(str(params["invoiceNumber"])))
        and (month is None or one.invoiced_on.replace(day=1) == month)
        and _lies(one.invoiced_on, params, "fromDate", "toDate")
        and _lies(one.paid_on, params, "paidInvoiceFromDate", "paidInvoiceToDate")
    )


def _lies(on: date | None, params: Params, first: str, last: str) -> bool:
    start, end = params.get(first), params.get(last)
    if start is None and end is None:
        return True
    return on is not None and (start is None or on >= start) and (end is None or on <= end)


def _invoice(one: Invoice, vendor: Vendor, store: EntrataStore) -> dict[str, Any]:
    due = dollars(0 if one.status == "paid" else one.amount_cents)
    amount, month = dollars(one.amount_cents), f"{one.invoiced_on:%m/%Y}"
    home = store.home(one.property_id).community.property
    payment = {
        "paymentId": str(one.id),
        "paymentType": "ACH",
        "paymentStatus": "Cleared",
        "paymentDate": us_day(one.paid_on),
        "payeeName": vendor.name,
        "paymentAmount": amount,
        "postDate": us_day(one.paid_on),
        "isReversed": "0",
    }
    line = {
        "id": str(one.id),
        "property": {"id": str(home.id), "name": home.name, "lookupCode": ""},
        "glAccount": {"id": "6100", "name": "Repairs and Maintenance", "accountNumber": "6100"},
        "quantity": "1",
        "rate": amount,
        "amount": amount,
        "amountDue": due,
    }
    return {
        "id": str(one.id),
        "isOnHold": "0",
        "invoiceNumber": one.number,
        "date": us_day(one.invoiced_on),
        "postMonth": month,
        "dueDate": us_day(one.due_on),
        "remittance": "",
        "vendor": {"id": str(vendor.id), "name": vendor.name, "locationName": vendor.name, "address": ""},
        "invoicePayments": {"invoicePayment": php([payment] if one.paid_on else [])},
        "amount": amount,
        "amountDue": due,
        "note": one.description,
        "isPosted": "0" if one.status == "pending_approval" else "1",
        "lineItems": {"lineitem": php([line])},
    }
