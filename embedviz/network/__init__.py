"""The small networks that learn word vectors, from inside: CBOW and skip-gram in plain NumPy."""
