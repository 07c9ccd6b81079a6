"""A strict stand-in for one Weaviate cluster: what the official SDK asks of it over REST and gRPC.

Collections with tenants, named vectors in a flat index of cosines, filters with real tokenization, and the key check
(github.com/weaviate/weaviate, `openapi-specs/schema.json` and `grpc/proto/v1`). It makes no collection, tenant or
property by itself, and refuses what is not there.
"""
