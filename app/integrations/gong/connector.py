"""Gong as a connector: which resources it has, how they are read, whether it answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.db.engine import Database
from app.db.models.business import Call
from app.domain.errors import NotAllowed, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import ServicePolicy
from app.http.pacing import Allowance
from app.integrations.base import ConnectorSpec, Given, Page, Reachability, Reading, Resource, Setting
from app.integrations.gong.calls import CallReader
from app.integrations.gong.client import GongClient, Operation
from app.integrations.gong.ids import SOURCE
from app.integrations.paging import Mark
from app.integrations.writing import RecordSystem

LABEL: Final = "Gong"
BASE_URL: Final = "https://api.gong.io"
WORKSPACES: Final = Operation("workspaces", "GET", "/v2/workspaces", "workspaces")

RESOURCES: Final = (
    Resource(
        "calls",
        "calls",
        (Call,),
        per_property=False,
        incremental=True,
        overlap=timedelta(days=3),  # transcripts come hours later, edits often the day after
        bounded_by=("started_at",),
    ),
)


class Gong:
    """An opened connection to one company at Gong (`app.integrations.base.Connector`)."""

    def __init__(self, given: Given) -> None:
        settings = given.settings
        base_url = settings["GONG_BASE_URL"]
        egress = EgressPolicy.for_base_url(base_url, configured=base_url != BASE_URL)
        policy = ServicePolicy(
            SOURCE,
            LABEL,
            egress,
            connections=2,
            attempt_seconds=120,
            allowances=(
                Allowance(int(settings["GONG_CALLS_PER_SECOND"]), 1),
                Allowance(int(settings["GONG_CALLS_PER_DAY"]), 86_400),
            ),
        )
        service = given.outbound.service(policy)
        self._client = GongClient(
            service, base_url=base_url, key=settings["GONG_ACCESS_KEY"], secret=settings["GONG_ACCESS_KEY_SECRET"]
        )
        self._calls = CallReader(self._client, given.clock, base_url)

    @property
    def spec(self) -> ConnectorSpec:
        return CONNECTOR

    async def read(self, reading: Reading) -> Page:
        """One page of calls."""
        return await self._calls.read(reading)

    async def check(self) -> Reachability:
        """Asks for the company's Gong workspaces with our key."""
        try:
            await self._client.listing(WORKSPACES, {}).step(Mark())
        except NotAllowed as refused:
            return Reachability("refused", refused.for_people)
        except SophiaError as failed:
            return Reachability("unreachable", failed.for_people)
        return Reachability("ok", "Gong answers.")

    def writer(self, db: Database) -> RecordSystem | None:
        return None


CONNECTOR: Final = ConnectorSpec(
    key=SOURCE,
    label=LABEL,
    settings=(
        Setting("GONG_ACCESS_KEY", "access key", secret=True),
        Setting("GONG_ACCESS_KEY_SECRET", "access key secret", secret=True),
        Setting("GONG_BASE_URL", "address", required=False, default=BASE_URL),
        Setting("GONG_CALLS_PER_SECOND", "calls a second", required=False, default="3"),
        Setting("GONG_CALLS_PER_DAY", "calls a day", required=False, default="10000"),
    ),
    resources=RESOURCES,
    opener=Gong,
)
