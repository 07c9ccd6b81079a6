"""Answers from the company's documents: documents → passages → embeddings → hybrid search → citations.

Follow a document down: `reading/` (bytes → sections), `splitting` (sections → passages), `embedders/` (text → vectors),
`stores/` (where vectors live), `library` (all of it, once, resumable), `search` (question → visible passages).
"""
