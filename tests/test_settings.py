"""Settings refuse to start on a bad value, with a sentence, and never show a secret."""

from __future__ import annotations

import base64

import pytest

from app.cli.env import SECTIONS, example
from app.domain.errors import Fixable
from app.settings import DEMO_SECRET_KEY, Settings, load_settings
from tests.conftest import ROOT

GOOD_KEY = base64.b64encode(bytes(range(32))).decode()


def load(**values: object) -> Settings:
    return load_settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("slack_bot_token", "my-token", "SLACK_BOT_TOKEN: must start with xoxb-"),
        ("slack_app_token", "xoxb-1", "SLACK_APP_TOKEN: must start with xapp-"),
        ("port", "eighty", "PORT: input should be a valid integer"),
        ("port", "70000", "PORT: input should be less than or equal to 65535"),
        ("database_url", "mysql://x", "DATABASE_URL: must look like postgresql://"),
        ("secret_key", "short", "SECRET_KEY: must be at least 32 random bytes"),
        ("timezone", "Texas", "TIMEZONE: must be an IANA time zone"),
        ("kong_url", "kong:8000", "KONG_URL: must be an address that starts with https://"),
        ("environment", "prod", "ENVIRONMENT: input should be 'development' or 'production'"),
    ],
)
def test_a_bad_value_refuses_to_start_and_says_what_and_how(variable: str, value: str, says: str) -> None:
    with pytest.raises(Fixable) as refused:
        load(**{variable: value})
    assert says in refused.value.sentence
    assert ".env.example" in refused.value.next_step


def test_a_refusal_names_every_bad_variable_at_once() -> None:
    with pytest.raises(Fixable) as refused:
        load(port="x", log_level="loud")
    assert "PORT" in refused.value.sentence
    assert "LOG_LEVEL" in refused.value.sentence


def test_a_refusal_never_repeats_a_secret() -> None:
    with pytest.raises(Fixable) as refused:
        load(slack_bot_token="hunter2-very-secret")
    assert "hunter2" not in str(refused.value) + refused.value.for_people


def test_production_refuses_the_demo_secret_key_and_a_missing_one() -> None:
    for key in (None, DEMO_SECRET_KEY):
        with pytest.raises(Fixable, match="SECRET_KEY must be set in production"):
            load(environment="production", secret_key=key)
    assert load(environment="production", secret_key=GOOD_KEY).signing_key == GOOD_KEY.encode()


def test_an_empty_variable_counts_as_absent() -> None:
    assert load(openai_api_key=" ").openai_api_key is None


def test_printing_settings_shows_no_secret() -> None:
    settings = load(openai_api_key="sk-0123456789abcdef", postgres_password="pw-secret")
    assert "0123456789abcdef" not in repr(settings) + settings.model_dump_json()
    assert "pw-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"database_url": "postgresql://u:p@h:5432/d"}, "postgresql+asyncpg://u:p@h:5432/d"),
        ({"database_url": "postgres://u:p@h/d"}, "postgresql+asyncpg://u:p@h/d"),
        ({"database_url": "sqlite:////tmp/x.db"}, "sqlite+aiosqlite:////tmp/x.db"),
        (
            {"postgres_host": "db", "postgres_password": "p@ss/w"},
            "postgresql+asyncpg://sophia:p%40ss%2Fw@db:5432/sophia",
        ),
    ],
)
def test_the_database_address_is_made_for_the_async_engine(given: dict[str, str], expected: str) -> None:
    assert load(**given).async_database_url == expected


def test_the_example_file_holds_every_variable_and_is_up_to_date() -> None:
    assert set(SECTIONS) <= set(Settings.model_fields)
    assert (ROOT / ".env.example").read_text() == example(), "run: sophia env > .env.example"
