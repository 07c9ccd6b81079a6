"""Property management systems."""

from app.integrations.catalog import Integration, Probe

AREA = "Property systems"

ROWS = (
    Integration(
        "entrata",
        "Entrata",
        ("entrata_api_key", "entrata_org"),
        optional=("entrata_base_url",),
        does="properties, units, leases, ledgers and work orders, both ways",
    ),
    Integration(
        "yardi",
        "Yardi Voyager",
        ("yardi_url", "yardi_user", "yardi_api_key", "yardi_server", "yardi_database", "yardi_entity", "yardi_license"),
        note="Each Yardi interface has its own entity and license.",
    ),
    Integration(
        "realpage",
        "RealPage",
        ("realpage_url", "realpage_pmcid", "realpage_site_ids", "realpage_api_key"),
        note="Methods are switched on per license by RealPage.",
    ),
    Integration(
        "appfolio",
        "AppFolio",
        (
            "appfolio_vhost",
            "appfolio_client_id",
            "appfolio_api_key",
            "appfolio_database_client_id",
            "appfolio_database_api_key",
            "appfolio_developer_id",
        ),
        optional=("appfolio_reports_url", "appfolio_database_url"),
        looks_like={"appfolio_vhost": (r"[A-Za-z0-9-]+", "the acme of acme.appfolio.com")},
        does="properties, units, leases, ledgers and work orders, both ways",
        note="AppFolio has two APIs with a client id and secret each; writing needs the plan Max.",
    ),
    Integration(
        "costar",
        "CoStar",
        (),
        optional=("costar_api_key",),
        note="CoStar has no public API: its exports come in as files.",
    ),
    Integration(
        "buildium",
        "Buildium",
        ("buildium_client_id", "buildium_api_key"),
        probe=Probe(
            "https://api.buildium.com/v1/rentals?limit=1",
            headers={"x-buildium-client-id": "{buildium_client_id}", "x-buildium-client-secret": "{buildium_api_key}"},
        ),
    ),
)
