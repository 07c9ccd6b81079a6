"""OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings/create).

A request takes 2,048 texts and 300,000 tokens, a text 8,192 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.gateways.pool.job import AnotherModel
from app.knowledge.embedders.base import EmbedderSpec
from app.knowledge.embedders.remote import Model, RemoteEmbedder, pooled


class OpenAiDialect:
    """`app.knowledge.embedders.remote.Dialect`."""

    provider = "openai"
    label = "OpenAI"
    base_url = "https://api.openai.com/v1"
    model = Model("text-embedding-3-small", dimension=1536, texts=128, characters=8_000)
    asked_as_openais = True

    def path(self, model: str) -> str:
        return "/embeddings"

    def body(self, model: str, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        return {"model": model, "input": texts, "encoding_format": "float"}

    def vectors(self, answer: Any) -> list[list[float]]:
        made_by = str(answer.get("model") or self.model.name).rpartition("/")[2]
        if not made_by.startswith(self.model.name):  # a version of it may follow
            raise AnotherModel("vectors of another model")
        return [one["embedding"] for one in sorted(answer["data"], key=lambda one: one["index"])]

    def tokens(self, answer: Any) -> int | None:
        counted = (answer.get("usage") or {}).get("prompt_tokens")
        return None if counted is None else int(counted)

    def dollars(self, answer: Any) -> Decimal | None:
        cost = (answer.get("usage") or {}).get("cost")  # OpenRouter's
        return None if cost is None else Decimal(str(cost))


EMBEDDER = EmbedderSpec(
    name="openai",
    label="OpenAI",
    key_variable="OPENAI_API_KEY",
    open=lambda values, pools: RemoteEmbedder(pools, OpenAiDialect(), values),
    model=pooled(OpenAiDialect()),
)
