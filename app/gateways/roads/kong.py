"""Kong AI Gateway, one route of it: https://developer.konghq.com/plugins/ai-proxy/.

KONG_URL is the address of the route; the SDK appends `/chat/completions`. KONG_MODEL must be the model that the route
is configured with: Kong refuses any other with a 400. The key goes into the header of Kong's key-auth plugin, and
Kong puts the provider's own key into `Authorization`. A route is for one kind of call: vectors need a second one, of
type `llm/v1/embeddings` (https://developer.konghq.com/plugins/ai-proxy-advanced/examples/embeddings-route-type/).
"""

from __future__ import annotations

from app.gateways.openai_protocol import Dialect, speaks_openai

PROVIDER = speaks_openai(
    Dialect(
        bearer=lambda access: "",
        headers=lambda access: {"apikey": access.api_key} if access.api_key else {},
    ),
    name="kong",
    gateway="kong",
    label="Kong AI Gateway",
    key_variable="KONG_API_KEY",
    default_model="",
    address_variable="KONG_URL",
    keyless=True,
    embeds=True,
    embeddings_address="KONG_EMBEDDINGS_URL",
    needs_address=True,
)
