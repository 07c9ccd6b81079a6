"""Vector databases."""

from app.integrations.catalog import Integration, Probe

AREA = "Vector databases"

ROWS = (
    Integration(
        "pinecone",
        "Pinecone",
        ("pinecone_api_key",),
        ("pinecone_host",),
        looks_like={"pinecone_api_key": (r"pcsk_\S{10,}|[0-9a-f-]{36}", "pcsk_…")},
        probe=Probe(
            "https://api.pinecone.io/indexes",
            headers={"Api-Key": "{pinecone_api_key}", "X-Pinecone-API-Version": "2025-10"},
        ),
        does="keeps passages of documents (KNOWLEDGE_STORE=pinecone)",
        note="PINECONE_HOST is the host of an index with the metric cosine",
    ),
    Integration(
        "weaviate",
        "Weaviate",
        ("weaviate_url", "weaviate_api_key"),
        ("weaviate_grpc_url",),
        probe=Probe("{weaviate_url}/v1/meta", headers={"Authorization": "Bearer {weaviate_api_key}"}),
        does="keeps passages of documents (KNOWLEDGE_STORE=weaviate)",
        note="needs version 1.29 or later, and its gRPC port",
    ),
)
