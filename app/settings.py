"""Every environment variable Sophia reads, typed, validated and redacted when printed.

A bad value refuses to start with a sentence that says which variable, what is wrong and how to write it. Nothing else
in the code base reads the environment. What each integration needs is in app/integrations/catalog.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.errors import Fixable

DEMO_SECRET_KEY = "demo-only-secret-key-never-use-in-production"  # noqa: S105 - named so that nobody mistakes it

KnowledgeStore = Literal["embedded", "pgvector", "pinecone", "weaviate"]
KNOWLEDGE_STORES: tuple[KnowledgeStore, ...] = get_args(KnowledgeStore)

SHORTEST_SECRET = 8  # characters; a shorter part of a list of keys would black out ordinary words


def first_key(keys: str) -> str:
    """The first of a comma-separated list of keys, for callers that need only one."""
    return keys.split(",", maxsplit=1)[0].strip()


def _empty_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must be an address that starts with https:// (or http:// on this machine)")
    return value.rstrip("/")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception as unknown:
        raise ValueError("must be an IANA time zone such as America/Chicago") from unknown
    return value


def _per_minute(value: str) -> str:
    requests, _, tokens = value.strip().partition("/")
    given = [part for part in (requests, tokens) if part]
    if value.strip() and not (given and all(part.isdecimal() and int(part) > 0 for part in given)):
        raise ValueError("must be requests/tokens a minute, such as 60/200000, 60 or /200000; empty for no limit")
    return value.strip()


NEVER_STORED = frozenset({"database_url", "postgres_password", "secret_key", "secret_key_previous"})
"""What opens the store of secrets can't be in it."""


def _floor(value: str) -> str:
    if value and not re.fullmatch(r"[a-z]\w*:-?\d*\.?\d+", value):
        raise ValueError("must be what `sophia eval floor` prints, such as openai:0.312")
    return value


Secret = Annotated[SecretStr | None, BeforeValidator(_empty_is_absent)]
Text = Annotated[str | None, BeforeValidator(_empty_is_absent)]
PerMinute = Annotated[str, AfterValidator(_per_minute)]
Address = Annotated[Annotated[str, AfterValidator(_url)] | None, BeforeValidator(_empty_is_absent)]


class Settings(BaseSettings):
    """The process's whole configuration. Field `hubspot_api_key` is the variable `HUBSPOT_API_KEY`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    _stored: Mapping[str, str] = PrivateAttr(default_factory=dict[str, str])
    _overrides: Mapping[str, Any] | None = PrivateAttr(default=None)

    # The company
    workspace_id: str = Field(
        default="T0SOPHIA", min_length=1, max_length=64, description="Slack team id of the company"
    )
    company_name: str = Field(default="Sunrise Residential", max_length=80, description="Name shown to people")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="America/Chicago", description="IANA time zone of the company"
    )

    # Process
    environment: Literal["development", "production"] = Field(
        default="development", description="production refuses demo secrets"
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on")
    port: int = Field(default=3000, ge=1, le=65535, description="Port the web process listens on")
    health_port: int = Field(
        default=0, ge=0, le=65535, description="Port for health and metrics of worker and socket; none when 0"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is logged")
    log_format: Literal["console", "json"] = Field(default="console", description="json for machines")
    executor_id: Text = Field(
        default=None, description="Unique name of this replica; made from host and process when empty"
    )

    # Storage
    data_dir: Path = Field(default=Path(".sophia"), description="Folder of the embedded database and files")
    cache_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path("~/.cache/sophia"), validate_default=True, description="Folder of what can be made again"
    )
    database_url: Secret = Field(
        default=None, description="postgresql://user:password@host/database; embedded SQLite when empty"
    )
    postgres_host: Text = Field(
        default=None, description="Instead of DATABASE_URL: host (with POSTGRES_USER, _PASSWORD, _DB)"
    )
    postgres_port: int = Field(default=5432, ge=1, le=65535, description="PostgreSQL port")
    postgres_user: str = Field(default="sophia", description="PostgreSQL user")
    postgres_password: Secret = Field(default=None, description="PostgreSQL password")
    postgres_db: str = Field(default="sophia", description="PostgreSQL database")
    redis_url: Secret = Field(
        default=None,
        description="redis://host:6379/0; replicas share there which models rest, their limits and who answers whom",
    )
    redis_host: Text = Field(default=None, description="Instead of REDIS_URL: host")
    secret_key: Secret = Field(
        default=None, description="32 random bytes, base64: encrypts stored secrets, signs approvals"
    )
    secret_key_previous: Secret = Field(
        default=None, description="After a rotation: the SECRET_KEYs before this one, comma separated"
    )
    knowledge_store: Literal["auto", KnowledgeStore] = Field(
        default="auto",
        description="Where passages of documents are kept: auto (embedded), pgvector, pinecone, weaviate",
    )
    audit_anchor: Path | None = Field(
        default=None, description="File on another disk that holds the audit chain's head"
    )

    # Slack
    slack_bot_token: Secret = Field(default=None, description="xoxb-…, from OAuth & Permissions")
    slack_app_token: Secret = Field(default=None, description="xapp-…, for Socket Mode")
    slack_signing_secret: Secret = Field(default=None, description="From Basic Information, for HTTP")
    slack_api_url: Annotated[str, AfterValidator(_url)] = Field(
        default="https://slack.com/api", description="Slack's Web API"
    )

    # How she works
    approval_hours: int = Field(default=24, ge=1, le=168, description="Hours until an unanswered approval expires")
    turns_per_hour: int = Field(default=120, ge=1, description="Questions a person may ask in an hour")
    turn_seconds: int = Field(default=120, ge=5, le=900, description="Longest time one question may take")
    sync_minutes: int = Field(default=10, ge=1, le=1440, description="Minutes between two readings of your systems")
    services_folder: Annotated[Path | None, BeforeValidator(_empty_is_absent)] = Field(
        default=None, description="Folder with your own service files (docs/adding-a-service.md)"
    )
    worker_concurrency: int = Field(
        default=32, ge=1, le=10_000, description="Questions worked on at once by one process"
    )

    # AI models
    openai_api_key: Secret = Field(
        default=None, description="sk-…; of several, the next takes over when one is limited"
    )
    openai_model: str = Field(default="gpt-5.4-mini", description="Model asked at OpenAI")
    openai_base_url: Address = Field(default=None, description="Another OpenAI-compatible address")
    anthropic_api_key: Secret = Field(default=None, description="sk-ant-…")
    anthropic_model: str = Field(default="claude-sonnet-5", description="Model asked at Anthropic")
    anthropic_base_url: Address = Field(default=None, description="Another address for Anthropic's API")
    model_order: str = Field(
        default="openai,anthropic,openrouter,portkey,together",
        description="Providers and gateways in the order in which they are tried; those without a key are left out",
    )
    model_routes_file: Annotated[Path | None, BeforeValidator(_empty_is_absent)] = Field(
        default=None, description="TOML file of routes to models (docs/models.md); MODEL_ORDER does not hold then"
    )
    model_prices: str = Field(
        default="",
        description="Own prices that win over the built-in table: my-model=0.65/2.75 (dollars per million tokens)",
    )
    ai_budget: Annotated[Decimal | None, BeforeValidator(_empty_is_absent)] = Field(
        default=None, gt=0, description="Dollars a month that models may cost the company; no limit when empty"
    )
    ai_budget_channel: Text = Field(default=None, description="Channel id that hears when that budget runs out")
    model_route_limit: PerMinute = Field(
        default="", description="Requests/tokens a minute of each model route: 500/200000; no limit when empty"
    )
    model_user_limit: PerMinute = Field(
        default="", description="Requests/tokens a minute of each person: 60/200000; no limit when empty"
    )
    model_workspace_limit: PerMinute = Field(
        default="", description="Requests/tokens a minute of the company: 900/2000000; no limit when empty"
    )
    model_cache: Literal["off", "exact", "semantic"] = Field(
        default="off",
        description="exact answers the same call of people with the same rights again, semantic also short questions "
        "that mean the same",
    )
    model_cache_minutes: int = Field(default=10, ge=1, le=1440, description="Minutes such an answer holds")
    model_hedge_percent: float = Field(
        default=0,
        ge=0,
        le=50,
        description="Percent of the spend on models that second tries may cost when a first word is late; none when 0",
    )
    model_key_hours: int = Field(
        default=0, ge=0, le=8760, description="Hours after which the next of several keys is asked first; never when 0"
    )
    model_trail_days: int = Field(
        default=30, ge=1, le=365, description="Days that `sophia why` can tell how a model was chosen"
    )
    huggingface_api_key: Secret = Field(default=None, description="hf_…")
    cohere_api_key: Secret = Field(default=None, description="Cohere API key")
    replicate_api_key: Secret = Field(default=None, description="r8_…")
    together_api_key: Secret = Field(default=None, description="Together API key")

    # Model gateways
    portkey_api_key: Secret = Field(default=None, description="Portkey API key")
    openrouter_api_key: Secret = Field(default=None, description="sk-or-…")
    kong_url: Address = Field(default=None, description="Address of the Kong AI Gateway route")
    kong_api_key: Secret = Field(default=None, description="Key that Kong asks of its callers")
    kong_services: Text = Field(
        default=None,
        description="Services reached through Kong: entrata=https://kong.example.com/entrata, hubspot=…; the others "
        "are reached directly",
    )
    kong_services_key: Secret = Field(default=None, description="Key that Kong asks on those routes")

    # Business systems
    hubspot_api_key: Secret = Field(default=None, description="Private-app token, pat-…")
    hubspot_base_url: Annotated[str, AfterValidator(_url)] = Field(
        default="https://api.hubapi.com", description="HubSpot's API"
    )
    hubspot_client_secret: Secret = Field(default=None, description="Client secret of HubSpot's app, for webhooks")
    hubspot_portal_id: Text = Field(default=None, description="HubSpot's account id, for webhooks")
    hubspot_webhook_url: Address = Field(
        default=None, description="Target URL of HubSpot's webhooks, https://…/webhooks/hubspot"
    )
    hubspot_stages: Text = Field(
        default=None, description="What your own deal stages mean: Legal review=negotiation, 1234=qualified"
    )
    gong_access_key: Secret = Field(default=None, description="Gong access key")
    gong_access_key_secret: Secret = Field(default=None, description="Gong access key secret")
    gong_api_key: Secret = Field(default=None, description="Both of these in one: key:secret")
    gong_base_url: Address = Field(default=None, description="Your Gong API address, https://…api.gong.io")
    gong_calls_per_second: int = Field(default=3, ge=1, description="What Gong allows; more by a ticket there")
    gong_calls_per_day: int = Field(default=10_000, ge=1, description="What Gong allows your company")
    salesforce_api_key: Secret = Field(default=None, description="Consumer secret of the connected app")
    salesforce_client_id: Text = Field(default=None, description="Consumer key of the connected app")
    salesforce_domain: Text = Field(default=None, description="My Domain host, acme.my.salesforce.com")
    looker_api_key: Secret = Field(default=None, description="Looker client secret")
    looker_client_id: Text = Field(default=None, description="Looker client id")
    looker_base_url: Address = Field(default=None, description="https://acme.cloud.looker.com")
    docusign_integration_key: Secret = Field(default=None, description="DocuSign integration key")
    docusign_account_id: Text = Field(default=None, description="DocuSign account id")

    # Property systems
    entrata_api_key: Secret = Field(default=None, description="Entrata API key")
    entrata_org: Text = Field(default=None, description="Entrata client sub-domain")
    entrata_base_url: Annotated[str, AfterValidator(_url)] = Field(
        default="https://apis.entrata.com", description="Entrata's API"
    )
    yardi_api_key: Secret = Field(default=None, description="Yardi interface password")
    yardi_url: Address = Field(default=None, description="https://www.yardiaspNN.com/<client>/webservices")
    yardi_user: Text = Field(default=None, description="Yardi interface user")
    yardi_server: Text = Field(default=None, description="Yardi server name")
    yardi_database: Text = Field(default=None, description="Yardi database")
    yardi_entity: Text = Field(default=None, description="Interface entity")
    yardi_license: Secret = Field(default=None, description="Interface license")
    realpage_api_key: Secret = Field(default=None, description="RealPage license key")
    realpage_url: Address = Field(default=None, description="Your partner gateway address")
    realpage_pmcid: Text = Field(default=None, description="Management company id")
    realpage_site_ids: Text = Field(default=None, description="Site ids, comma separated")
    appfolio_api_key: Secret = Field(default=None, description="Client secret of AppFolio's Reports API")
    appfolio_client_id: Text = Field(default=None, description="Client id of AppFolio's Reports API")
    appfolio_database_api_key: Secret = Field(default=None, description="Client secret of AppFolio's Database API")
    appfolio_database_client_id: Text = Field(default=None, description="Client id of AppFolio's Database API")
    appfolio_developer_id: Text = Field(default=None, description="AppFolio developer id, X-AppFolio-Developer-ID")
    appfolio_vhost: Text = Field(default=None, description="The acme of acme.appfolio.com")
    appfolio_reports_url: Address = Field(default=None, description="AppFolio's Reports API, where it is another one")
    appfolio_database_url: Address = Field(default=None, description="AppFolio's Database API, where it is another one")
    costar_api_key: Secret = Field(default=None, description="CoStar has no public API; exports are imported as files")
    buildium_api_key: Secret = Field(default=None, description="Buildium client secret")
    buildium_client_id: Text = Field(default=None, description="Buildium client id")

    # Documents
    watched_channels: str = Field(
        default="",
        description="Slack channels whose files are read for their members without a mention, by id, comma separated: "
        "C0123ABCD, C0456EFGH",
    )
    knowledge_sites: str = Field(
        default="", description="Web sites that may be read, comma separated: docs.example.com, http://wiki.local:8080"
    )
    embedder: str = Field(
        default="minilm",
        description="What makes vectors of documents: minilm (no key), openai, cohere, huggingface; see ANSWER_FLOOR",
    )
    answer_floor: Annotated[str, AfterValidator(_floor)] = Field(
        default="",
        description="How far a passage must stand out to answer, for that EMBEDDER: what `sophia eval floor` prints",
    )
    reranker: Literal["none", "cohere"] = Field(default="none", description="cohere reorders what a search found")

    # Vector databases
    pinecone_api_key: Secret = Field(default=None, description="Pinecone API key")
    pinecone_host: Address = Field(default=None, description="Your index's host, https://….pinecone.io")
    weaviate_api_key: Secret = Field(default=None, description="Weaviate API key")
    weaviate_url: Address = Field(default=None, description="Weaviate cluster address")
    weaviate_grpc_url: Address = Field(
        default=None,
        description="Its gRPC address; empty for grpc-… in Weaviate Cloud, else port 50051 of the same host",
    )

    # Communication besides Slack
    twilio_account_sid: Text = Field(default=None, description="AC…")
    twilio_auth_token: Secret = Field(default=None, description="Twilio auth token")
    twilio_from: Text = Field(default=None, description="Sending number (+1512…) or Messaging Service SID (MG…)")
    twilio_api_url: Annotated[str, AfterValidator(_url)] = Field(
        default="https://api.twilio.com", description="Twilio's API"
    )
    sendgrid_api_key: Secret = Field(default=None, description="SG.…")
    resend_api_key: Secret = Field(default=None, description="re_…")
    resend_api_url: Annotated[str, AfterValidator(_url)] = Field(
        default="https://api.resend.com", description="Resend's API"
    )
    email_from: Text = Field(default=None, description="Sender address of e-mail, on a domain you verified")
    teams_client_id: Text = Field(default=None, description="Microsoft app id")
    teams_client_secret: Secret = Field(default=None, description="Microsoft app secret")
    teams_tenant_id: Text = Field(default=None, description="Microsoft tenant id")
    zoom_account_id: Text = Field(default=None, description="Zoom account id")
    zoom_client_id: Text = Field(default=None, description="Zoom client id")
    zoom_client_secret: Secret = Field(default=None, description="Zoom client secret")

    # Payments
    stripe_api_key: Secret = Field(default=None, description="rk_… (restricted, read only) or sk_…")
    plaid_client_id: Text = Field(default=None, description="Plaid client id")
    plaid_secret: Secret = Field(default=None, description="Plaid secret")
    plaid_environment: Literal["sandbox", "production"] = Field(default="production", description="Plaid host")
    paypal_client_id: Text = Field(default=None, description="PayPal client id")
    paypal_client_secret: Secret = Field(default=None, description="PayPal secret")
    square_access_token: Secret = Field(default=None, description="Square access token")
    adyen_api_key: Secret = Field(default=None, description="Adyen API key")
    adyen_merchant_account: Text = Field(default=None, description="Adyen merchant account")
    braintree_merchant_id: Text = Field(default=None, description="Braintree merchant id")
    braintree_public_key: Text = Field(default=None, description="Braintree public key")
    braintree_private_key: Secret = Field(default=None, description="Braintree private key")

    # Analytics
    mixpanel_service_account: Text = Field(default=None, description="Mixpanel service account user")
    mixpanel_service_secret: Secret = Field(default=None, description="Mixpanel service account secret")
    mixpanel_project_id: Text = Field(default=None, description="Mixpanel project id")
    amplitude_api_key: Text = Field(default=None, description="Amplitude API key")
    amplitude_secret_key: Secret = Field(default=None, description="Amplitude secret key")
    segment_api_token: Secret = Field(default=None, description="Segment Public API token")
    ga4_property_id: Text = Field(default=None, description="GA4 property id (digits)")
    ga4_credentials_file: Path | None = Field(default=None, description="Service account JSON file")

    # Monitoring
    datadog_api_key: Secret = Field(default=None, description="Datadog API key")
    datadog_app_key: Secret = Field(default=None, description="Datadog application key, for reading")
    datadog_site: str = Field(default="datadoghq.com", description="datadoghq.com, us3.datadoghq.com, datadoghq.eu …")
    otel_exporter_otlp_endpoint: Text = Field(
        default=None,
        description="http://collector:4318, where traces go (docs/traces.md); nowhere when empty",
    )
    otel_exporter_otlp_headers: Secret = Field(default=None, description="name=value, name=value; sent with the spans")
    otel_service_name: str = Field(default="sophia", description="Under which name this process stands in traces")
    sentry_dsn: Secret = Field(default=None, description="https://…@…ingest.sentry.io/…; nothing is sent there yet")
    sentry_auth_token: Secret = Field(default=None, description="Reads issues; a DSN cannot")
    new_relic_api_key: Secret = Field(default=None, description="NRAK-…")

    # Infrastructure
    lambda_api_key: Secret = Field(default=None, description="Lambda Cloud API key")
    aws_access_key_id: Text = Field(default=None, description="AKIA… (or a role on the machine)")
    aws_secret_access_key: Secret = Field(default=None, description="AWS secret access key")
    aws_region: Text = Field(default=None, description="us-east-1 …")
    kubeconfig: Path | None = Field(default=None, description="Kubernetes configuration file")
    cloudflare_api_token: Secret = Field(default=None, description="Cloudflare API token")
    github_actions_token: Secret = Field(default=None, description="Token with the workflow scope")

    # Development
    github_token: Secret = Field(default=None, description="github_pat_… or ghp_…")
    linear_api_key: Secret = Field(default=None, description="lin_api_…")
    jira_url: Address = Field(default=None, description="https://acme.atlassian.net")
    jira_email: Text = Field(default=None, description="Jira account e-mail")
    jira_api_token: Secret = Field(default=None, description="Jira API token")
    notion_api_key: Secret = Field(default=None, description="ntn_…")
    asana_access_token: Secret = Field(default=None, description="Asana personal access token")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _starts_with(value, "xoxb-", "the Bot User OAuth Token from OAuth & Permissions")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _starts_with(value, "xapp-", "an App-Level Token with connections:write from Basic Information")

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("postgresql://", "postgres://", "sqlite:///")):
            raise ValueError("must look like postgresql://user:password@host:5432/database or sqlite:///file")
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or value.get_secret_value() == DEMO_SECRET_KEY:
            return value
        try:
            raw = base64.b64decode(value.get_secret_value(), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) < 32:
            raise ValueError("must be at least 32 random bytes in base64; make one with: openssl rand -base64 32")
        return value

    @model_validator(mode="after")
    def _production_needs_its_own_secret(self) -> Settings:
        key = self.secret_key.get_secret_value() if self.secret_key else ""
        if self.environment == "production" and key in ("", DEMO_SECRET_KEY):
            raise ValueError("SECRET_KEY must be set in production; make one with: openssl rand -base64 32")
        return self

    def with_stored(self, values: Mapping[str, str]) -> Settings:
        """These settings, with `values` (by lower-case name) for what the environment leaves empty: it wins.

        Raises Fixable for a value that a setting refuses.
        """
        filled = self.model_copy()
        lacking = {name: value for name, value in values.items() if getattr(self, name, None) is None}
        try:
            for name in lacking.keys() & type(self).model_fields.keys():
                self.__pydantic_validator__.validate_assignment(filled, name, lacking[name])
        except ValidationError as wrong:
            raise Fixable(
                "Sophia can't use these stored secrets:\n" + _lines(wrong),
                next_step="`sophia secrets set` stores another value, `sophia secrets delete` forgets it.",
                code="bad_settings",
            ) from None
        filled._stored = lacking
        return filled

    @classmethod
    def from_environment(cls, **overrides: Any) -> Settings:
        """Settings that can be read `again`. Raises what pydantic raises for a bad value."""
        made = cls(**overrides)
        made._overrides = overrides
        return made

    def again(self) -> Settings:
        """The settings as they are now in `.env`, which may have changed; these themselves when they were made by hand.

        Raises Fixable for a bad value."""
        return self if self._overrides is None else load_settings(**self._overrides)

    @property
    def stored(self) -> Mapping[str, str]:
        """The values that came from the store of secrets, by lower-case name. Never print it."""
        return self._stored

    @property
    def async_database_url(self) -> str:
        """The SQLAlchemy async address of the database: DATABASE_URL, else POSTGRES_*, else a file in DATA_DIR."""
        return self._database_address("postgresql+asyncpg", "sqlite+aiosqlite")

    @property
    def sync_database_url(self) -> str:
        """The same database for libraries that speak synchronously (the durable engine)."""
        return self._database_address("postgresql+psycopg", "sqlite")

    @property
    def signing_key(self) -> bytes:
        """Key material for approvals, the audit chain and stored secrets."""
        return (self.secret_key.get_secret_value() if self.secret_key else DEMO_SECRET_KEY).encode()

    @property
    def previous_signing_keys(self) -> tuple[bytes, ...]:
        """Keys that older signatures and stored secrets were made with, newest first."""
        given = self.secret_key_previous.get_secret_value() if self.secret_key_previous else ""
        return tuple(key.strip().encode() for key in given.split(",") if key.strip())

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Every configured secret as plain text, so that it can be kept out of logs. Never print it."""
        values = [getattr(self, name) for name in type(self).model_fields]
        plain = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        passwords = [urlsplit(value).password or "" for value in plain if "://" in value]
        previous = [key.decode() for key in self.previous_signing_keys]
        whole = (*plain, *passwords, *previous, *self._stored.values())
        parts = [part.strip() for value in whole for part in value.split(",")]
        parts += self.gong_api_key.get_secret_value().split(":") if self.gong_api_key else ()
        found = dict.fromkeys((*whole, *(part for part in parts if len(part) >= SHORTEST_SECRET)))
        return tuple(value for value in found if value and value != DEMO_SECRET_KEY)

    @property
    def redis_address(self) -> str:
        """REDIS_URL, else one made from REDIS_HOST; empty when neither is set."""
        if self.redis_url:
            return self.redis_url.get_secret_value()
        return f"redis://{self.redis_host}:6379/0" if self.redis_host else ""

    def _database_address(self, postgres: str, sqlite: str) -> str:
        if self.database_url:
            given = self.database_url.get_secret_value()
            scheme, _, rest = given.partition("://")
            return f"{sqlite if scheme == 'sqlite' else postgres}://{rest}"
        if self.postgres_host:
            password = self.postgres_password.get_secret_value() if self.postgres_password else ""
            login = quote(self.postgres_user, safe="") + (f":{quote(password, safe='')}" if password else "")
            return f"{postgres}://{login}@{self.postgres_host}:{self.postgres_port}/{self.postgres_db}"
        return f"{sqlite}:///{(self.data_dir / 'sophia.db').resolve()}"


def plain_values(settings: Settings) -> dict[str, str]:
    """Every set field as plain text, by field name. Stays inside the process: it holds secrets.

    POSTGRES_HOST and REDIS_HOST count as DATABASE_URL and REDIS_URL, GONG_API_KEY as Gong's access key and its secret.
    """
    values: dict[str, str] = {}
    for name in type(settings).model_fields:
        value: Any = getattr(settings, name)
        if value not in (None, ""):
            values[name] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if "database_url" not in values and "postgres_host" in values:
        values["database_url"] = settings.async_database_url
    if "redis_url" not in values and "redis_host" in values:
        values["redis_url"] = settings.redis_address
    key, _, secret = values.get("gong_api_key", "").partition(":")
    for name, part in (("gong_access_key", key), ("gong_access_key_secret", secret)):
        if part.strip():
            values.setdefault(name, part.strip())
    return values


def declared_values(settings: Settings, variables: Iterable[str]) -> dict[str, str]:
    """`plain_values` plus the set ones of `variables` that Settings has no field for, by lower-case name.

    A connector or provider that is one new file declares its variables there; they are read from where the fields are.
    """
    unknown: dict[str, Any] = {
        name.lower(): (Secret, None) for name in variables if name.lower() not in type(settings).model_fields
    }
    if not unknown:
        return plain_values(settings)
    reader = create_model("Declared", __base__=_Declared, **unknown)
    values = plain_values(settings)
    for name in unknown:
        value: SecretStr | None = getattr(reader(), name)
        given = value.get_secret_value() if value is not None else settings.stored.get(name)
        if given is not None:
            values[name] = given
    return values


def storable(variables: Iterable[str]) -> frozenset[str]:
    """The settings that the store of secrets may hold, by lower-case name: all secret ones but those that open the
    store, and the ones of `variables` that Settings has no field for."""
    fields = Settings.model_fields
    secret = {name for name, field in fields.items() if SecretStr in get_args(field.annotation)}
    return frozenset((secret - NEVER_STORED) | {name.lower() for name in variables if name.lower() not in fields})


class _Declared(BaseSettings):
    model_config = Settings.model_config


def _starts_with(value: SecretStr | None, prefix: str, what: str) -> SecretStr | None:
    if value and not value.get_secret_value().startswith(prefix):
        raise ValueError(f"must start with {prefix} ({what})")
    return value


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment and `.env`. Raises Fixable with one line per bad variable."""
    try:
        return Settings.from_environment(**overrides)
    except ValidationError as wrong:
        raise Fixable(
            "Sophia cannot start with these settings:\n" + _lines(wrong),
            next_step="Correct them in your environment or in .env; .env.example shows every variable.",
            code="bad_settings",
        ) from None


def _lines(wrong: ValidationError) -> str:
    errors = wrong.errors(include_input=False, include_url=False)
    return "\n".join(f"  • {_explain(error)}" for error in errors)


def _explain(error: Any) -> str:
    name = "_".join(str(part) for part in error["loc"]).upper()
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message[0].lower() + message[1:] if not message.startswith("SECRET_KEY") else message
    return f"{name}: {message}." if name else f"{message}."
