"""HuggingFace Inference Providers: https://huggingface.co/docs/inference-providers.

The token needs the permission "Make calls to Inference Providers". The model may end in `:provider`; without it
HuggingFace chooses one and fails over by itself. Its error codes are not documented: statuses mean what they usually
do.
"""

from __future__ import annotations

from app.gateways.openai_protocol import Dialect, speaks_openai

PROVIDER = speaks_openai(
    Dialect(base_url="https://router.huggingface.co/v1"),
    name="huggingface",
    label="HuggingFace",
    key_variable="HUGGINGFACE_API_KEY",
    default_model="meta-llama/Llama-3.3-70B-Instruct",
)
