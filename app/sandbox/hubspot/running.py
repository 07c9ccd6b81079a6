"""Puts the stand-in together over a demo portfolio."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.domain.clock import Clock
from app.sandbox.accounts import HubSpotAccount
from app.sandbox.hubspot.seed import seeded
from app.sandbox.hubspot.server import HubSpotServer
from app.sandbox.hubspot.store import HubSpotStore
from app.sandbox.hubspot.webhooks import Webhooks
from app.sandbox.portfolio.portfolio import Portfolio


def hubspot_server(data: Path, clock: Clock, account: HubSpotAccount, *, seed: int, today: date) -> HubSpotServer:
    """The account's API; its records are kept in the folder `data`."""
    store = HubSpotStore(data, clock, lambda day: seeded(Portfolio(seed, day)), today)
    webhooks = Webhooks(clock, client_secret=account.client_secret, portal_id=account.portal_id)
    return HubSpotServer(store, account.token, webhooks)
