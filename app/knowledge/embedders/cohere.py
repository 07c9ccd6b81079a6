"""Cohere's embeddings (https://docs.cohere.com/reference/embed, version 2). A request takes 96 texts.

A text to search in and a text to search with are embedded differently (`input_type`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.knowledge.embedders.base import EmbedderSpec
from app.knowledge.embedders.remote import Model, RemoteEmbedder
from app.settings import first_key


class CohereDialect:
    """`app.knowledge.embedders.remote.Dialect`."""

    label = "Cohere"
    base_url = "https://api.cohere.com"
    model = Model("embed-v4.0", dimension=1024, texts=96, characters=8_000)

    def path(self) -> str:
        return "/v2/embed"

    def body(self, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        return {
            "model": self.model.name,
            "texts": texts,
            "input_type": "search_query" if question else "search_document",
            "embedding_types": ["float"],
            "output_dimension": self.model.dimension,
            "truncate": "END",
        }

    def vectors(self, answer: Any) -> list[list[float]]:
        return answer["embeddings"]["float"]


EMBEDDER = EmbedderSpec(
    name="cohere",
    label="Cohere",
    key_variable="COHERE_API_KEY",
    open=lambda values, outbound: RemoteEmbedder(
        outbound,
        CohereDialect(),
        name="cohere",
        api_key=first_key(values["cohere_api_key"]),
        base_url=values.get("cohere_base_url", ""),
    ),
)
