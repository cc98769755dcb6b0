"""How far to trust a map, and what the full space itself is like."""

from embedviz.trust.hubs import Hubness, hubness
from embedviz.trust.map_quality import Quality, quality
from embedviz.trust.shepard_pairs import Shepard, shepard
from embedviz.trust.stable import Stability, stability
from embedviz.trust.torn_away import FalseNeighbors, Torn, false_neighbors, torn

__all__ = [
    "FalseNeighbors",
    "Hubness",
    "Quality",
    "Shepard",
    "Stability",
    "Torn",
    "false_neighbors",
    "hubness",
    "quality",
    "shepard",
    "stability",
    "torn",
]
