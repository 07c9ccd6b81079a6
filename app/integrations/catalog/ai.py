"""AI model providers."""

from app.integrations.catalog import Integration, Probe

AREA = "AI models"
BEARER = "Bearer {%s}"

ROWS = (
    Integration(
        "openai",
        "OpenAI",
        ("openai_api_key",),
        optional=("openai_model", "openai_base_url"),
        looks_like={"openai_api_key": (r"sk-\S{16,}", "sk-…")},
        probe=Probe("https://api.openai.com/v1/models", headers={"Authorization": BEARER % "openai_api_key"}),
        does="plans and phrases answers",
    ),
    Integration(
        "anthropic",
        "Anthropic",
        ("anthropic_api_key",),
        optional=("anthropic_model", "anthropic_base_url"),
        looks_like={"anthropic_api_key": (r"sk-ant-\S{16,}", "sk-ant-…")},
        probe=Probe(
            "https://api.anthropic.com/v1/models",
            headers={"x-api-key": "{anthropic_api_key}", "anthropic-version": "2023-06-01"},
        ),
        does="plans and phrases answers",
    ),
    Integration(
        "huggingface",
        "Hugging Face",
        ("huggingface_api_key",),
        looks_like={"huggingface_api_key": (r"hf_\w{16,}", "hf_…")},
        probe=Probe("https://huggingface.co/api/whoami-v2", headers={"Authorization": BEARER % "huggingface_api_key"}),
    ),
    Integration(
        "cohere",
        "Cohere",
        ("cohere_api_key",),
        probe=Probe("https://api.cohere.com/v1/models", headers={"Authorization": BEARER % "cohere_api_key"}),
    ),
    Integration(
        "replicate",
        "Replicate",
        ("replicate_api_key",),
        looks_like={"replicate_api_key": (r"r8_\w{16,}", "r8_…")},
        probe=Probe("https://api.replicate.com/v1/account", headers={"Authorization": BEARER % "replicate_api_key"}),
    ),
    Integration(
        "together",
        "Together",
        ("together_api_key",),
        probe=Probe("https://api.together.xyz/v1/models", headers={"Authorization": BEARER % "together_api_key"}),
    ),
    Integration("embedded", "Embedded planner", (), built_in=True, does="plans and answers without any key or network"),
)
