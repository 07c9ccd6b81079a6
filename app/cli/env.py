"""`sophia env`: an example of every variable, as it stands in .env.example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo

from app.integrations.declared.registry import all_services
from app.settings import Settings

SECTIONS = {
    "workspace_id": "The company",
    "environment": "The process",
    "data_dir": "Storage",
    "slack_bot_token": "Slack",
    "approval_hours": "How she works",
    "openai_api_key": "AI models (without any of them the embedded planner answers)",
    "portkey_api_key": "Model gateways",
    "hubspot_api_key": "Business systems",
    "entrata_api_key": "Property systems",
    "knowledge_sites": "Documents",
    "pinecone_api_key": "Vector databases",
    "twilio_account_sid": "Communication besides Slack",
    "stripe_api_key": "Payments",
    "mixpanel_service_account": "Analytics",
    "datadog_api_key": "Monitoring",
    "lambda_api_key": "Infrastructure",
    "github_token": "Development",
}


def register(app: typer.Typer) -> None:
    @app.command()
    def env() -> None:
        """Print an example .env with every variable, what it is and its default."""
        typer.echo(example(), nl=False)


def example() -> str:
    """The text of .env.example: every variable commented out, with its default where it has one."""
    lines = [
        "# Every variable Sophia reads. None is needed for `make demo`.",
        "# Copy this file to .env and fill in what you have; `sophia doctor` says what is missing.",
    ]
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            lines += ["", f"# ── {SECTIONS[name]} ──"]
        lines += [f"# {field.description}", f"#{name.upper()}={_shown(field)}"]
    lines += ["", "# ── Declared services (docs/adding-a-service.md) ──"]
    for service in all_services().values():
        for setting in service.settings:
            if setting.variable.lower() not in Settings.model_fields:
                lines += [f"# {service.label}: {setting.label}", f"#{setting.variable}={setting.default}"]
        lines += [f"# {service.label}'s address", f"#{service.address_variable}={service.address}"]
    return "\n".join(lines) + "\n"


def _shown(field: FieldInfo) -> str:
    default: Any = field.default
    return "" if default is None else default.as_posix() if isinstance(default, Path) else str(default)
