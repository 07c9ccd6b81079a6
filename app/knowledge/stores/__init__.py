"""Where passages and their vectors live, one file per store: embedded, pgvector, Pinecone, Weaviate."""
