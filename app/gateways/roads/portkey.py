"""Portkey, hosted or self-hosted: https://portkey.ai/docs/api-reference/inference-api/headers.

Hosted: PORTKEY_API_KEY, and a model named `@integration/model` or a PORTKEY_CONFIG. Self-hosted: PORTKEY_BASE_URL,
PORTKEY_PROVIDER and that provider's key as PORTKEY_PROVIDER_KEY. A config used here should hold no retries or
fallbacks: Portkey fails over on a 401 and retries no 529, and both are decided here at once. Vectors:
https://portkey.ai/docs/api-reference/inference-api/embeddings.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.gateways.openai_protocol import Dialect, speaks_openai
from app.gateways.providers import Access
from app.gateways.spend import Fees

_HEADERS = {"portkey_config": "x-portkey-config", "portkey_provider": "x-portkey-provider"}


def _headers(access: Access) -> Mapping[str, str]:
    """Portkey's own key has a header of its own; `Authorization` carries the provider's key, if there is one."""
    given = {header: access.options[name] for name, header in _HEADERS.items() if name in access.options}
    own = {"x-portkey-api-key": access.api_key} if access.api_key else {}
    return {**own, **given, "x-portkey-strict-open-ai-compliance": "true"}


PROVIDER = speaks_openai(
    Dialect(
        base_url="https://api.portkey.ai/v1",
        bearer=lambda access: access.options.get("portkey_provider_key", ""),
        headers=_headers,
    ),
    name="portkey",
    gateway="portkey",
    fees=Fees(per_request_microdollars=100),
    label="Portkey",
    key_variable="PORTKEY_API_KEY",
    default_model="@openai/gpt-5.4-mini",
    variables=("PORTKEY_CONFIG", "PORTKEY_PROVIDER", "PORTKEY_PROVIDER_KEY"),
    keyless=True,
    embeds=True,
)
