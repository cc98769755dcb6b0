"""Vectors: bring any vectors with any metadata, and get a map that says how far to trust it."""

from embedviz.ui.navigation import open_page
from embedviz.ui.vectors import bring_vectors, explore_vectors, vectors_intro

with open_page("vectors"):
    row = vectors_intro()
    vectors = bring_vectors(row)
    if vectors is not None:
        explore_vectors(vectors)
