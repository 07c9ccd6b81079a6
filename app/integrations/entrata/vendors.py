"""Vendors with their trade, the properties they may work for, and the day their liability insurance ends.

getVendors has all but the insurances, which getVendorLocations lists. A vendor that may not be sent anywhere stays in
the read model as one that is gone, so that its invoices still name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.db.models.maintenance import Vendor as VendorRow
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside
from app.integrations.entrata.ids import SOURCE, read_model_id
from app.integrations.entrata.property import PROPERTIES
from app.integrations.entrata.statuses import TRADE, VENDOR
from app.integrations.records import UNKNOWN, canonical, parsed, phone, sample_of

VENDORS: Final = Method("vendors", "getVendors")
LOCATIONS: Final = Method("vendors", "getVendorLocations")
EVERYWHERE_HERE: Final = f"{SOURCE}:*"
_LONGEST_LIST: Final = 4000  # characters of a vendor's property ids


class VendorReader:
    """Reads all vendors of the organization."""

    def __init__(self, client: EntrataClient) -> None:
        self._client = client

    async def read(self, reading: Reading) -> Page:
        """The only page of vendors."""
        problems = Problems()
        found = await self._client.call(VENDORS)
        insured = _insured(await self._client.call(LOCATIONS), problems)
        homes = await self._client.call(PROPERTIES)
        here = {
            one.id
            for one in parsed(
                models.Property,
                as_list(inside(homes, "PhysicalProperty", "Property")),
                Problems(),  # the properties' own reading reports them
                id_key="PropertyID",
            )
            if not one.disabled
        }
        items = as_list(inside(found, "vendors", "vendor"))
        rows: list[Row] = []
        gone: list[tuple[type[VendorRow], str]] = []
        for one in parsed(models.Vendor, items, problems, id_key="id"):
            places = _places(one) & here
            rows.append(_row(one, _approved(one, places, here, problems), insured, problems))
            active = canonical(one.status, VENDOR, "vendor status", one.id, problems) == "active"
            if active and not places:
                problems.add("vendor without a property", one.id)
            if not active or not places:
                gone.append((VendorRow, read_model_id(one.id)))
        return Page((Batch(VendorRow, rows),), "", problems.all(), tuple(gone), sample_of(items, "id"))


def _places(one: models.Vendor) -> set[str]:
    return {part.strip() for location in one.locations for part in location.property_ids.split(",") if part.strip()}


def _approved(one: models.Vendor, places: set[str], here: set[str], problems: Problems) -> str:
    """The vendor's properties as the read model lists them; as many as fit when there are too many to name."""
    if places and places == here:
        return EVERYWHERE_HERE
    listed = "|".join(read_model_id(place) for place in sorted(places, key=lambda place: (len(place), place)))
    if len(listed) <= _LONGEST_LIST:
        return listed
    problems.add("vendor with too many properties to list, though not all: the last are left out", one.id)
    return listed[: _LONGEST_LIST + 1].rpartition("|")[0]


def _row(one: models.Vendor, approved: str, insured: Mapping[str, date], problems: Problems) -> Row:
    trade = canonical(one.trade, TRADE, "vendor category", one.id, problems)
    return {
        "id": read_model_id(one.id),
        "name": one.name[:120],
        "category": "general" if trade == UNKNOWN else trade,
        "phone": next((number for contact in one.contacts if (number := phone(contact.phone))), ""),
        "email": next((contact.email for contact in one.contacts if contact.email), "")[:200],
        "property_ids": approved,
        "insured_until": insured.get(one.id),
        "rating": None,
    }


def _insured(found: Any, problems: Problems) -> Mapping[str, date]:
    """The day each vendor's liability insurance ends; of several the last day."""
    ends: dict[str, date] = {}
    items = as_list(inside(found, "Insurances", "Insurance"))
    for one in parsed(models.Insurance, items, problems, id_key="VendorId"):
        for policy in one.policies:
            if policy.until is not None and "liability" in policy.kind.lower():
                ends[one.vendor_id] = max(policy.until, ends.get(one.vendor_id, policy.until))
    return ends
