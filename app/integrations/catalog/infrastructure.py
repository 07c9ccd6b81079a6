"""Where things run."""

from app.integrations.catalog import Integration, Probe

AREA = "Infrastructure"

ROWS = (
    Integration(
        "lambda_cloud",
        "Lambda Cloud",
        ("lambda_api_key",),
        probe=Probe("https://cloud.lambda.ai/api/v1/instances", headers={"Authorization": "Bearer {lambda_api_key}"}),
    ),
    Integration(
        "aws",
        "AWS",
        ("aws_access_key_id", "aws_secret_access_key", "aws_region"),
        looks_like={"aws_access_key_id": (r"(AKIA|ASIA)[A-Z0-9]{16}", "AKIA and 16 letters or digits")},
        note="AWS calls are signed; the keys are checked for their shape only.",
    ),
    Integration("kubernetes", "Kubernetes", ("kubeconfig",), note="The file is checked for presence only."),
    Integration(
        "cloudflare",
        "Cloudflare",
        ("cloudflare_api_token",),
        probe=Probe(
            "https://api.cloudflare.com/client/v4/user/tokens/verify",
            headers={"Authorization": "Bearer {cloudflare_api_token}"},
        ),
    ),
    Integration(
        "github_actions",
        "GitHub Actions",
        ("github_actions_token",),
        probe=Probe("https://api.github.com/user", headers={"Authorization": "Bearer {github_actions_token}"}),
    ),
)
