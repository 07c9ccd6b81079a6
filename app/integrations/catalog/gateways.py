"""Model gateways."""

from app.integrations.catalog import Integration, Probe

AREA = "Model gateways"

ROWS = (
    Integration(
        "portkey",
        "Portkey",
        ("portkey_api_key",),
        probe=Probe("https://api.portkey.ai/v1/models", headers={"x-portkey-api-key": "{portkey_api_key}"}),
    ),
    Integration(
        "openrouter",
        "OpenRouter",
        ("openrouter_api_key",),
        looks_like={"openrouter_api_key": (r"sk-or-\S{16,}", "sk-or-…")},
        probe=Probe("https://openrouter.ai/api/v1/key", headers={"Authorization": "Bearer {openrouter_api_key}"}),
    ),
    Integration(
        "kong",
        "Kong AI Gateway",
        ("kong_url", "kong_api_key"),
        probe=Probe("{kong_url}", headers={"apikey": "{kong_api_key}"}, ok=(200, 404, 405)),
        note="A 404 or 405 from the route's root still shows that Kong took the key.",
    ),
    Integration(
        "kong_services",
        "Kong service routes",
        ("kong_services",),
        ("kong_services_key",),
        does="business and property systems reached through Kong",
    ),
)
