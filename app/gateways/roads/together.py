"""Together, asked directly: https://docs.together.ai/docs/error-codes.

A 403 says that the prompt is longer than the model's window; it is not about the key. A 402 is the spending cap.
"""

from __future__ import annotations

from app.gateways.faults import FaultKind
from app.gateways.openai_protocol import Dialect, speaks_openai

PROVIDER = speaks_openai(
    Dialect(base_url="https://api.together.xyz/v1", statuses={403: FaultKind.CONTEXT}),
    name="together",
    label="Together",
    key_variable="TOGETHER_API_KEY",
    default_model="meta-llama/Llama-3.3-70B-Instruct-Turbo",
)
