"""Cohere's embeddings (https://docs.cohere.com/reference/embed, version 2). A request takes 96 texts.

A text to search in and a text to search with are embedded differently (`input_type`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.knowledge.embedders.base import EmbedderSpec
from app.knowledge.embedders.remote import Model, RemoteEmbedder, pooled


def billed(answer: Any, unit: str) -> int | None:
    """How many of a unit Cohere bills, from `meta.billed_units`, whose numbers have a point; None when it is silent."""
    units = (answer.get("meta") or {}).get("billed_units") or {}
    return None if units.get(unit) is None else round(float(units[unit]))


class CohereDialect:
    """`app.knowledge.embedders.remote.Dialect`."""

    provider = "cohere"
    label = "Cohere"
    base_url = "https://api.cohere.com"
    model = Model("embed-v4.0", dimension=1024, texts=96, characters=8_000)
    asked_as_openais = False

    def path(self, model: str) -> str:
        return "/v2/embed"

    def body(self, model: str, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        return {
            "model": model,
            "texts": texts,
            "input_type": "search_query" if question else "search_document",
            "embedding_types": ["float"],
            "output_dimension": self.model.dimension,
            "truncate": "END",
        }

    def vectors(self, answer: Any) -> list[list[float]]:
        return answer["embeddings"]["float"]

    def tokens(self, answer: Any) -> int | None:
        return billed(answer, "input_tokens")

    def dollars(self, answer: Any) -> None:
        return None


EMBEDDER = EmbedderSpec(
    name="cohere",
    label="Cohere",
    key_variable="COHERE_API_KEY",
    open=lambda values, pools: RemoteEmbedder(pools, CohereDialect(), values),
    model=pooled(CohereDialect()),
)
