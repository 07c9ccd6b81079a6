"""Where errors and figures of Sophia herself go."""

from app.integrations.catalog import Integration, Probe

AREA = "Monitoring"

ROWS = (
    Integration("prometheus", "Prometheus", (), built_in=True, does="metrics at /metrics of each process"),
    Integration(
        "opentelemetry",
        "OpenTelemetry",
        ("otel_exporter_otlp_endpoint",),
        optional=("otel_exporter_otlp_headers", "otel_service_name"),
        looks_like={"otel_exporter_otlp_endpoint": (r"https?://[^/\s]+(/\S*)?", "http://collector:4318")},
        does="gets the traces of turns, models, tools and calls to services",
    ),
    Integration(
        "datadog",
        "Datadog",
        ("datadog_api_key",),
        optional=("datadog_app_key", "datadog_site"),
        probe=Probe("https://api.{datadog_site}/api/v1/validate", headers={"DD-API-KEY": "{datadog_api_key}"}),
        note="A wrong DATADOG_SITE answers 403 even for a good key.",
    ),
    Integration(
        "sentry",
        "Sentry",
        ("sentry_dsn",),
        optional=("sentry_auth_token",),
        looks_like={"sentry_dsn": (r"https://\w+@[\w.-]+/\d+", "https://…@…ingest.sentry.io/123")},
    ),
    Integration(
        "new_relic",
        "New Relic",
        ("new_relic_api_key",),
        looks_like={"new_relic_api_key": (r"NRAK-\w{10,}", "NRAK-…")},
        probe=Probe(
            "https://api.newrelic.com/graphql",
            method="POST",
            headers={"API-Key": "{new_relic_api_key}"},
            body={"query": "{ actor { user { id } } }"},
        ),
    ),
)
