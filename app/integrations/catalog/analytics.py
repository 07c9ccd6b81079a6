"""Product and web analytics."""

from app.integrations.catalog import Integration, Probe

AREA = "Analytics"

ROWS = (
    Integration(
        "mixpanel",
        "Mixpanel",
        ("mixpanel_service_account", "mixpanel_service_secret", "mixpanel_project_id"),
        probe=Probe("https://mixpanel.com/api/app/me", basic="{mixpanel_service_account}:{mixpanel_service_secret}"),
    ),
    Integration(
        "amplitude",
        "Amplitude",
        ("amplitude_api_key", "amplitude_secret_key"),
        probe=Probe(
            "https://amplitude.com/api/2/taxonomy/event-type", basic="{amplitude_api_key}:{amplitude_secret_key}"
        ),
    ),
    Integration(
        "segment",
        "Segment",
        ("segment_api_token",),
        probe=Probe("https://api.segmentapis.com/", headers={"Authorization": "Bearer {segment_api_token}"}),
    ),
    Integration(
        "ga4",
        "Google Analytics 4",
        ("ga4_property_id", "ga4_credentials_file"),
        looks_like={"ga4_property_id": (r"\d{6,12}", "digits only")},
    ),
)
