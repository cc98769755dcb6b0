"""The lessons: ideas behind embeddings, to touch."""
