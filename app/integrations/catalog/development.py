"""Issue trackers, code and notes."""

from app.integrations.catalog import Integration, Probe

AREA = "Development"

ROWS = (
    Integration(
        "github",
        "GitHub",
        ("github_token",),
        looks_like={"github_token": (r"(github_pat_|ghp_|ghs_|gho_)\w{16,}", "github_pat_… or ghp_…")},
        probe=Probe("https://api.github.com/user", headers={"Authorization": "Bearer {github_token}"}),
    ),
    Integration(
        "linear",
        "Linear",
        ("linear_api_key",),
        looks_like={"linear_api_key": (r"lin_api_\w{16,}", "lin_api_…")},
        probe=Probe(
            "https://api.linear.app/graphql",
            method="POST",
            headers={"Authorization": "{linear_api_key}"},
            body={"query": "{ viewer { id } }"},
        ),
    ),
    Integration(
        "jira",
        "Jira",
        ("jira_url", "jira_email", "jira_api_token"),
        probe=Probe("{jira_url}/rest/api/3/myself", basic="{jira_email}:{jira_api_token}"),
    ),
    Integration(
        "notion",
        "Notion",
        ("notion_api_key",),
        looks_like={"notion_api_key": (r"(ntn_|secret_)\w{16,}", "ntn_…")},
        probe=Probe(
            "https://api.notion.com/v1/users/me",
            headers={"Authorization": "Bearer {notion_api_key}", "Notion-Version": "2022-06-28"},
        ),
    ),
    Integration(
        "asana",
        "Asana",
        ("asana_access_token",),
        probe=Probe("https://app.asana.com/api/1.0/users/me", headers={"Authorization": "Bearer {asana_access_token}"}),
    ),
)
