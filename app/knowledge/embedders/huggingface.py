"""Embeddings of an open model at Hugging Face's inference service
(https://huggingface.co/docs/inference-providers/tasks/feature-extraction).

bge models want a sentence before a question, none before a passage (https://huggingface.co/BAAI/bge-base-en-v1.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.knowledge.embedders.base import EmbedderSpec
from app.knowledge.embedders.remote import Model, RemoteEmbedder, pooled

ASKING = "Represent this sentence for searching relevant passages: "


class HuggingFaceDialect:
    """`app.knowledge.embedders.remote.Dialect`."""

    provider = "huggingface"
    label = "Hugging Face"
    base_url = "https://router.huggingface.co/hf-inference"
    model = Model("BAAI/bge-base-en-v1.5", dimension=768, texts=32, characters=8_000)
    asked_as_openais = False

    def path(self, model: str) -> str:
        return f"/models/{model}/pipeline/feature-extraction"

    def body(self, model: str, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        asked = [ASKING + text for text in texts] if question else texts
        return {"inputs": asked, "normalize": True, "truncate": True}

    def vectors(self, answer: Any) -> list[list[float]]:
        return answer

    def tokens(self, answer: Any) -> int | None:
        return None

    def dollars(self, answer: Any) -> None:
        return None


EMBEDDER = EmbedderSpec(
    name="huggingface",
    label="Hugging Face",
    key_variable="HUGGINGFACE_API_KEY",
    open=lambda values, pools: RemoteEmbedder(pools, HuggingFaceDialect(), values),
    model=pooled(HuggingFaceDialect()),
)
