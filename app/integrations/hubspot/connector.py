"""HubSpot as a connector: which resources it has, how they are read, whether it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.db.engine import Database
from app.domain.errors import NotAllowed, NotFound, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import ServicePolicy
from app.integrations.base import ConnectorSpec, Given, Page, Reachability, Reading, Resource, Setting
from app.integrations.hubspot.client import ALLOWANCES, REMAINING, RETRY, HubSpotClient, Request, asked_to_wait
from app.integrations.hubspot.directory import Directory
from app.integrations.hubspot.ids import SOURCE, read_model_id
from app.integrations.hubspot.reading import CrmReader
from app.integrations.hubspot.records import HubSpotRecords, Tools
from app.integrations.hubspot.rows import KINDS
from app.integrations.hubspot.stages import stage_names
from app.integrations.hubspot.webhooks import Webhooks
from app.integrations.telling import Delivered, Told

LABEL: Final = "HubSpot"
BASE_URL: Final = "https://api.hubapi.com"
OVERLAP: Final = timedelta(minutes=5)  # a search shows a change only after a while
FRESH: Final = timedelta(hours=1)


def _resource(key: str, label: str) -> Resource:
    return Resource(
        key,
        label,
        (KINDS[key].table,),
        per_property=False,
        incremental=True,
        overlap=OVERLAP,
        fresh_within=FRESH,
    )


RESOURCES: Final = (
    _resource("companies", "companies"),
    _resource("contacts", "contacts"),
    _resource("deals", "deals"),
    _resource("tasks", "tasks"),
    _resource("notes", "notes"),
)


class HubSpot:
    """An opened connection to one account at HubSpot (`app.integrations.base.Connector`)."""

    def __init__(self, given: Given) -> None:
        settings = given.settings
        base_url = settings["HUBSPOT_BASE_URL"]
        policy = ServicePolicy(
            SOURCE,
            LABEL,
            EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL),
            retry=RETRY,
            allowances=ALLOWANCES,
            remaining=REMAINING,
            asked=asked_to_wait,
        )
        self._client = HubSpotClient(
            given.outbound.service(policy), base_url=base_url, token=settings["HUBSPOT_API_KEY"]
        )
        self._directory = Directory(self._client, given.clock, stage_names(settings["HUBSPOT_STAGES"]))
        self._zone = ZoneInfo(settings["TIMEZONE"])
        self._reader = CrmReader(self._client, self._directory, self._zone)
        self._given = given
        self._webhooks = Webhooks(
            client_secret=settings["HUBSPOT_CLIENT_SECRET"],
            portal_id=settings["HUBSPOT_PORTAL_ID"].strip(),
            address=settings["HUBSPOT_WEBHOOK_URL"],
            clock=given.clock,
        )

    @property
    def spec(self) -> ConnectorSpec:
        return CONNECTOR

    async def told(self, delivered: Delivered) -> tuple[Told, ...]:
        """The records that a delivery of HubSpot's is about (`app.integrations.telling.Telling`)."""
        return self._webhooks.told(delivered)

    async def reread(self, resource: str, record_id: str) -> Page:
        """One record as it is now. Asked for one that was merged into another, HubSpot gives that other one."""
        asked = (KINDS[resource].table, read_model_id(record_id))
        try:
            page = await self._reader.one(resource, record_id)
        except NotFound:
            return Page((), gone=(asked,))
        came = {row["id"] for batch in page.batches for row in batch.rows}
        return replace(page, gone=(*page.gone, asked)) if came and asked[1] not in came else page

    async def read(self, reading: Reading) -> Page:
        """One page of a resource of `RESOURCES`."""
        return await self._reader.read(reading)

    async def check(self) -> Reachability:
        """Asks for one owner with our token."""
        try:
            await self._client.results(Request("owners", "GET", "/crm/v3/owners", {"limit": "1"}))
        except NotAllowed as refused:
            return Reachability("refused", refused.for_people)
        except SophiaError as failed:
            return Reachability("unreachable", failed.for_people)
        return Reachability("ok", "HubSpot answers.")

    def writer(self, db: Database) -> HubSpotRecords:
        given = self._given
        tools = Tools(self._client, self._directory, self._reader, db, given.clock, self._zone, given.outbound.sleep)
        return HubSpotRecords(tools)


CONNECTOR: Final = ConnectorSpec(
    key=SOURCE,
    label=LABEL,
    settings=(
        Setting("HUBSPOT_API_KEY", "private-app token", secret=True),
        Setting("HUBSPOT_BASE_URL", "address", required=False, default=BASE_URL),
        Setting("HUBSPOT_STAGES", "what your own deal stages mean", required=False),
        Setting("HUBSPOT_CLIENT_SECRET", "client secret, for webhooks", secret=True, required=False),
        Setting("HUBSPOT_PORTAL_ID", "account id, for webhooks", required=False),
        Setting("HUBSPOT_WEBHOOK_URL", "target URL of the webhooks", required=False),
        Setting("TIMEZONE", "time zone", required=False, default="UTC"),
    ),
    resources=RESOURCES,
    opener=HubSpot,
)
