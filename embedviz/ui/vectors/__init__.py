"""The Vectors page, part by part."""

from embedviz.ui.vectors.bring import bring_vectors
from embedviz.ui.vectors.explore import explore_vectors
from embedviz.ui.vectors.intro import vectors_intro

__all__ = ["bring_vectors", "explore_vectors", "vectors_intro"]
