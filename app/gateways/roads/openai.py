"""OpenAI, asked directly.

Errors: https://platform.openai.com/docs/guides/error-codes. A 429 is a rate limit or an empty account: the error's
`code` (or `type`) tells, the status does not.
"""

from __future__ import annotations

from app.gateways.openai_protocol import Dialect, speaks_openai

DEFAULT_MODEL = "gpt-5.6"

PROVIDER = speaks_openai(
    Dialect(limit_name="max_completion_tokens"),
    name="openai",
    label="OpenAI",
    key_variable="OPENAI_API_KEY",
    default_model=DEFAULT_MODEL,
)
