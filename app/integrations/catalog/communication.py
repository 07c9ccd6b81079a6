"""Ways to reach people."""

from app.integrations.catalog import Integration, Probe

AREA = "Communication"

ROWS = (
    Integration(
        "slack",
        "Slack",
        ("slack_bot_token",),
        optional=("slack_app_token", "slack_signing_secret", "slack_api_url"),
        probe=Probe(
            "{slack_api_url}/auth.test",
            method="POST",
            headers={"Authorization": "Bearer {slack_bot_token}"},
            error_field="ok",
        ),
        does="direct messages, mentions, threads, /sophia, buttons, App Home",
        note="Besides the bot token either SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP).",
    ),
    Integration(
        "twilio",
        "Twilio SMS",
        ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
        optional=("twilio_api_url",),
        looks_like={
            "twilio_account_sid": (r"AC[0-9a-f]{32}", "AC and 32 hex digits"),
            "twilio_from": (r"\+\d{8,15}|MG[0-9a-f]{32}", "+15125550100 or MG…"),
        },
        probe=Probe(
            "{twilio_api_url}/2010-04-01/Accounts/{twilio_account_sid}.json",
            basic="{twilio_account_sid}:{twilio_auth_token}",
        ),
        does="sends approved text messages",
    ),
    Integration(
        "resend",
        "Resend e-mail",
        ("resend_api_key", "email_from"),
        optional=("resend_api_url",),
        looks_like={"resend_api_key": (r"re_\w{8,}", "re_…")},
        probe=Probe("{resend_api_url}/domains", headers={"Authorization": "Bearer {resend_api_key}"}),
        does="sends approved e-mail",
    ),
    Integration(
        "sendgrid",
        "SendGrid e-mail",
        ("sendgrid_api_key", "email_from"),
        looks_like={"sendgrid_api_key": (r"SG\.\S{20,}", "SG.…")},
        probe=Probe("https://api.sendgrid.com/v3/scopes", headers={"Authorization": "Bearer {sendgrid_api_key}"}),
        does="sends approved e-mail when Resend is not set",
    ),
    Integration(
        "teams",
        "Microsoft Teams",
        ("teams_tenant_id", "teams_client_id", "teams_client_secret"),
        probe=Probe(
            "https://login.microsoftonline.com/{teams_tenant_id}/oauth2/v2.0/token",
            method="POST",
            form=True,
            body={
                "grant_type": "client_credentials",
                "client_id": "{teams_client_id}",
                "client_secret": "{teams_client_secret}",
                "scope": "https://graph.microsoft.com/.default",
            },
        ),
    ),
    Integration(
        "zoom",
        "Zoom",
        ("zoom_account_id", "zoom_client_id", "zoom_client_secret"),
        probe=Probe(
            "https://zoom.us/oauth/token?grant_type=account_credentials&account_id={zoom_account_id}",
            method="POST",
            basic="{zoom_client_id}:{zoom_client_secret}",
        ),
    ),
)
