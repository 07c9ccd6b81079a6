"""How the collection of one embedder's passages is set up in Weaviate, and whether an existing one is.

Nothing is searchable by words there, and only what filters ask for is indexed. The index of vectors is flat and
measures cosines: it compares with everything that a filter leaves, where a graph would miss some of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.knowledge.stores.weaviate_records import VECTOR

if TYPE_CHECKING:
    from weaviate import WeaviateAsyncClient
    from weaviate.outputs.config import CollectionConfig

INDEXED = {"document", "readers", "kind"}
TEXTS = ("document", "version", "header", "text", "anchor", "kind", "dated")


async def create(client: WeaviateAsyncClient, name: str) -> None:
    """Makes the collection unless it is there."""
    from weaviate.classes.config import (  # noqa: PLC0415
        Configure,
        DataType,
        Property,
        StopwordsPreset,
        Tokenization,
        VectorDistances,
    )
    from weaviate.exceptions import UnexpectedStatusCodeError  # noqa: PLC0415

    if await client.collections.exists(name):
        return

    def text(field: str, kind: DataType = DataType.TEXT) -> Property:
        return Property(
            name=field,
            data_type=kind,
            tokenization=Tokenization.FIELD,
            index_filterable=field in INDEXED,
            index_searchable=False,
        )

    def whole(field: str) -> Property:
        return Property(name=field, data_type=DataType.INT, index_filterable=field == "number")

    try:
        await client.collections.create(
            name,
            properties=[
                *(text(field) for field in TEXTS),
                text("readers", DataType.TEXT_ARRAY),
                *(whole(field) for field in ("number", "section", "page")),
            ],
            multi_tenancy_config=Configure.multi_tenancy(
                enabled=True, auto_tenant_creation=False, auto_tenant_activation=True
            ),
            vector_config=Configure.Vectors.self_provided(
                name=VECTOR,
                vector_index_config=Configure.VectorIndex.flat(distance_metric=VectorDistances.COSINE),
            ),
            inverted_index_config=Configure.inverted_index(stopwords_preset=StopwordsPreset.NONE),
        )
    except UnexpectedStatusCodeError:
        if not await client.collections.exists(name):  # another process made it meanwhile
            raise


def wrong_settings(config: CollectionConfig) -> str:
    """A sentence about what makes this collection unfit; empty when it is as `create` makes it."""
    from weaviate.outputs.config import VectorDistances, VectorIndexConfigFlat  # noqa: PLC0415

    if not config.multi_tenancy_config.enabled:
        return f"The Weaviate collection {config.name} has no tenants. Delete it, so that Sophia makes it anew."
    index = (config.vector_config or {}).get(VECTOR)
    settings = index.vector_index_config if index else None
    if not isinstance(settings, VectorIndexConfigFlat) or settings.distance_metric != VectorDistances.COSINE:
        return (
            f"The Weaviate collection {config.name} has no flat index of cosines, and another may miss passages. "
            "Delete it, so that Sophia makes it anew."
        )
    return ""
