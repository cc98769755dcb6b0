"""How far to trust a map, and what the full space itself is like."""

from embedviz.trust.concentrated import Concentration, concentration
from embedviz.trust.estimated_dimension import IntrinsicDimension, intrinsic_dimension
from embedviz.trust.hubs import Hubness, hubness
from embedviz.trust.map_quality import Quality, quality
from embedviz.trust.shepard_pairs import Shepard, shepard
from embedviz.trust.stable import Stability, stability
from embedviz.trust.torn_away import FalseNeighbors, Torn, false_neighbors, torn
from embedviz.trust.variance_kept import KeptByComponents, Scree, kept_by_components, scree

__all__ = [
    "Concentration",
    "FalseNeighbors",
    "Hubness",
    "IntrinsicDimension",
    "KeptByComponents",
    "Quality",
    "Scree",
    "Shepard",
    "Stability",
    "Torn",
    "concentration",
    "false_neighbors",
    "hubness",
    "intrinsic_dimension",
    "kept_by_components",
    "quality",
    "scree",
    "shepard",
    "stability",
    "torn",
]
