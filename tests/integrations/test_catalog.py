"""The catalog knows every integration the company counts on, and says only what is true of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.clock import SystemClock
from app.http.outbound import Outbound
from app.integrations.base import Reachability
from app.integrations.catalog import Integration, Probe, catalog
from app.integrations.health import State, Ways, check, inspect
from app.settings import Settings, plain_values

WANTED = """
OPENAI_API_KEY ANTHROPIC_API_KEY HUGGINGFACE_API_KEY COHERE_API_KEY REPLICATE_API_KEY TOGETHER_API_KEY PORTKEY_API_KEY
OPENROUTER_API_KEY KONG_URL KONG_API_KEY HUBSPOT_API_KEY GONG_API_KEY GONG_ACCESS_KEY GONG_ACCESS_KEY_SECRET
SALESFORCE_API_KEY LOOKER_API_KEY
YARDI_API_KEY REALPAGE_API_KEY APPFOLIO_API_KEY ENTRATA_API_KEY COSTAR_API_KEY BUILDIUM_API_KEY PINECONE_API_KEY
WEAVIATE_API_KEY SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN
SENDGRID_API_KEY RESEND_API_KEY DATADOG_API_KEY SENTRY_DSN NEW_RELIC_API_KEY LAMBDA_API_KEY GITHUB_TOKEN LINEAR_API_KEY
POSTGRES_HOST DATABASE_URL REDIS_HOST REDIS_URL SECRET_KEY
""".split()
WANTED_ROWS = """
stripe plaid paypal square adyen braintree mixpanel amplitude segment ga4 prometheus aws kubernetes cloudflare
github_actions jira notion asana teams zoom
""".split()


def test_every_wanted_variable_has_its_row_and_its_setting() -> None:
    named = {name.upper() for row in catalog() for name in (*row.needs, *row.optional)}
    assert set(WANTED) <= named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_wanted_system_has_its_row() -> None:
    assert set(WANTED_ROWS) <= {row.key for row in catalog()}


def test_every_probe_uses_only_settings_that_its_row_names() -> None:
    for row in catalog():
        if row.probe:
            text = repr(row.probe)
            for name in Settings.model_fields:
                if "{" + name + "}" in text:
                    assert name in (*row.needs, *row.optional), f"{row.key} probes with {name}"


ROW = Integration(
    "acme", "Acme", ("gong_api_key", "gong_api_secret"),
    looks_like={"gong_api_key": (r"k-\d+", "k-123")},
    probe=Probe("{gong_base_url}/ping", basic="{gong_api_key}:{gong_api_secret}", error_field="ok"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "state", "advice"),
    [
        ({}, State.NOT_SET, "set GONG_API_KEY and GONG_API_SECRET"),
        ({"gong_api_key": "k-1"}, State.INCOMPLETE, "also set GONG_API_SECRET"),
        ({"gong_api_key": "wrong", "gong_api_secret": "s"}, State.MALFORMED, "GONG_API_KEY should look like k-123"),
        ({"gong_api_key": "k-1", "gong_api_secret": "s"}, State.SET, ""),
    ],
)
def test_what_is_missing_or_malformed_is_said_without_the_network(
    values: dict[str, str], state: State, advice: str
) -> None:
    health = inspect(ROW, values)
    assert (health.state, health.advice) == (state, advice)


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(SystemClock())
    yield made
    await made.close()


@pytest.fixture
async def vendor() -> AsyncIterator[str]:
    """A small HTTP service on loopback that knows one key."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        good = "Basic ay0xOnNlY3JldA==" in head
        body = b'{"ok": true}' if good else b'{"ok": false}'
        status = b"503 Down" if "/down" in head else b"200 OK" if good or "/soft" in head else b"401 Unauthorized"
        writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize(
    ("path", "secret", "state"),
    [
        ("", "secret", State.WORKS),
        ("", "other", State.REFUSED),
        ("/soft", "other", State.REFUSED),
        ("/down", "secret", State.UNREACHABLE),
    ],
)
async def test_a_set_integration_is_called_once_and_its_answer_understood(
    vendor: str, outbound: Outbound, path: str, secret: str, state: State
) -> None:
    values = {"gong_api_key": "k-1", "gong_api_secret": secret, "gong_base_url": vendor + path}
    health = await check(ROW, values, Ways(outbound))
    assert health.state is state
    assert secret not in health.advice


async def test_no_network_is_a_state_and_not_a_crash(outbound: Outbound) -> None:
    values = {"gong_api_key": "k-1", "gong_api_secret": "s", "gong_base_url": "http://127.0.0.1:1"}
    health = await check(ROW, values, Ways(outbound))
    assert (health.state, health.advice) == (State.UNREACHABLE, "no answer from its address")


async def test_a_probe_goes_to_no_inside_address_that_the_operator_did_not_name(outbound: Outbound) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["169.254.169.254"]

    lured = Outbound(SystemClock(), resolve=inside)
    row = Integration("acme", "Acme", ("gong_api_key",), probe=Probe("https://api.acme.example/me"))
    health = await check(row, {"gong_api_key": "k-1"}, Ways(lured))
    await lured.close()
    assert health.state is State.UNREACHABLE
    assert "may not reach" in health.advice


@pytest.mark.parametrize(
    ("answer", "state", "advice"),
    [
        (Reachability("ok", "Acme answers."), State.WORKS, ""),
        (Reachability("refused", "Acme refused my credentials."), State.REFUSED, "Acme refused my credentials."),
        (Reachability("unreachable", "Acme isn't answering."), State.UNREACHABLE, "Acme isn't answering."),
    ],
)
async def test_a_connectors_own_check_comes_before_the_rows_probe(
    outbound: Outbound, answer: Reachability, state: State, advice: str
) -> None:
    async def ask() -> Reachability:
        return answer

    values = {"gong_api_key": "k-1", "gong_api_secret": "s", "gong_base_url": "http://127.0.0.1:1"}
    health = await check(ROW, values, Ways(outbound, {"acme": ask}))
    assert (health.state, health.advice) == (state, advice)


def test_gongs_key_and_secret_may_come_as_one() -> None:
    whole = Settings(gong_api_key="access-key-7:secret-part-7")
    values = plain_values(whole)
    assert (values["gong_access_key"], values["gong_access_key_secret"]) == ("access-key-7", "secret-part-7")
    assert {"access-key-7", "secret-part-7"} <= set(whole.secret_values)
    both = plain_values(Settings(gong_api_key="a:b", gong_access_key="mine", gong_access_key_secret="own"))
    assert (both["gong_access_key"], both["gong_access_key_secret"]) == ("mine", "own")
    assert "gong_access_key_secret" not in plain_values(Settings(gong_api_key="only-a-key"))
