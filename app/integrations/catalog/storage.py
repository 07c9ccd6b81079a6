"""Where Sophia keeps her own data."""

from app.integrations.catalog import Integration

AREA = "Storage"

ROWS = (
    Integration("sqlite", "Embedded database", (), built_in=True, does="everything, on one machine"),
    Integration(
        "postgresql",
        "PostgreSQL",
        ("database_url",),
        optional=("postgres_host", "postgres_port", "postgres_user", "postgres_password", "postgres_db"),
        does="everything, for several replicas",
        note="POSTGRES_HOST with POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB is taken instead of DATABASE_URL.",
    ),
    Integration("redis", "Redis", ("redis_url",), optional=("redis_host",)),
    Integration(
        "secret_key",
        "Secret key",
        ("secret_key",),
        does="encrypts stored secrets, signs approvals and the audit chain",
        note="Make one with: openssl rand -base64 32. Without it a demo key is used, on your own machine only.",
    ),
)
