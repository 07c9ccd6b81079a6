"""Any other endpoint that speaks OpenAI's chat protocol: Ollama, vLLM, a proxy of your own.

COMPATIBLE_BASE_URL is enough to use it; COMPATIBLE_API_KEY is for those that ask for a key.
"""

from __future__ import annotations

from app.gateways.openai_protocol import Dialect, speaks_openai

PROVIDER = speaks_openai(
    Dialect(),
    name="compatible",
    label="OpenAI-compatible endpoint",
    key_variable="COMPATIBLE_API_KEY",
    default_model="",
    keyless=True,
    needs_address=True,
)
