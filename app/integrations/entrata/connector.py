"""Entrata as a connector: which resources it has, how they are read, whether it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from app.db.engine import Database
from app.db.models.finance import GlMonth, Invoice
from app.db.models.leasing import GuestCard, Lease, LedgerEntry, Resident, Tour
from app.db.models.maintenance import Vendor, WorkOrder
from app.db.models.property import FloorPlan, Property, Unit
from app.domain.errors import NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import ServicePolicy
from app.integrations.base import ConnectorSpec, Given, Page, Reachability, Reading, Resource, Setting
from app.integrations.entrata.books import BookReader
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.ids import SOURCE
from app.integrations.entrata.invoices import InvoiceReader
from app.integrations.entrata.leasing import LeaseReader
from app.integrations.entrata.ledger import LedgerReader
from app.integrations.entrata.maintenance import WorkOrderReader
from app.integrations.entrata.property import read_properties, read_units
from app.integrations.entrata.prospects import ProspectReader
from app.integrations.entrata.vendors import VendorReader
from app.integrations.entrata.work_orders import EntrataWorkOrders

LABEL: Final = "Entrata"
BASE_URL: Final = "https://apis.entrata.com"
STATUS: Final = Method("status", "getStatus")

RESOURCES: Final = (
    Resource("properties", "properties", (Property,), per_property=False),
    Resource("units", "units", (FloorPlan, Unit)),
    Resource("leases", "leases and residents", (Resident, Lease), incremental=True),
    Resource("work_orders", "work orders", (WorkOrder,), incremental=True, bounded_by=("created_at",)),
    Resource("vendors", "vendors", (Vendor,), per_property=False),
    Resource(
        "tours", "guest cards and tours", (GuestCard, Tour), incremental=True, bounded_by=("inquired_on", "starts_at")
    ),
    Resource("invoices", "invoices", (Invoice,), per_property=False, incremental=True, bounded_by=("invoiced_on",)),
    Resource("gl_months", "budgets and actuals", (GlMonth,), incremental=True, bounded_by=("month",)),
    Resource("ledger", "ledgers", (LedgerEntry,), incremental=True, overlap=timedelta(days=14)),
)


class Entrata:
    """An opened connection to one organization at Entrata (`app.integrations.base.Connector`)."""

    def __init__(self, given: Given) -> None:
        settings = given.settings
        base_url = settings["ENTRATA_BASE_URL"]
        egress = EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL)
        service = given.outbound.service(ServicePolicy(SOURCE, LABEL, egress, silence_seconds=60, attempt_seconds=120))
        self._client = EntrataClient(
            service, base_url=base_url, org=settings["ENTRATA_ORG"], api_key=settings["ENTRATA_API_KEY"]
        )
        self._clock = given.clock
        self._readers: Mapping[str, Callable[[Reading], Awaitable[Page]]] = {
            "properties": partial(read_properties, self._client),
            "units": partial(read_units, self._client),
            "leases": LeaseReader(self._client).read,
            "work_orders": WorkOrderReader(self._client, self._clock).read,
            "vendors": VendorReader(self._client).read,
            "tours": ProspectReader(self._client, self._clock).read,
            "invoices": InvoiceReader(self._client, self._clock).read,
            "gl_months": BookReader(self._client, self._clock).read,
            "ledger": LedgerReader(self._client, self._clock).read,
        }

    @property
    def spec(self) -> ConnectorSpec:
        return CONNECTOR

    async def read(self, reading: Reading) -> Page:
        """One page of a resource of `RESOURCES`."""
        return await self._readers[reading.resource](reading)

    async def check(self) -> Reachability:
        """Asks for Entrata's status with our key."""
        try:
            await self._client.call(STATUS)
        except NotAllowed as refused:
            return Reachability("refused", refused.for_people)
        except SophiaError as failed:
            return Reachability("unreachable", failed.for_people)
        return Reachability("ok", "Entrata answers.")

    def writer(self, db: Database) -> EntrataWorkOrders:
        return EntrataWorkOrders(self._client, db, self._clock)


CONNECTOR: Final = ConnectorSpec(
    key=SOURCE,
    label=LABEL,
    settings=(
        Setting("ENTRATA_API_KEY", "API key", secret=True),
        Setting("ENTRATA_ORG", "organization (your sub-domain at Entrata)"),
        Setting("ENTRATA_BASE_URL", "address", required=False, default=BASE_URL),
    ),
    resources=RESOURCES,
    opener=Entrata,
)
