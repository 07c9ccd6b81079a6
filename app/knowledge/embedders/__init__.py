"""Text to vectors, one file per embedder."""
