"""Business systems: CRM, calls, reports, signatures."""

from app.integrations.catalog import Integration, Probe

AREA = "Business systems"

ROWS = (
    Integration(
        "hubspot",
        "HubSpot",
        ("hubspot_api_key",),
        optional=(
            "hubspot_base_url",
            "hubspot_stages",
            "hubspot_client_secret",
            "hubspot_portal_id",
            "hubspot_webhook_url",
        ),
        looks_like={"hubspot_api_key": (r"pat-\S{10,}", "a private-app token, pat-na1-…")},
        probe=Probe(
            "https://api.hubapi.com/crm/v3/owners?limit=1", headers={"Authorization": "Bearer {hubspot_api_key}"}
        ),
        does="companies, contacts, deals, tasks and notes, both ways",
        note="A private-app token; HubSpot's old API keys stopped working in 2022.",
    ),
    Integration(
        "gong",
        "Gong",
        ("gong_access_key", "gong_access_key_secret"),
        optional=("gong_base_url", "gong_api_key", "gong_calls_per_second", "gong_calls_per_day"),
        looks_like={"gong_api_key": (r"[^\s:]+:[^\s:]+", "key:secret, as GONG_ACCESS_KEY and GONG_ACCESS_KEY_SECRET")},
        does="calls with participants and transcripts; read only",
        note="Gong shows the key, its secret and your own GONG_BASE_URL on one page.",
    ),
    Integration(
        "salesforce",
        "Salesforce",
        ("salesforce_client_id", "salesforce_api_key", "salesforce_domain"),
        looks_like={"salesforce_domain": (r"[\w.-]+\.salesforce\.com", "acme.my.salesforce.com")},
        probe=Probe(
            "https://{salesforce_domain}/services/oauth2/token",
            method="POST",
            form=True,
            body={
                "grant_type": "client_credentials",
                "client_id": "{salesforce_client_id}",
                "client_secret": "{salesforce_api_key}",
            },
        ),
        note="OAuth client credentials: SALESFORCE_API_KEY is the connected app's consumer secret.",
    ),
    Integration(
        "looker",
        "Looker",
        ("looker_client_id", "looker_api_key", "looker_base_url"),
        probe=Probe(
            "{looker_base_url}/api/4.0/login",
            method="POST",
            form=True,
            body={"client_id": "{looker_client_id}", "client_secret": "{looker_api_key}"},
        ),
    ),
    Integration(
        "docusign",
        "DocuSign",
        ("docusign_integration_key", "docusign_account_id"),
        note="Signatures. Its consent is given in the browser, so the keys are checked for presence only.",
    ),
)
