"""AppFolio as a connector: which resources it has, how they are read, whether it answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from app.db.engine import Database
from app.db.models.leasing import GuestCard, Lease, LedgerEntry, Resident
from app.db.models.maintenance import Vendor, WorkOrder
from app.db.models.property import FloorPlan, Property, Unit
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import ServiceClient, ServicePolicy
from app.http.pacing import Allowance
from app.integrations.appfolio import database, reports
from app.integrations.appfolio.answers import Credential
from app.integrations.appfolio.database import DatabaseClient
from app.integrations.appfolio.directory import Directory
from app.integrations.appfolio.households import Households
from app.integrations.appfolio.ids import SOURCE
from app.integrations.appfolio.leads import LeadReader
from app.integrations.appfolio.leasing import LeaseReader
from app.integrations.appfolio.ledger import LedgerReader
from app.integrations.appfolio.maintenance import WorkOrderReader
from app.integrations.appfolio.property import PropertyReader
from app.integrations.appfolio.rents import Rents
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.appfolio.vendors import VendorReader
from app.integrations.appfolio.webhooks import Keys, Webhooks
from app.integrations.appfolio.work_orders import AppFolioWorkOrders
from app.integrations.base import ConnectorSpec, Given, Page, Reachability, Reading, Resource, Setting
from app.integrations.paging import Mark
from app.integrations.telling import Delivered, Told

LABEL: Final = "AppFolio"
DATABASE_URL: Final = "https://api.appfolio.com"
REPORTS_URL: Final = "https://{vhost}.appfolio.com"
_SUB_DOMAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

# AppFolio lists by what changed in the whole account, so every resource is read once for all its properties. The
# Database API counts its pages; a report's pages belong to one run of it.
_account = partial(Resource, per_property=False)
RESOURCES: Final = (
    _account("properties", "properties", (Property,), counted=True),
    _account("units", "units", (FloorPlan, Unit), counted=True),
    _account("leases", "leases and residents", (Resident, Lease), counted=True, incremental=True),
    _account("work_orders", "work orders", (WorkOrder,), counted=True, incremental=True, bounded_by=("created_at",)),
    _account("vendors", "vendors", (Vendor,)),
    _account("leads", "guest cards", (GuestCard,), incremental=True, bounded_by=("inquired_on",)),
    _account("ledger", "ledgers", (LedgerEntry,), counted=True, incremental=True, overlap=timedelta(days=14)),
)


@dataclass(frozen=True)
class Address:
    """Where an API is; `chosen` by the operator rather than a default of ours."""

    url: str
    chosen: bool


class AppFolio:
    """An opened connection to one account at AppFolio (`app.integrations.base.Connector`)."""

    def __init__(self, given: Given) -> None:
        settings = given.settings
        template, database_url = settings["APPFOLIO_REPORTS_URL"], settings["APPFOLIO_DATABASE_URL"]
        reports_url = template.replace("{vhost}", _host(settings["APPFOLIO_VHOST"]))
        ours = Address(reports_url, chosen=template != REPORTS_URL)
        self._reports = ReportsClient(
            _service(given, f"{SOURCE}_reports", ours, reports.ALLOWANCES),
            base_url=reports_url,
            credential=Credential(settings["APPFOLIO_CLIENT_ID"], settings["APPFOLIO_API_KEY"]),
        )
        self._database = DatabaseClient(
            _service(given, SOURCE, Address(database_url, chosen=database_url != DATABASE_URL), database.ALLOWANCES),
            base_url=database_url,
            credential=Credential(settings["APPFOLIO_DATABASE_CLIENT_ID"], settings["APPFOLIO_DATABASE_API_KEY"]),
            developer_id=settings["APPFOLIO_DEVELOPER_ID"],
        )
        self._clock = clock = given.clock
        self._directory = Directory(self._database, clock)
        households, rents = Households(self._database, clock), Rents(self._reports)
        buildings = PropertyReader(self._database, self._directory, rents, clock)
        self._maintenance = WorkOrderReader(self._database, self._directory)
        keys = Keys(self._database, clock)
        self._webhooks = Webhooks(keys, settings["APPFOLIO_DATABASE_CLIENT_ID"], clock)
        self._readers: Mapping[str, Callable[[Reading], Awaitable[Page]]] = {
            "properties": buildings.read_properties,
            "units": buildings.read_units,
            "leases": LeaseReader(households, self._directory, rents, clock).read,
            "work_orders": self._maintenance.read,
            "vendors": VendorReader(self._reports).read,
            "leads": LeadReader(self._reports, self._directory, clock).read,
            "ledger": LedgerReader(self._database, self._reports, households, self._directory, clock).read,
        }

    @property
    def spec(self) -> ConnectorSpec:
        return CONNECTOR

    async def read(self, reading: Reading) -> Page:
        """One page of a resource of `RESOURCES`."""
        return await self._readers[reading.resource](reading)

    async def told(self, delivered: Delivered) -> tuple[Told, ...]:
        """The record that a delivery of AppFolio's is about (`app.integrations.telling.Telling`)."""
        return await self._webhooks.told(delivered)

    async def reread(self, resource: str, record_id: str) -> Page:
        """A work order as it is now. One that lists don't show yet leaves everything as it is."""
        return await self._maintenance.one(record_id)

    async def check(self) -> Reachability:
        """Asks both APIs for something small, each with its own credentials."""
        nowhere = {"columns": ["unit"], "properties": {"properties_ids": ["0"]}}
        try:
            await self._database.listing("properties", self._clock.now()).step(Mark())
            await self._reports.listing("rent_roll", nowhere).step(Mark())
        except NotAllowed as refused:
            return Reachability("refused", refused.for_people)
        except SophiaError as failed:
            return Reachability("unreachable", failed.for_people)
        return Reachability("ok", "AppFolio answers.")

    def writer(self, db: Database) -> AppFolioWorkOrders:
        return AppFolioWorkOrders(self._database, self._directory, db, self._clock)


def _host(vhost: str) -> str:
    """The sub-domain. Raises Fixable for anything that would lead to another host."""
    if not _SUB_DOMAIN.fullmatch(vhost):
        raise Fixable(
            "APPFOLIO_VHOST should be the acme of acme.appfolio.com.",
            next_step="An administrator can correct it.",
            code="bad_settings",
        )
    return vhost


def _service(given: Given, key: str, address: Address, allowances: tuple[Allowance, ...]) -> ServiceClient:
    egress = EgressPolicy.for_base_url(address.url, configured=address.chosen)
    policy = ServicePolicy(key, LABEL, egress, silence_seconds=60, attempt_seconds=120, allowances=allowances)
    return given.outbound.service(policy)


CONNECTOR: Final = ConnectorSpec(
    key=SOURCE,
    label=LABEL,
    settings=(
        Setting("APPFOLIO_VHOST", "your sub-domain at AppFolio"),
        Setting("APPFOLIO_CLIENT_ID", "client id of the Reports API"),
        Setting("APPFOLIO_API_KEY", "client secret of the Reports API", secret=True),
        Setting("APPFOLIO_DATABASE_CLIENT_ID", "client id of the Database API"),
        Setting("APPFOLIO_DATABASE_API_KEY", "client secret of the Database API", secret=True),
        Setting("APPFOLIO_DEVELOPER_ID", "developer id (X-AppFolio-Developer-ID)"),
        Setting("APPFOLIO_REPORTS_URL", "address of the Reports API", required=False, default=REPORTS_URL),
        Setting("APPFOLIO_DATABASE_URL", "address of the Database API", required=False, default=DATABASE_URL),
    ),
    resources=RESOURCES,
    opener=AppFolio,
)
