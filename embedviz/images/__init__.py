"""Images: files in, an EmbeddingSpace out, and what can be asked of it."""
