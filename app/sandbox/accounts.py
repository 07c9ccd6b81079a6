"""The accounts that the stand-ins know, so that whoever points Sophia at them need not load the stand-ins. Made up."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_ORG, DEMO_KEY, DEMO_SEED = "sunrise", "demo-entrata-key", 7
GONG_ACCESS_KEY, GONG_ACCESS_SECRET = "UQ4SKDEMO7HEARTH", "demo-gong-access-key-secret"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The one account Twilio's stand-in knows."""

    sid: str = "AC" + "0" * 31 + "1"
    auth_token: str = "local-twilio-token"  # noqa: S105
    numbers: tuple[str, ...] = ("+15125550100",)
    services: tuple[str, ...] = ("MG" + "0" * 31 + "1",)


@dataclass(frozen=True, slots=True)
class HubSpotAccount:
    """The one private app HubSpot's stand-in knows."""

    token: str = "pat-na1-00000000-demo-0000-0000-000000000001"  # noqa: S105
    client_secret: str = "local-hubspot-secret"  # noqa: S105
    portal_id: int = 7_654_321


@dataclass(frozen=True, slots=True)
class AppFolioAccount:
    """The one account AppFolio's stand-in knows, and which of the demo's communities are managed there."""

    vhost: str = "sunrise"
    reports: tuple[str, str] = ("demo-reports-id", "demo-reports-secret")
    database: tuple[str, str] = ("demo-database-id", "demo-database-secret")
    developer_id: str = "demo-developer"
    communities: tuple[str, ...] = ("Cedar Ridge", "Stonegate")
