"""From settings to the outside services that stand beside the models: senders, reranker, answer cache, memberships.

Not for: models (app/model_setup.py), or connectors and stores, which their own registries open.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.files import SlackFiles
from app.channels.slack.memberships import Memberships
from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.gateways.cache.alike import Alike
from app.gateways.cache.ladder import AnswerCache
from app.gateways.cache.shelves import OwnShelf, RedisShelf, Shelf
from app.gateways.pool.pools import Pools
from app.http.outbound import Outbound
from app.imports.shared import SharedImports
from app.integrations.resend import ResendEmail
from app.integrations.sendgrid import SendGridEmail
from app.integrations.twilio import TwilioSms
from app.knowledge.embedders.base import Embedder
from app.knowledge.reranking import CohereReranker
from app.security.audit import AuditLog
from app.security.budget import TURN_LIMITS, Limits
from app.security.keys import KeyRing
from app.security.outgoing import Provider
from app.settings import Settings
from app.telemetry.spans import send_to
from app.tools.core.services import ChannelsOf, Imports, NoImports, no_channels

_SLACK_SECONDS = 30


def reranker(settings: Settings, values: Mapping[str, str], pools: Pools) -> CohereReranker | None:
    """What reorders found passages, if the operator chose one. Raises Fixable when its key is not set."""
    if settings.reranker == "none":
        return None
    if settings.cohere_api_key is None:
        raise Fixable(
            "RERANKER is cohere, and COHERE_API_KEY is not set.",
            next_step="Set COHERE_API_KEY, or RERANKER=none.",
            code="reranker_without_key",
        )
    return CohereReranker(pools, values)


def answer_cache(settings: Settings, embedder: Embedder) -> AnswerCache | None:
    """Answers that people with the same rights share, in Redis when there is one; None when that is off."""
    if settings.model_cache == "off":
        return None
    shelf: Shelf = OwnShelf(time.monotonic)
    if settings.redis_address:
        keys = KeyRing(settings.signing_key, settings.previous_signing_keys).derived("model answers")
        shelf = RedisShelf(settings.redis_address, keys, time.monotonic)
    alike = Alike(embedder.question) if settings.model_cache == "semantic" else None
    return AnswerCache(shelf, settings.model_cache_minutes * 60, alike)


@asynccontextmanager
async def sending_spans(settings: Settings, redact: Callable[[str], str]) -> AsyncGenerator[None]:
    """Sends spans to the collector that is set, if one is."""
    if settings.otel_exporter_otlp_endpoint is None:
        yield
        return
    from app.telemetry.otlp import OtlpSink  # noqa: PLC0415 - loads OpenTelemetry, which nobody else needs

    headers = settings.otel_exporter_otlp_headers
    sink = OtlpSink(
        settings.otel_exporter_otlp_endpoint,
        headers=headers.get_secret_value() if headers else "",
        service=settings.otel_service_name,
        version=version("sophia"),
        redact=redact,
    )
    send_to(sink)
    try:
        yield
    finally:
        send_to(None)
        await sink.aclose()


def turn_limits(settings: Settings) -> Limits:
    """How many questions a person and the company may ask."""
    return Limits(
        person_minute=TURN_LIMITS.person_minute,
        person_hour=settings.turns_per_hour,
        person_day=TURN_LIMITS.person_day,
        workspace_minute=TURN_LIMITS.workspace_minute,
        workspace_day=TURN_LIMITS.workspace_day,
    )


def channels_of(settings: Settings, outbound: Outbound, clock: Clock) -> ChannelsOf:
    """Says which Slack channels a person is in; none without Slack."""
    if settings.slack_bot_token is None:
        return no_channels
    token = settings.slack_bot_token.get_secret_value()
    return Memberships(outbound, clock, token=token, api_url=settings.slack_api_url).channels_of


def imports_of_shared_files(
    settings: Settings, db: Database, outbound: Outbound, clock: Clock, audit: AuditLog
) -> Imports:
    """Imports of files that people shared in Slack; none without Slack."""
    if settings.slack_bot_token is None:
        return NoImports()
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(token=token, base_url=f"{settings.slack_api_url}/", timeout=_SLACK_SECONDS)
    files = SlackFiles(client, outbound, token=token, api_url=settings.slack_api_url)
    return SharedImports(db, clock, settings.timezone, audit, files.fetch)


def sms_provider(settings: Settings, outbound: Outbound) -> Provider | None:
    """What sends text messages; None until Twilio is set."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from):
        return None
    return TwilioSms(
        outbound,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_api_url,
    )


def email_provider(settings: Settings, outbound: Outbound) -> Provider | None:
    """What sends e-mail: Resend before SendGrid; None until one is set."""
    if not settings.email_from:
        return None
    if settings.resend_api_key:
        key = settings.resend_api_key.get_secret_value()
        return ResendEmail(outbound, api_key=key, sender=settings.email_from, base_url=settings.resend_api_url)
    if settings.sendgrid_api_key:
        key = settings.sendgrid_api_key.get_secret_value()
        return SendGridEmail(outbound, api_key=key, sender=settings.email_from)
    return None
