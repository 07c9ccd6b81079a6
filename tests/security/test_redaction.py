"""No secret gets through: shapes, checksums, and every value of every setting."""

from __future__ import annotations

import base64
import json

import pytest
from pydantic import SecretStr

from app.security.redaction import Redactor, is_card_number, is_routing_number
from app.settings import Settings, load_settings

R = "aB3" * 16  # a run of letters and digits, so that nothing here looks like a real key to scanners
HEX = "0a1b2c3d" * 4

KEYS = {
    "openai": f"sk-{R}",
    "openai project": f"sk-proj-{R}",
    "anthropic": f"sk-ant-{R}",
    "openrouter": f"sk-or-v1-{HEX}{HEX}",
    "huggingface": f"hf_{R}",
    "replicate": f"r8_{R}",
    "together": f"tgp_v1_{R}",
    "pinecone": f"pcsk_{R}",
    "slack bot": f"xoxb-123456789012-{R}",
    "slack app": f"xapp-1-A0123456789-{R}",
    "slack webhook": f"https://hooks.slack.com/services/T0/B0/{R}",
    "github": f"ghp_{R}",
    "github fine-grained": f"github_pat_{R}",
    "aws": "AKIA" + "ABCDEFGH12345678",
    "google": f"AIza{R}",
    "stripe": f"sk_live_{R}",
    "stripe restricted": f"rk_test_{R}",
    "webhook secret": f"whsec_{R}",
    "square": f"sq0atp-{R}",
    "sendgrid": f"SG.{R}.{R}",
    "resend": f"re_{R}",
    "twilio": f"SK{HEX}",
    "hubspot": "pat-na1-" + "0a1b2c3d-" * 4,
    "linear": f"lin_api_{R}",
    "notion": f"ntn_{R}",
    "new relic": "NRAK-" + "ABCDEFGH12345678",
    "plaid": "access-production-" + "0a1b2c3d-" * 4,
    "salesforce": f"00Dxx0000001gPL!{R}",
    "web token": f"eyJ{R}.eyJ{R}.{R}",
    "private key": f"-----BEGIN RSA PRIVATE KEY-----\n{R}\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("vendor", KEYS)
def test_the_keys_of_known_vendors_are_hidden_wherever_they_stand(vendor: str) -> None:
    key = KEYS[vendor]
    for text in (key, f"before {key} after", f'{{"x": "{key}"}}', f"https://x.example/?q={key}"):
        hidden = Redactor().text(text)
        assert key not in hidden
        assert R not in hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("curl -H 'authorization: Basic dXNlcjpwYXNzd29yZA=='", "dXNlcjpwYXNzd29yZA"),
        ("postgresql://sophia:pw-secret@db/sophia", "pw-secret"),
        ("redis://:pw-secret@cache:6379/0", "pw-secret"),
        ("https://0a1b2c3d4e5f60718293a4b5c6d7e8f9@o1.ingest.sentry.io/1", "0a1b2c3d4e5f"),
        ("GET /x?token=abcdef&page=2", "abcdef"),
        ("password=hunter2", "hunter2"),
        ('{"client_secret": "hunter2"}', "hunter2"),
        ("TWILIO_AUTH_TOKEN=hunter2", "hunter2"),
        ("card 4111 1111 1111 1111 please", "1111 1111"),
        ("amex 378282246310005", "378282246310005"),
        ("SSN 078-05-1120", "078-05"),
        ("social security number is 078051120", "078051120"),
        ("routing number 111000025", "111000025"),
        ("account number: 000123456789", "000123456789"),
    ],
)
def test_what_must_never_be_logged_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in Redactor().text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Unit 204 at Maple Grove rents for $1,895 since 2026-03-18.",
        "Call (512) 555-0142 or +1 512-555-0142 about WO-1042.",
        "entrata:900001 · channel C0123456789 · ts 1767600000.000100",
        "4111 1111 1111 1112 has a wrong checksum; routing 111000026 too",
        "123-45-678 and 000-12-3456 are no social security numbers",
        "input_tokens 512, output_tokens 77",
        "https://example.com/path?page=2&q=maple",
        "The tokens of the season: a password-free visit.",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor().text(text) == text


def test_checksums_decide() -> None:
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")
    assert not is_card_number("1111111111111117"), "no card brand begins like this"
    assert is_routing_number("111000025")
    assert not is_routing_number("111000026")


def test_nested_values_are_redacted_and_telling_names_hidden_whole() -> None:
    given = {"a": ["password=x1y2z3", {"api_key": "plain"}], "n": 5, "when": None, b"k": b"token=x1y2z3"}
    hidden = Redactor().value(given)
    assert "x1y2z3" not in str(hidden)
    assert hidden["a"][1] == {"api_key": "[hidden]"}
    assert (hidden["n"], hidden["when"]) == (5, None)


def test_the_name_alone_does_not_hide_numbers_or_emptiness() -> None:
    assert Redactor().value({"token": "", "input_token": 5}) == {"token": "", "input_token": 5}


def _canaries() -> dict[str, str]:
    """A value for every secret setting that nothing but knowing it could recognise."""
    names = [name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)]
    special = {
        "slack_bot_token": "xoxb-canary{n}canary",
        "slack_app_token": "xapp-canary{n}canary",
        "database_url": "postgresql://user:canary{n}canary@db/sophia",
    }
    values = {name: special.get(name, "canary{n}/ca nary").format(n=n) for n, name in enumerate(names, 100)}
    values["secret_key"] = base64.b64encode(b"canary" * 6).decode()
    return values


def test_no_value_of_any_secret_setting_gets_through() -> None:
    values = _canaries()
    assert len(values) > 40
    settings = load_settings(_env_file=None, **values)
    redactor = Redactor(settings.secret_values)
    for name, value in values.items():
        assert isinstance(getattr(settings, name), SecretStr), name
        for text in (value, f"error near {value}!", json.dumps({"x": [value]}), f"'{value}'"):
            hidden = redactor.text(text)
            assert value not in hidden, name
            assert "canary" not in hidden.replace("[hidden", ""), name


def test_the_password_of_the_database_is_hidden_by_itself_too() -> None:
    settings = load_settings(_env_file=None, database_url="postgresql://u:pw-canary-1@db/d")
    assert "pw-canary-1" not in Redactor(settings.secret_values).text("could not log in with pw-canary-1")
