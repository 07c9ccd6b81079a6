"""A strict stand-in for one Pinecone index: the data plane that the official SDK calls, over REST.

Version 2025-10 and later (github.com/pinecone-io/pinecone-api). It knows namespaces, filters, limits, the key check
and, when told to, that a write is seen only some reads later.
"""
