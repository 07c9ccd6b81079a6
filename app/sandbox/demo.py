"""The demo: which stand-ins there are, how Sophia is pointed at them, and what her database holds at the start.

Nothing here is a short cut through the product: the settings below are ordinary settings, and the data comes in
through the connectors as it would from the real systems. Whoever only needs the settings loads no stand-in.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.clock import Clock, local_date
from app.sandbox.accounts import (
    DEMO_KEY,
    DEMO_ORG,
    DEMO_SEED,
    GONG_ACCESS_KEY,
    GONG_ACCESS_SECRET,
    AppFolioAccount,
    HubSpotAccount,
    TwilioAccount,
)
from app.sandbox.slack.config import SandboxConfig
from app.settings import DEMO_SECRET_KEY

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.applications import Starlette

    from app.db.engine import Database
    from app.knowledge.library import Library
    from app.sandbox.portfolio.portfolio import Portfolio

TIMEZONE = "America/Chicago"
MANIFEST = Path(__file__).resolve().parents[2] / "manifest.yml"
MADE_ON = "made-on"
READY = "ready"


@dataclass(frozen=True)
class Ports:
    """Loopback ports: the workspace's page (with Slack's, Twilio's and Resend's APIs), and the APIs of the property
    and business systems."""

    page: int = 8765
    systems: int = 8931


DEMO = Ports()


@dataclass(frozen=True)
class DemoWorld:
    """The demo of one day in one folder. The portfolio is made about that day, so another day gets a fresh one."""

    folder: Path
    clock: Clock
    today: date
    ports: Ports

    @classmethod
    def at(cls, folder: Path, clock: Clock, *, page: int = DEMO.page, systems: int = DEMO.systems) -> DemoWorld:
        return cls(folder, clock, local_date(clock, TIMEZONE), Ports(page, systems))

    @property
    def address(self) -> str:
        """Of the workspace's page."""
        return f"http://127.0.0.1:{self.ports.page}"

    @property
    def portfolio(self) -> Portfolio:
        from app.sandbox.portfolio.portfolio import Portfolio  # noqa: PLC0415

        return Portfolio(DEMO_SEED, self.today)

    @property
    def is_ready(self) -> bool:
        """True when the folder holds a complete demo of today."""
        return self._noted(MADE_ON) == self.today.isoformat() and self._noted(READY) == "yes"

    @property
    def is_stale(self) -> bool:
        """True when the folder holds the demo of another day."""
        return self._noted(MADE_ON) not in ("", self.today.isoformat())

    def begin(self, *, fresh: bool = False) -> None:
        """An empty folder for today's demo, unless a complete one is there already."""
        if fresh or not self.is_ready:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            (self.folder / MADE_ON).write_text(self.today.isoformat(), encoding="utf-8")

    def finish(self) -> None:
        """Notes that everything is loaded."""
        (self.folder / READY).write_text("yes", encoding="utf-8")

    def settings(self) -> dict[str, Any]:
        """Settings that point Sophia at the stand-ins. Model keys of the environment stay in force."""
        slack, account, appfolio = SandboxConfig(), TwilioAccount(), AppFolioAccount()
        systems = f"http://127.0.0.1:{self.ports.systems}"
        return {
            "environment": "development",
            "workspace_id": slack.workspace.id,
            "company_name": slack.workspace.name,
            "timezone": TIMEZONE,
            "data_dir": self.folder,
            "database_url": None,
            "postgres_host": None,
            "knowledge_store": "embedded",
            "secret_key": DEMO_SECRET_KEY,
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": f"{self.address}/api",
            "entrata_api_key": DEMO_KEY,
            "entrata_org": DEMO_ORG,
            "entrata_base_url": systems,
            "appfolio_vhost": appfolio.vhost,
            "appfolio_client_id": appfolio.reports[0],
            "appfolio_api_key": appfolio.reports[1],
            "appfolio_database_client_id": appfolio.database[0],
            "appfolio_database_api_key": appfolio.database[1],
            "appfolio_developer_id": appfolio.developer_id,
            "appfolio_reports_url": f"{systems}/appfolio",
            "appfolio_database_url": f"{systems}/appfolio",
            "hubspot_api_key": HubSpotAccount().token,
            "hubspot_base_url": f"{systems}/hubspot",
            "hubspot_stages": None,
            "gong_access_key": GONG_ACCESS_KEY,
            "gong_access_key_secret": GONG_ACCESS_SECRET,
            "gong_base_url": f"{systems}/gong",
            "twilio_account_sid": account.sid,
            "twilio_auth_token": account.auth_token,
            "twilio_from": account.numbers[0],
            "twilio_api_url": self.address,
            "resend_api_key": "re_local",
            "resend_api_url": self.address,
            "sendgrid_api_key": None,
            "email_from": "Sophia <sophia@hearth.example>",
        }

    def slack_app(self) -> FastAPI:
        """The workspace with Sophia installed from her own manifest, so that it grants what a real one would."""
        import yaml  # noqa: PLC0415

        from app.sandbox.slack.manifest import apply_manifest  # noqa: PLC0415
        from app.sandbox.slack.server import create_app  # noqa: PLC0415

        manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
        return create_app(apply_manifest(SandboxConfig(data_dir=self.folder / "workspace"), manifest))

    def systems_app(self) -> Starlette:
        """The property and business systems, each below a path of its own; Entrata is what is left."""
        from starlette.applications import Starlette  # noqa: PLC0415
        from starlette.routing import Mount  # noqa: PLC0415

        below = {"/appfolio": self._appfolio(), "/hubspot": self._hubspot(), "/gong": self._gong()}
        return Starlette(routes=[Mount(path, app) for path, app in {**below, "/": self._entrata()}.items()])

    @property
    def elsewhere(self) -> dict[int, str]:
        """The read-model ids of the communities that are managed in AppFolio instead of Entrata."""
        from app.sandbox.appfolio.ids import uuid_of  # noqa: PLC0415

        ids = self.portfolio.ids_of(AppFolioAccount().communities)
        return {number: f"appfolio:{uuid_of('property', number)}" for number in ids}

    @property
    def vendors_elsewhere(self) -> dict[int, str]:
        """The read-model ids of vendors in AppFolio."""
        from app.sandbox.appfolio.ids import uuid_of  # noqa: PLC0415

        return {one.id: f"appfolio:{uuid_of('vendor', one.name)}" for one in self.portfolio.vendors}

    def _appfolio(self) -> Starlette:
        from app.sandbox.appfolio.server import AppFolioServer  # noqa: PLC0415
        from app.sandbox.appfolio.store import AppFolioStore  # noqa: PLC0415

        store = AppFolioStore(
            self.folder / "appfolio",
            self.clock,
            seed=DEMO_SEED,
            today=self.today,
            property_ids=tuple(self.elsewhere),
            visible_after=timedelta(seconds=2),
        )
        return AppFolioServer(store).asgi()

    def _gong(self) -> Starlette:
        from app.sandbox.gong.server import GongServer  # noqa: PLC0415
        from app.sandbox.gong.store import GongStore  # noqa: PLC0415

        address = f"http://127.0.0.1:{self.ports.systems}/gong"
        return GongServer(GongStore(self.portfolio, SandboxConfig().workspace, address=address)).asgi()

    def _hubspot(self) -> Starlette:
        from app.sandbox.hubspot.running import hubspot_server  # noqa: PLC0415

        folder = self.folder / "hubspot"
        return hubspot_server(folder, self.clock, HubSpotAccount(), seed=DEMO_SEED, today=self.today).asgi()

    def _entrata(self) -> Starlette:
        from app.sandbox.entrata.server import EntrataServer  # noqa: PLC0415
        from app.sandbox.entrata.store import EntrataStore  # noqa: PLC0415

        elsewhere = frozenset(self.elsewhere)
        store = EntrataStore(self.folder / "entrata", self.clock, seed=DEMO_SEED, today=self.today, elsewhere=elsewhere)
        return EntrataServer(store, DEMO_ORG, DEMO_KEY).asgi()

    async def load_own_records(self, db: Database) -> None:
        """The team, and what no live source holds yet (comps; AppFolio's tours, invoices and books)."""
        from app.sandbox.portfolio.load import load_register, load_team  # noqa: PLC0415

        workspace = SandboxConfig().workspace
        await load_team(db, workspace.id, workspace, self.portfolio, elsewhere=self.elsewhere)
        await load_register(
            db,
            workspace.id,
            self.portfolio,
            as_of=self.clock.now(),
            elsewhere=self.elsewhere,
            vendors_elsewhere=self.vendors_elsewhere,
        )

    async def load_handbook(self, library: Library) -> int:
        """Takes the handbook in; returns how many pages it has. What is in already costs nothing."""
        from app.knowledge.library import Arriving  # noqa: PLC0415
        from app.knowledge.passages import DocumentKind  # noqa: PLC0415
        from app.knowledge.reading.base import Material  # noqa: PLC0415
        from app.sandbox.handbook import pages  # noqa: PLC0415

        found = list(pages())
        for page in found:
            arriving = Arriving(
                id=f"file:handbook/{page.name}",
                title=page.path.stem,
                kind=DocumentKind.FILE,
                readers=page.readers,
                dated=self.clock.now(),
                material=Material(page.path.name, page.path.read_bytes()),
            )
            await library.take_in(SandboxConfig().workspace.id, arriving)
        return len(found)

    def _noted(self, name: str) -> str:
        note = self.folder / name
        return note.read_text(encoding="utf-8") if note.exists() else ""
